import { afterEach, describe, expect, it } from 'vitest';
import { TOAST_CHARACTERS, type Opening } from '../../messages.ts';
import { eventually } from '../../ui/eventually.testing.ts';
import { FakeApi, refused, unauthorized, unreachable } from '../../ui/fake-api.testing.ts';
import { panoramaOf, variantOf } from '../../ui/panoramas.testing.ts';
import { FakeMain, openingOf, reportOf, sourceOf, targetOf } from '../fake-main.testing.ts';
import { openWindow, type Bench } from '../figma-app.testing.ts';
import { fillWithoutWindow } from './without-window.ts';

const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

interface Run extends Bench {
  readonly done: Promise<void>;
}

async function resize(
  opening: Partial<Opening> = {},
  api = new FakeApi(),
  prepare: (main: FakeMain) => void = () => undefined,
): Promise<Run> {
  const main = new FakeMain();
  prepare(main);
  main.opening = openingOf({ command: 'resize', visible: false, ...opening });
  const bench = await openWindow({ main, api });
  closes.push(bench.close);
  return { ...bench, done: fillWithoutWindow(bench.app, main.opening) };
}

/** Ends every panorama that is followed. */
async function finish({ app, api }: Run, count: number): Promise<void> {
  await eventually(() => app.fills.all.value.length === count, 'all are sent');
  for (const { pending } of app.fills.all.value) {
    await eventually(() => api.watchers(pending.id) === 1);
    const { id, pixels } = pending;
    const variants = [0, 1].map((n) => variantOf(id, n, pixels.width, pixels.height));
    api.change(panoramaOf({ id, variants, status: 'succeeded', request: pixels }));
  }
}

describe('“Resize to frame” without a window', () => {
  it('[FIG18] fills the frame with the last settings, tells how far it is by toasts, and ends', async () => {
    const run = await resize();
    await eventually(() => run.app.fills.all.value.length === 1);
    const [fill] = run.app.fills.all.value;
    const id = fill?.pending.id ?? '';
    await eventually(() => run.api.watchers(id) === 1);
    const progress = { fraction: 0.42, scale: 2, scales: 7 };
    run.api.change(panoramaOf({ id, status: 'running', phase: 'train', progress }));
    await eventually(() => run.main.toasts.some((text) => text === 'Frame 1:2: Learning the photo, 40%'));
    await finish(run, 1);
    await run.done;
    expect(run.main.questions('close')).toEqual([{ text: '“Frame 1:2” is filled, 1440 × 491 px.' }]);
    expect(run.main.questions('showWindow')).toEqual([]);
  });

  it('[FIG18] a quick action’s resolution is used, and each of several frames has its own picture', async () => {
    const sources = [sourceOf({ id: 'a', name: 'First' }), sourceOf({ id: 'b', name: 'Second' })];
    const targets = [
      targetOf({ ownSource: 'b', size: { width: 200, height: 100 } }),
      targetOf({ id: '1:3', ownSource: null, size: { width: 300, height: 100 } }),
    ];
    const run = await resize({
      quick: { scale: 2 },
      selection: reportOf({ sources, targets, several: true }),
    });
    await finish(run, 2);
    await run.done;
    expect(run.main.questions('readSource').slice(-2)).toEqual([{ sourceId: 'b' }, { sourceId: 'a' }]);
    const sent = run.app.fills.all.value.map(({ pending }) => [pending.source.name, pending.pixels.width]);
    expect(sent).toEqual([
      ['Second', 400],
      ['First', 600],
    ]);
    expect(run.main.questions('close')).toEqual([{ text: '2 frames are filled.' }]);
  });

  it('[FIG18] the toast’s button cancels', async () => {
    const run = await resize();
    await eventually(() => run.api.watchers(run.app.fills.all.value[0]?.pending.id ?? '') === 1);
    run.main.tell('toastButton', null);
    await run.done;
    expect(run.api.count('cancel')).toBe(1);
    expect(run.main.questions('close')).toEqual([{ text: 'Canceled. Nothing was changed.' }]);
  });

  it('[FIG19] a draft that a canceled panorama has left in the frame is shown, not denied', async () => {
    const run = await resize();
    await eventually(() => run.api.watchers(run.app.fills.all.value[0]?.pending.id ?? '') === 1);
    const [fill] = run.app.fills.all.value;
    const id = fill?.pending.id ?? '';
    run.api.change(panoramaOf({ id, status: 'running', phase: 'train', variants: [variantOf(id, 0, 4, 3)] }));
    await eventually(() => fill?.draftPlaced.value === true);
    run.main.tell('toastButton', null);
    await run.done;
    expect(run.main.questions('close')).toEqual([]);
    expect(run.app.screen.value).toBe('frames');
  });

  it('[FIG19] what is canceled while the server is away is left to the window', async () => {
    const run = await resize();
    await eventually(() => run.api.watchers(run.app.fills.all.value[0]?.pending.id ?? '') === 1);
    run.api.fail = () => unreachable();
    run.main.tell('toastButton', null);
    await run.done;
    expect(run.app.screen.value).toBe('frames');
    expect(run.main.questions('showWindow')).toHaveLength(1);
  });

  it('[FIG19] what the server refuses to tell is not waited for', async () => {
    const run = await resize();
    const id = () => run.app.fills.all.value[0]?.pending.id ?? '';
    await eventually(() => run.api.watchers(id()) === 1);
    run.api.breakStreams(id(), refused(500, 'internal'));
    await run.done;
    expect(run.app.screen.value).toBe('frames');
  });

  it('[FIG19] variants are looked through in the window', async () => {
    const run = await resize();
    await eventually(() => run.app.fills.all.value.length === 1);
    const id = run.app.fills.all.value[0]?.pending.id ?? '';
    await eventually(() => run.api.watchers(id) === 1);
    const variants = [0, 1, 2].map((n) => variantOf(id, n, 1440, 491));
    run.api.change(panoramaOf({ id, variants, status: 'succeeded' }));
    await run.done;
    expect(run.main.questions('close')).toEqual([]);
    expect(run.app.screen.value).toBe('frames');
  });

  it('[FIG19] the window opens where the picture cannot be cut, instead of a plugin that never ends', async () => {
    const run = await resize({}, new FakeApi(), (main) => {
      Object.defineProperty(main, 'source', { get: () => Promise.reject(new Error('no bytes')) });
    });
    await run.done;
    expect(run.main.questions('showWindow')).toHaveLength(1);
    expect(run.main.toasts.at(-1)).toBe('');
  });

  it('[FIG18] what cannot be filled is said in the toast that ends it', async () => {
    const run = await resize({ selection: reportOf({ sources: [], targets: [], hint: 'nothing' }) });
    await run.done;
    expect(run.main.questions('close')).toEqual([{ text: 'Select a frame' }]);
  });

  it('[FIG19] the window opens where something must be seen or answered', async () => {
    const away = new FakeApi();
    away.fail = () => unreachable();
    const cases: [Partial<Opening>, FakeApi][] = [
      [{}, away],
      [{ selection: reportOf({ targets: [targetOf({ locked: true })] }) }, new FakeApi()],
      [{ selection: reportOf({ targets: [targetOf({ isComponent: true })] }) }, new FakeApi()],
      [{ selection: reportOf({ sources: [sourceOf({ missing: true })] }) }, new FakeApi()],
    ];
    for (const [opening, api] of cases) {
      const run = await resize(opening, api);
      await run.done;
      expect(run.main.questions('showWindow')).toHaveLength(1);
      expect(run.main.questions('close')).toEqual([]);
      expect(run.api.count('put')).toBe(0);
    }
  });

  it('[FIG19] the window shows what failed, and what was filled stays filled', async () => {
    const run = await resize();
    await eventually(() => run.api.watchers(run.app.fills.all.value[0]?.pending.id ?? '') === 1);
    const id = run.app.fills.all.value[0]?.pending.id ?? '';
    const error = { code: 'out-of-memory', message: 'no memory', kind: 'machine' as const };
    run.api.change(panoramaOf({ id, status: 'failed', error }));
    await run.done;
    expect(run.app.screen.value).toBe('frames');
    expect(run.main.questions('showWindow')).toHaveLength(1);
  });

  it('[FIG19] a server that goes away is waited for; one that expects another token is asked about', async () => {
    const run = await resize();
    await eventually(() => run.api.watchers(run.app.fills.all.value[0]?.pending.id ?? '') === 1);
    const id = run.app.fills.all.value[0]?.pending.id ?? '';
    run.api.fail = () => unreachable();
    run.api.breakStreams(id, unreachable());
    await eventually(() => run.main.toasts.includes('Waiting for the server…'));
    run.api.fail = () => unauthorized();
    await run.done;
    expect(run.main.questions('showWindow')).toHaveLength(1);
  });

  it('[FIG18] no toast is longer than Figma shows', async () => {
    const run = await resize({ selection: reportOf({ targets: [targetOf({ id: 'x'.repeat(200) })] }) });
    await finish(run, 1);
    await run.done;
    const texts = [...run.main.toasts, ...run.main.questions('close').map(({ text }) => text)];
    expect(Math.max(...texts.map(({ length }) => length))).toBe(TOAST_CHARACTERS);
  });
});
