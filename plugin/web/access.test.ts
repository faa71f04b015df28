/** Every state of the page for everyone: narrow screens, keyboards, screen readers, little motion. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NARROW, STATES, fill, setUpBench, visit, type Bench, type VisitOptions } from './page.testing.ts';
import { unnamed } from './access.testing.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await setUpBench();
});

afterAll(() => bench.close());

/** What each look finds wrong, over all states. */
async function inEveryState(
  options: VisitOptions,
  look: (page: Page, state: string) => Promise<string[]>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [state, reach] of Object.entries(STATES)) {
    const opened = await visit(bench, { ...options, prepare: (server) => fill(server, bench.photo.buffer) });
    try {
      await opened.page.locator('.history-item').nth(5).waitFor();
      await reach(opened, bench);
      const problems = [...(await look(opened.page, state)), ...opened.complaints];
      found.push(...problems.map((problem) => `${state}: ${problem}`));
    } finally {
      await opened.close();
    }
  }
  return found;
}

describe('for everyone', () => {
  for (const locale of ['en-US', 'ko-KR']) {
    it(`[UI37] no state scrolls sideways at 360 px: ${locale}`, async () => {
      const found = await inEveryState({ viewport: NARROW, locale, hasTouch: true }, async (page) => {
        const wider = await page.evaluate(() => {
          const root = document.documentElement;
          return root.scrollWidth - root.clientWidth;
        });
        return wider === 0 ? [] : [`${wider} px too wide`];
      });
      expect(found).toEqual([]);
    });
  }

  it('[UI38] in every state each control has a name, each picture a text, each id one element', async () => {
    expect(await inEveryState({}, unnamed)).toEqual([]);
  });

  it('[UI39][UI40] the Tab key skips to the picture first, every stop can be seen, and nothing moves by itself', async () => {
    const found = await inEveryState({ reducedMotion: 'reduce' }, async (page, state) => {
      await expect
        .poll(() => page.evaluate(() => document.getAnimations().length), { message: state })
        .toBe(0);
      return unseenStops(page, state);
    });
    expect(found).toEqual([]);
  });
});

/** More than any state has before the history. */
const STOPS = 40;

async function unseenStops(page: Page, state: string): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement?.className);
  if (state === 'empty' && first !== 'skip') found.push(`expected to skip first, got ${first}`);
  for (let stop = 0; stop < STOPS; stop++) {
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return 'end';
      const ringed = (at: Element, pseudo?: string): boolean => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at, pseudo);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      };
      const next = element.nextElementSibling;
      if (next && ringed(next)) return 'seen';
      // What is drawn around a hidden input is drawn by an element that holds it.
      for (let at: Element | null = element, up = 0; at && up < 4; at = at.parentElement, up++) {
        const line = at.querySelector('.border-line');
        if (ringed(at) || ringed(at, '::after') || (line && ringed(line, '::after'))) return 'seen';
      }
      return `not seen: ${element.outerHTML.slice(0, 160)}`;
    });
    if (seen === 'end') break;
    if (seen !== 'seen') found.push(seen);
    await page.keyboard.press('Tab');
  }
  return found;
}
