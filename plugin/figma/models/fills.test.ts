import { afterEach, describe, expect, it } from 'vitest';
import type { Panorama } from '../../../shared/protocol.ts';
import { eventually } from '../../ui/eventually.testing.ts';
import { refused, unreachable } from '../../ui/fake-api.testing.ts';
import { panoramaOf, variantOf } from '../../ui/panoramas.testing.ts';
import { FakeMain, openingOf, pendingOf, reportOf, targetOf } from '../fake-main.testing.ts';
import { openWindow, type Bench } from '../figma-app.testing.ts';
import type { Fill } from './fill.ts';

const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

async function open(options: Parameters<typeof openWindow>[0] = {}): Promise<Bench> {
  const bench = await openWindow(options);
  closes.push(bench.close);
  await eventually(() => bench.app.hindrance.value === null, 'nothing hinders');
  return bench;
}

/** Sends what is selected and waits until the server has all of it. */
async function send(bench: Bench): Promise<readonly Fill[]> {
  const fills = await bench.app.fill();
  await eventually(
    () => fills.every(({ pending }) => bench.api.watchers(pending.id) > 0),
    'all are followed',
  );
  return fills;
}

async function sendOne(bench: Bench): Promise<Fill> {
  const [fill] = await send(bench);
  if (!fill) throw new Error('nothing was sent');
  return fill;
}

function made(fill: Fill, ns: readonly number[], changes: Partial<Panorama> = {}): Panorama {
  const { id, pixels } = fill.pending;
  const variants = ns.map((n) => variantOf(id, n, pixels.width, pixels.height));
  return panoramaOf({ id, variants, ...changes, request: { ...pixels } });
}

const stateOf = (fill: Fill) => fill.state.value.state;

describe('a frame', () => {
  it('[FIG5] is noted in the document before the first byte goes, sent, followed, filled and forgotten', async () => {
    const bench = await open();
    const noted: number[] = [];
    bench.api.delay = ({ name }) => {
      if (name === 'put') noted.push(bench.main.pending.length);
      return Promise.resolve();
    };
    const fill = await sendOne(bench);
    expect(noted).toEqual([1]);
    expect(bench.main.pending).toMatchObject([
      { id: fill.pending.id, server: 'http://fake', targetId: '1:2', pixels: { width: 1440, height: 491 } },
    ]);
    expect(JSON.stringify(bench.main.pending)).not.toContain('a-token');
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'placed');
    const last = bench.main.filled.at(-1);
    expect(last).toMatchObject({ id: fill.pending.id, variant: 1, into: 'target' });
    expect(last?.parts.map(({ rectangle }) => rectangle)).toEqual([{ x: 0, y: 0, width: 1440, height: 491 }]);
    expect(last?.parts[0]?.bytes).toBeInstanceOf(Uint8Array);
    expect(last?.description).toBe('Extend from “meadow.jpg”, 1440 × 491 px');
    expect(bench.main.pending).toEqual([]);
    await eventually(() => bench.main.questions('settle').length === 1);
  });

  it('[FIG6] shows its draft at once where that is wished, and the result in its place', async () => {
    const bench = await open();
    const fill = await sendOne(bench);
    bench.api.change(made(fill, [0], { status: 'running', phase: 'train' }));
    await eventually(() => bench.main.filled.length === 1);
    expect(bench.main.filled[0]?.variant).toBe(0);
    expect(fill.draftPlaced.value).toBe(true);
    expect(stateOf(fill)).toBe('working');
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'placed');
    expect(bench.main.filled.map(({ variant }) => variant)).toEqual([0, 1]);

    bench.app.choice.applyDraft.value = false;
    const plain = await sendOne(bench);
    bench.api.change(made(plain, [0], { status: 'running', phase: 'train' }));
    bench.api.change(made(plain, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(plain) === 'placed');
    expect(bench.main.filled.slice(2).map(({ variant }) => variant)).toEqual([1]);
  });

  it('[FIG7] beyond 4096 px comes in tiles, each with its place', async () => {
    const bench = await open({
      prepare: ({ main }) => {
        main.opening = openingOf({
          selection: reportOf({ targets: [targetOf({ size: { width: 5000, height: 1000 } })] }),
        });
      },
    });
    const fill = await sendOne(bench);
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'placed');
    expect(bench.main.filled.at(-1)?.parts.map(({ rectangle }) => rectangle)).toEqual([
      { x: 0, y: 0, width: 2500, height: 1000 },
      { x: 2500, y: 0, width: 2500, height: 1000 },
    ]);
  });

  it('[FIG8] its variants are stepped through in the frame, and settled as one step when done', async () => {
    const bench = await open();
    bench.app.composer.setVariants(3);
    const fill = await sendOne(bench);
    bench.api.change(made(fill, [0, 1, 2, 3], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'placed');
    expect(fill.variants).toEqual([1, 2, 3]);
    await fill.place(3);
    expect(bench.main.filled.at(-1)?.variant).toBe(3);
    expect(bench.main.questions('settle')).toEqual([]);
    await bench.app.fills.dismiss(fill);
    expect(bench.main.questions('settle')).toEqual([{ id: fill.pending.id }]);
    expect(bench.app.fills.all.value).toEqual([]);
  });

  it('[FIG9] that was deleted, resized or locked meanwhile keeps its panorama for the user’s choice', async () => {
    const bench = await open();
    const fill = await sendOne(bench);
    const size = { width: 1600, height: 400 };
    bench.main.fill = ({ into }) =>
      into === 'layer' ? { ok: true, nodeId: '9:9' } : { ok: false, problem: 'resized', size, pixels: size };
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'obstructed');
    expect(bench.main.pending).toHaveLength(1);
    await fill.place(1, 'layer');
    expect(fill.state.value).toEqual({ state: 'placed', variant: 1, nodeId: '9:9' });
    expect(bench.main.pending).toEqual([]);
  });

  it('[FIG9] of another size is made anew for that size from the photo on the server', async () => {
    const bench = await open();
    const fill = await sendOne(bench);
    const size = { width: 1600.4, height: 400 };
    bench.main.fill = () => ({ ok: false, problem: 'resized', size, pixels: { width: 1600, height: 400 } });
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'obstructed');
    expect(await bench.app.fit(fill)).toBe(true);
    const [again] = bench.app.fills.all.value;
    expect(again?.pending).toMatchObject({ targetId: '1:2', scale: 1, pixels: { width: 1600, height: 400 } });
    expect(bench.app.fills.all.value).toHaveLength(1);
    expect(bench.api.count('photo')).toBe(1);
  });

  it('[FIG10] is canceled while its photo is sent and while it is made; a draft in the frame is told', async () => {
    const bench = await open();
    let arrive = (): void => undefined;
    bench.api.delay = ({ name }) =>
      name === 'put' ? new Promise((resolve) => (arrive = resolve)) : Promise.resolve();
    const [sending] = await bench.app.fill();
    if (!sending) throw new Error('nothing was sent');
    await eventually(() => stateOf(sending) === 'sending');
    await sending.cancel();
    expect(stateOf(sending)).toBe('canceled');
    expect(bench.api.count('delete')).toBe(1);
    expect(bench.main.pending).toEqual([]);
    arrive();

    bench.api.delay = () => Promise.resolve();
    const running = await sendOne(bench);
    bench.api.change(made(running, [0], { status: 'running', phase: 'train' }));
    await eventually(() => running.draftPlaced.value);
    await running.cancel();
    await eventually(() => stateOf(running) === 'canceled');
    expect(running.draftPlaced.value).toBe(true);
    expect(bench.main.pending).toEqual([]);
  });

  it('[FIG11] that was canceled while its photo was sent is tried again', async () => {
    const bench = await open();
    bench.api.delay = ({ name }) => (name === 'put' ? new Promise<void>(() => undefined) : Promise.resolve());
    const [fill] = await bench.app.fill();
    if (!fill) throw new Error('nothing was sent');
    await fill.cancel();
    bench.api.delay = () => Promise.resolve();
    bench.api.fail = ({ name, id }) => (name === 'photo' && id ? refused(404, 'not-found') : null);
    await bench.app.retry(fill);
    await eventually(() => bench.app.fills.all.value.map(stateOf).join() === 'working');
  });

  it('[FIG11] that the server refused is noted again when it is sent again', async () => {
    const bench = await open();
    bench.api.fail = ({ name }) => (name === 'put' ? refused(503, 'queue-full') : null);
    const [fill] = await bench.app.fill();
    if (!fill) throw new Error('nothing was sent');
    await eventually(() => bench.main.pending.length === 0);
    bench.api.fail = () => null;
    void bench.app.retry(fill);
    await eventually(() => bench.api.watchers(fill.pending.id) === 1);
    expect(bench.main.pending.map(({ id }) => id)).toEqual([fill.pending.id]);
  });

  it('[FIG11] that cannot be made again says why, and is not made twice', async () => {
    const bench = await open();
    const fill = await sendOne(bench);
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'placed');
    const again = await Promise.all([bench.app.again(fill), bench.app.again(fill)]);
    expect(again.toSorted()).toEqual([false, true]);
    expect(bench.api.count('put')).toBe(2);

    const resumed = pendingOf({ id: '00000000-0000-4000-8000-000000000007' });
    bench.api.panoramas.set(resumed.id, panoramaOf({ id: resumed.id, status: 'canceled' }));
    bench.app.fills.resume([resumed]);
    const [other] = bench.app.fills.all.value;
    if (!other) throw new Error('nothing was resumed');
    await eventually(() => stateOf(other) === 'canceled');
    bench.api.fail = ({ name }) => (name === 'photo' ? unreachable() : null);
    await bench.app.retry(other);
    expect(bench.app.trouble.value).toMatchObject({ fill: other, error: { code: 'unreachable' } });
  });

  it('[FIG5] is sent once, however often the button is pressed', async () => {
    const bench = await open();
    await Promise.all([bench.app.fill(), bench.app.fill()]);
    expect(bench.app.fills.all.value).toHaveLength(1);
  });

  it('[FIG9] whose panorama is a layer of its own keeps its variants there', async () => {
    const bench = await open();
    bench.app.composer.setVariants(2);
    const fill = await sendOne(bench);
    bench.main.fill = ({ into }) =>
      into === 'layer' ? { ok: true, nodeId: '9:9' } : { ok: false, problem: 'deleted' };
    bench.api.change(made(fill, [0, 1, 2], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'obstructed');
    await fill.place(1, 'layer');
    await fill.place(2);
    expect(fill.state.value).toEqual({ state: 'placed', variant: 2, nodeId: '9:9' });
  });

  it('[FIG8] a draft that is left when it fails is a step of its own', async () => {
    const bench = await open();
    const fill = await sendOne(bench);
    bench.api.change(made(fill, [0], { status: 'running', phase: 'train' }));
    await eventually(() => fill.draftPlaced.value);
    const error = { code: 'internal', message: 'it broke', kind: 'machine' as const };
    bench.api.change(made(fill, [0], { status: 'failed', error }));
    await eventually(() => bench.main.questions('settle').length === 1);
  });

  it('[FIG11] whose photo did not arrive is sent again under the same id', async () => {
    const bench = await open();
    bench.api.fail = ({ name }) => (name === 'put' ? unreachable() : null);
    const [fill] = await bench.app.fill();
    if (!fill) throw new Error('nothing was sent');
    await eventually(() => stateOf(fill) === 'unsent');
    // Nobody knows whether it arrived: the next window may find it.
    expect(bench.main.pending).toHaveLength(1);
    bench.api.fail = () => null;
    await eventually(() => bench.app.connection.ready.value);
    void bench.app.retry(fill);
    await eventually(() => bench.api.watchers(fill.pending.id) === 1);
    expect(new Set(bench.api.calls.filter(({ name }) => name === 'put').map(({ id }) => id)).size).toBe(1);
  });

  it('[FIG11] that the server refuses is forgotten in the document', async () => {
    const bench = await open();
    bench.api.fail = ({ name }) => (name === 'put' ? refused(413, 'body-too-large') : null);
    const [fill] = await bench.app.fill();
    await eventually(() => bench.main.pending.length === 0);
    expect(fill?.state.value).toMatchObject({ state: 'unsent' });
  });

  it('[FIG11] whose picture did not load, or failed on the server, is tried again', async () => {
    const bench = await open();
    const fill = await sendOne(bench);
    bench.api.fail = ({ name }) => (name === 'variant' ? refused(500, 'internal') : null);
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'unplaced');
    bench.api.fail = () => null;
    await bench.app.retry(fill);
    expect(stateOf(fill)).toBe('placed');

    const other = await sendOne(bench);
    const error = { code: 'out-of-memory', message: 'no memory', kind: 'machine' as const };
    bench.api.change(made(other, [], { status: 'failed', error }));
    await eventually(() => stateOf(other) === 'failed');
    expect(bench.main.pending).toEqual([]);
    await bench.app.retry(other);
    expect(bench.app.fills.all.value.map(stateOf)).toContain('working');
    expect(bench.app.fills.all.value).not.toContain(other);
  });

  it('[FIG12] is followed again when the connection is back', async () => {
    const bench = await open();
    const fill = await sendOne(bench);
    bench.api.fail = () => unreachable();
    bench.api.breakStreams(fill.pending.id, unreachable());
    await eventually(() => stateOf(fill) === 'lost');
    bench.api.fail = () => null;
    await eventually(() => stateOf(fill) === 'working');
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'placed');
  });

  it('[FIG12] waits for its own server where the user names another one meanwhile', async () => {
    const bench = await open();
    const fill = await sendOne(bench);
    bench.api.breakStreams(fill.pending.id, refused(500, 'internal'));
    await eventually(() => stateOf(fill) === 'lost');
    bench.api.fail = ({ name }) => (name === 'watch' ? refused(404, 'not-found') : null);
    bench.main.asked.length = 0;
    const states: string[] = [];
    const undo = fill.state.subscribe(({ state }) => void states.push(state));
    const looks = bench.api.count('server');
    await bench.app.connection.connect('other', 'http://other');
    await eventually(() => bench.api.count('server') > looks + 1);
    expect(states).toEqual(['lost']);
    expect(bench.main.pending).toHaveLength(1);
    bench.api.fail = ({ name }) => (name === 'server' ? unreachable() : null);
    await bench.app.connection.connect('a-token', 'http://fake');
    bench.api.fail = () => null;
    await eventually(() => stateOf(fill) === 'working');
    undo();
  });
});

describe('several frames', () => {
  const targets = [
    targetOf({ id: '1:2', size: { width: 1440, height: 491 } }),
    targetOf({ id: '1:3', size: { width: 390, height: 844 } }),
    targetOf({ id: '1:4', size: { width: 8, height: 8 } }),
  ];
  const several = { opening: openingOf({ selection: reportOf({ targets, several: true }) }) };
  const prepare = ({ main }: Pick<Bench, 'main'>) => Object.assign(main, several);

  it('[FIG13] are sent from one photo, each at its own size; one too small is left out', async () => {
    const bench = await open({ prepare });
    const fills = await send(bench);
    expect(fills.map(({ pending }) => pending.pixels)).toEqual([
      { width: 1440, height: 491 },
      { width: 390, height: 844 },
    ]);
    const photos = fills.map(({ pending }) => bench.api.photos.get(pending.id));
    expect(photos[0]).toBe(photos[1]);
  });

  it('[FIG10] one that is canceled before its turn is not sent, and the ones after it are', async () => {
    const three = [...targets.slice(0, 2), targetOf({ id: '1:5', size: { width: 300, height: 100 } })];
    const bench = await open({
      prepare: ({ main }) => {
        main.opening = openingOf({ selection: reportOf({ targets: three, several: true }) });
      },
    });
    let arrive = (): void => undefined;
    bench.api.delay = ({ name }) =>
      name === 'put' ? new Promise((resolve) => (arrive = resolve)) : Promise.resolve();
    const [first, second, third] = await bench.app.fill();
    if (!first || !second || !third) throw new Error('three were expected');
    await second.cancel();
    expect(stateOf(second)).toBe('canceled');
    bench.api.delay = () => Promise.resolve();
    arrive();
    await eventually(() => bench.api.watchers(third.pending.id) === 1);
    expect(stateOf(second)).toBe('canceled');
    expect(bench.api.calls.filter(({ name }) => name === 'put').map(({ id }) => id)).toEqual([
      first.pending.id,
      third.pending.id,
    ]);
  });

  it('[FIG13] are filled as each is ready; a failure is its own, and so is a frame that is gone', async () => {
    const bench = await open({ prepare });
    const [first, second] = await send(bench);
    if (!first || !second) throw new Error('two were expected');
    const error = { code: 'internal', message: 'it broke', kind: 'machine' as const };
    bench.api.change(made(first, [], { status: 'failed', error }));
    bench.api.change(made(second, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(second) === 'placed');
    expect(stateOf(first)).toBe('failed');
    bench.main.gone.add('1:2');
    expect(await send(bench)).toHaveLength(1);
  });
});

describe('a window that is opened again', () => {
  it('[FIG14] goes on with what was on its way to this server, and leaves others’ alone', async () => {
    const main = new FakeMain();
    const ours = pendingOf();
    const theirs = pendingOf({ id: '00000000-0000-4000-8000-000000000002', server: 'http://elsewhere' });
    main.pending.push(ours, theirs);
    main.opening = openingOf({ pending: [ours, theirs] });
    const bench = await open({
      main,
      prepare: ({ api }) => {
        api.panoramas.set(ours.id, panoramaOf({ id: ours.id, status: 'running', phase: 'train' }));
      },
    });
    expect(bench.app.screen.value).toBe('frames');
    await eventually(() => bench.api.watchers(ours.id) === 1);
    const [fill] = bench.app.fills.all.value;
    if (!fill) throw new Error('nothing was resumed');
    bench.api.change(made(fill, [0, 1], { status: 'succeeded' }));
    await eventually(() => stateOf(fill) === 'placed');
    expect(main.pending).toEqual([theirs]);
    // It is dealt with; the other one comes with its server.
    await bench.app.fills.dismiss(fill);
    await bench.app.connection.connect('a-token', 'http://elsewhere');
    await eventually(() => bench.app.fills.all.value.length === 1);
    expect(bench.app.fills.all.value[0]?.pending.id).toBe(theirs.id);
  });

  it('[FIG14] does not show the frames where they wait for another server', async () => {
    const main = new FakeMain();
    main.opening = openingOf({ pending: [pendingOf({ server: 'http://elsewhere' })] });
    const bench = await open({ main });
    expect(bench.app.screen.value).toBe('compose');
  });

  it('[FIG14] tells what never arrived and forgets it', async () => {
    const main = new FakeMain();
    main.pending.push(pendingOf());
    main.opening = openingOf({ pending: [pendingOf()] });
    const bench = await open({ main });
    await eventually(() => bench.app.fills.all.value.map(stateOf).join() === 'gone');
    expect(main.pending).toEqual([]);
  });
});
