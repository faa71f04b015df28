import { afterEach, describe, expect, it } from 'vitest';
import { hasEnded } from '../../../shared/protocol.ts';
import { eventually } from '../eventually.testing.ts';
import { FakeApi, refused, unreachable } from '../fake-api.testing.ts';
import { FakeHost, pngFile } from '../fake-host.testing.ts';
import { idOf, panoramaOf, variantOf } from '../panoramas.testing.ts';
import { undoAll, type Undo } from '../undo.ts';
import { App } from './app.ts';

const TIMING = {
  connection: { checkMs: 1e6, backoffMs: 5, longestMs: 20 },
  estimateDelayMs: 1,
  historyPollMs: 5,
};
const undos: Undo[] = [];

async function start(host = new FakeHost()) {
  const app = new App(host, TIMING);
  undos.push(await app.start());
  await eventually(() => app.connection.state.value.state !== 'connecting');
  return { app, host, fake: host.fake };
}

async function withPhoto(host?: FakeHost) {
  const started = await start(host);
  started.host.tell({ type: 'photo', photo: { blob: pngFile(), name: 'sea.jpg' } });
  await eventually(() => started.app.photo.photo.value !== null);
  return started;
}

afterEach(() => undoAll(undos));

describe('the interface', () => {
  it('[UI17] makes a panorama: sent, opened, followed, found in the history', async () => {
    const { app, host, fake } = await withPhoto();
    expect(app.hindrance.value).toBeNull();
    expect(await app.make()).toBe(true);
    const job = app.job.value;
    expect(job?.panorama.value?.status).toBe('queued');
    expect(host.opened).toBe(job?.id);
    expect(app.history.panoramas.value.map(({ id }) => id)).toEqual([job?.id]);
    await eventually(() => fake.watchers(job?.id ?? '') === 1);
    // The photo is at hand already.
    expect(job?.photo.value?.url).toBe(app.photo.photo.value?.url);
  });

  it('[UI11] says what is missing before anything can be made', async () => {
    const { app } = await start();
    expect(app.hindrance.value).toBe('noPhoto');
    await app.photo.choose({ blob: pngFile(), name: '' });
    app.composer.height.type('0');
    expect(app.hindrance.value).toBe('badSettings');
    app.composer.height.type('400');
    expect(app.hindrance.value).toBeNull();
    expect(await app.make()).toBe(true);
  });

  it('[UI22] a panorama that the address names is opened, and found again after a reload', async () => {
    const fake = new FakeApi();
    fake.panoramas.set(idOf(3), panoramaOf({ id: idOf(3), status: 'running' }));
    const host = new FakeHost(fake);
    host.start = { token: 'a-token', id: idOf(3) };
    const { app } = await start(host);
    await eventually(() => app.job.value?.panorama.value?.status === 'running');
    host.tell({ type: 'opened', id: null });
    expect(app.job.value).toBeNull();
    host.tell({ type: 'opened', id: idOf(3) });
    expect(app.job.value?.id).toBe(idOf(3));
  });

  it('[UI22] a panorama at work is followed again when the server is back, an ended one is not', async () => {
    const fake = new FakeApi();
    fake.panoramas.set(idOf(1), panoramaOf({ id: idOf(1), status: 'running' }));
    const { app } = await start(new FakeHost(fake));
    app.open(idOf(1));
    await eventually(() => fake.watchers(idOf(1)) === 1);
    fake.fail = () => unreachable();
    fake.breakStreams(idOf(1), unreachable());
    await eventually(() => app.connection.state.value.state === 'away');
    fake.fail = () => null;
    await eventually(() => fake.watchers(idOf(1)) === 1);
    expect(app.job.value?.error.value).toBeNull();
    fake.change(panoramaOf({ id: idOf(1), status: 'succeeded' }));
    await eventually(() => hasEnded(app.job.value?.panorama.value?.status ?? 'queued'));
    const watched = fake.count('watch');
    fake.fail = () => unreachable();
    await app.history.refresh();
    fake.fail = () => null;
    await eventually(() => app.connection.ready.value);
    expect(fake.count('watch')).toBe(watched);
  });

  it('[UI17] after a reload in mid-upload what arrived is opened', async () => {
    const { host } = await withPhoto();
    host.kept.set('pending', { id: idOf(5) });
    host.fake.panoramas.set(idOf(5), panoramaOf({ id: idOf(5), status: 'running' }));
    const { app } = await start(new FakeHost(host.fake, host.kept));
    await eventually(() => app.job.value?.id === idOf(5));
  });

  it('[UI24] again with another seed: the same photo and settings', async () => {
    const { app, fake } = await withPhoto();
    app.composer.mode.value = 'retarget';
    await app.make();
    const first = app.job.value;
    if (!first) throw new Error('expected a job');
    fake.change(panoramaOf({ ...first.panorama.value, status: 'succeeded' }));
    expect(await app.again(first)).toBe(true);
    const second = app.job.value;
    expect(second?.id).not.toBe(first.id);
    const before = first.panorama.value?.request;
    const after = second?.panorama.value?.request;
    expect(after?.seed).not.toBe(before?.seed);
    expect(after).toEqual({ ...before, seed: after?.seed });
    expect(fake.photos.get(second?.id ?? '')).toBe(fake.photos.get(first.id));
  });

  it('[UI24] the settings and the photo of a panorama are composed with', async () => {
    const fake = new FakeApi();
    const request = {
      width: 800,
      height: 200,
      mode: 'reimagine' as const,
      training: { epochs: 200 as const },
      seed: 9,
    };
    fake.panoramas.set(idOf(1), panoramaOf({ id: idOf(1), status: 'succeeded', request }));
    fake.photos.set(idOf(1), pngFile(99));
    const { app } = await start(new FakeHost(fake));
    app.open(idOf(1));
    await eventually(() => app.job.value?.panorama.value !== null);
    if (app.job.value) await app.reuse(app.job.value);
    expect(app.job.value).toBeNull();
    expect(app.composer.request.value).toMatchObject(request);
    expect(app.photo.photo.value?.blob.size).toBe(99);
  });

  it('[UI25] a picture is saved by the photo’s name, the size and the variant', async () => {
    const { app, host, fake } = await withPhoto();
    await app.make();
    const job = app.job.value;
    if (!job?.panorama.value) throw new Error('expected a job');
    const variants = [0, 1, 2].map((n) => variantOf(job.id, n, 1440, 600));
    fake.change({ ...job.panorama.value, status: 'succeeded', variants });
    await eventually(() => job.shownVariant.value?.n === 1);
    await app.save(job);
    job.show({ type: 'variant', n: 2 });
    await app.save(job);
    job.show({ type: 'variant', n: 0 });
    await app.save(job);
    expect(host.saved.map(({ name }) => name)).toEqual([
      'sea-1440x600.png',
      'sea-1440x600-2.png',
      'sea-1440x600-draft.png',
    ]);
    // The name is known after a reload too.
    const { app: next, host: nextHost } = await start(new FakeHost(fake, host.kept));
    next.open(job.id);
    await eventually(() => next.job.value?.shownVariant.value?.n === 1);
    if (next.job.value) await next.save(next.job.value);
    expect(nextHost.saved[0]?.name).toBe('sea-1440x600.png');
  });

  it('[UI23] a deleted panorama leaves the history and the stage', async () => {
    const { app, fake } = await withPhoto();
    await app.make();
    const job = app.job.value;
    if (!job) throw new Error('expected a job');
    await app.remove(job);
    expect(app.job.value).toBeNull();
    expect(app.history.panoramas.value).toEqual([]);
    expect(fake.panoramas.size).toBe(0);
  });

  it('[UI26] a panorama that turns out to be gone leaves the history', async () => {
    const { app, fake } = await start();
    fake.panoramas.set(idOf(1), panoramaOf({ id: idOf(1), status: 'succeeded' }));
    await app.history.refresh();
    fake.panoramas.clear();
    app.open(idOf(1));
    await eventually(() => app.history.panoramas.value.length === 0);
    expect(app.job.value?.error.value).not.toBeNull();
  });

  it('[UI19] a refused upload stays with its error until it is sent again or put away', async () => {
    const { app, fake } = await withPhoto();
    fake.fail = ({ name }) => (name === 'put' ? refused(507, 'disk-full') : null);
    expect(await app.make()).toBe(false);
    expect(app.sending.state.value.state).toBe('failed');
    fake.fail = () => null;
    expect(await app.retrySending()).toBe(true);
    expect(app.job.value).not.toBeNull();
  });

  it('[UI9] settings are kept for the next visit; a frame that the host selects is taken', async () => {
    const { app, host } = await start();
    host.tell({ type: 'frame', size: { width: 777, height: 333 } });
    app.composer.mode.value = 'reimagine';
    const { app: next } = await start(new FakeHost(host.fake, host.kept));
    expect(next.composer.request.value).toMatchObject({ width: 777, height: 333, mode: 'reimagine' });
  });

  it('[UI7] a photo that comes while a panorama is shown leads back to composing', async () => {
    const { app, host } = await withPhoto();
    await app.make();
    host.tell({ type: 'dragging', over: true });
    expect(app.dragging.value).toBe(true);
    host.tell({ type: 'photo', photo: { blob: pngFile(), name: 'next.png' } });
    expect(app.dragging.value).toBe(false);
    expect(app.job.value).toBeNull();
    await eventually(() => app.photo.photo.value?.name === 'next.png');
  });
});
