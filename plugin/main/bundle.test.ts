import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { add, buildDocument, createFakeFigma, fakeImage, imageFill } from '../fake-figma/fake-figma.ts';
import type { ToWindow } from '../messages.ts';
import { eventually } from '../ui/eventually.testing.ts';

/** What came to the language after 2019: Figma's sandbox need not have it. */
const NEWER = [
  'Object.hasOwn; Object.groupBy; Promise.any; Promise.allSettled; Promise.withResolvers; globalThis.structuredClone',
  'Array.prototype: at findLast findLastIndex toSorted toReversed toSpliced with',
  'String.prototype: at replaceAll matchAll isWellFormed',
  'Uint8Array.prototype: at toSorted findLast',
];

const FORGET_NEWER = NEWER.flatMap((line) => {
  const [owner, names] = line.split(': ');
  if (names === undefined) return line.split('; ').map((path) => `delete ${path};`);
  return names.split(' ').map((name) => `delete ${owner}.${name};`);
}).join('\n');

let script = '';

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    target: 'es2017',
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  script = outputFiles[0]?.text ?? '';
});

describe('the script', () => {
  it('[DOC40] is under 40 kB and has no network', () => {
    expect(script.length).toBeGreaterThan(1000);
    expect(script.length).toBeLessThan(40_000);
    expect(script).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|\bimport\(|\beval\(|new Function/);
  });

  it('[DOC40] works with Figma’s globals alone, and a language of 2019', async () => {
    const document = await buildDocument((figma) => {
      const fills = [imageFill(figma, fakeImage('png', { width: 60, height: 40 }))];
      add(figma, 'FRAME', { name: 'Hero', width: 300, height: 100, fills });
    });
    const fake = createFakeFigma({ document, command: 'fill', relaunchCommands: ['resize', 'restore'] });
    fake.user.select(document.named('Hero'));
    const context = createContext({ figma: fake.figma, __html__: '<p>', setTimeout, clearTimeout });
    runInContext(`${FORGET_NEWER}\n${script}`, context);
    await fake.user.run();
    const answers: ToWindow[] = [];
    fake.iframe.onMessage((message) => void answers.push(message as ToWindow));
    const ask = async (name: string, question: unknown): Promise<unknown> => {
      const before = answers.filter(({ type }) => type === 'answer').length;
      fake.iframe.post({ type: 'request', id: before, name, question });
      await eventually(() => answers.filter(({ type }) => type === 'answer').length > before, name);
      return answers.filter(({ type }) => type === 'answer').at(-1);
    };
    const targetId = document.named('Hero');
    const pixels = { width: 300, height: 100 };
    const start = {
      id: 'p',
      server: 'http://localhost',
      targetId,
      scale: 1,
      pixels,
      createdAt: '',
    };
    const source = { nodeId: targetId, name: 'Hero' };
    const flags = { hideSource: true, applyDraft: true, unlocked: false };
    const parts = [{ rectangle: { x: 0, y: 0, ...pixels }, bytes: fakeImage('png', pixels, 5) }];
    const asked = [
      await ask('opened', null),
      await ask('begin', { fills: [{ ...start, source, ...flags }] }),
      await ask('fill', { id: 'p', variant: 1, parts, into: 'target', description: '' }),
      await ask('settle', { id: 'p' }),
      await ask('restore', { nodeIds: null }),
    ];
    expect(asked).toMatchObject([
      { ok: true, answer: { selection: { hint: null } } },
      { ok: true, answer: [{ id: 'p' }] },
      { ok: true, answer: { ok: true, nodeId: targetId } },
      { ok: true },
      { ok: true, answer: { restored: 1, failed: [] } },
    ]);
  });
});
