import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const TEXT = 4.5;
const GRAPHICS = 3;

/** Colours of tokens.css in light and in dark. */
async function tokens(): Promise<Map<string, readonly [string, string]>> {
  const css = await readFile(new URL('tokens.css', import.meta.url), 'utf8');
  const found = css.matchAll(/--([a-z-]+):\s*(?:light-dark\((#\w{6}),\s*(#\w{6})\)|(#\w{6}));/g);
  return new Map(
    [...found].map(([, name = '', light, dark, both]) => [name, [light ?? both ?? '', dark ?? both ?? '']]),
  );
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** As WCAG has it. */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ['ground', 'panel', 'sunken', 'hover', 'accent-soft'];

/** What stands on what, and how much it must stand out. */
const PAIRS: [string, string, number][] = [
  ...[...GROUNDS, 'danger-soft', 'warning-soft'].flatMap((ground): [string, string, number][] => [
    ['text', ground, TEXT],
    ['text-secondary', ground, TEXT],
  ]),
  ...GROUNDS.map((ground): [string, string, number] => ['accent-text', ground, TEXT]),
  ...['ground', 'panel', 'danger-soft'].map((ground): [string, string, number] => [
    'danger-text',
    ground,
    TEXT,
  ]),
  ['warning-text', 'warning-soft', TEXT],
  ['on-accent', 'accent', TEXT],
  ['on-accent', 'accent-hover', TEXT],
  ['on-danger', 'danger', TEXT],
  ['on-danger', 'danger-hover', TEXT],
  ['edge', 'panel', GRAPHICS],
  ['edge', 'ground', GRAPHICS],
  ['accent', 'panel', GRAPHICS],
  ['ready', 'panel', GRAPHICS],
];

describe('colours', () => {
  it('[UI32] texts stand out 4.5 to 1 and borders 3 to 1, in light and in dark', async () => {
    const colours = await tokens();
    const weak = PAIRS.flatMap(([over, under, least]) =>
      [0, 1].flatMap((theme) => {
        const ratio = contrast(colours.get(over)?.[theme] ?? '', colours.get(under)?.[theme] ?? '');
        return ratio >= least ? [] : [`${over} on ${under} ${theme ? 'dark' : 'light'}: ${ratio.toFixed(2)}`];
      }),
    );
    expect(weak).toEqual([]);
  });
});
