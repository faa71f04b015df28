import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import { FakeApi, refused, unauthorized } from '../fake-api.testing.ts';
import { idOf, panoramaOf, scaleOf, variantOf } from '../panoramas.testing.ts';
import { Job } from './job.ts';

const ID = idOf(1);
const running = (changes: Parameters<typeof panoramaOf>[0] = {}) =>
  panoramaOf({ id: ID, status: 'running', phase: 'train', ...changes });

function setUp(panorama = running()) {
  const fake = new FakeApi();
  fake.panoramas.set(ID, panorama);
  const changes: string[] = [];
  const job = new Job(ID, signal(fake), ({ status }) => changes.push(status));
  return { fake, job, changes };
}

describe('a job', () => {
  it('[UI20] shows the draft, then the first variant, and a choice stays', async () => {
    const { fake, job } = setUp();
    const followed = job.follow();
    await eventually(() => job.panorama.value !== null);
    expect(job.shown.value).toBeNull();
    fake.change(running({ variants: [variantOf(ID, 0)] }));
    await eventually(() => job.shown.value !== null);
    expect(job.shown.value).toEqual({ type: 'variant', n: 0 });
    fake.tell(ID, { type: 'scale', ...scaleOf(2) });
    fake.tell(ID, { type: 'scale', ...scaleOf(1) });
    await eventually(() => job.scales.value.length === 2);
    expect(job.scales.value.map(({ scale }) => scale)).toEqual([1, 2]);
    job.show({ type: 'scale', scale: 2 });
    expect(job.shownVariant.value).toBeNull();
    job.show({ type: 'variant', n: 7 });
    expect(job.shown.value).toEqual({ type: 'variant', n: 0 });
    const variants = [0, 1, 2].map((n) => variantOf(ID, n));
    fake.change(running({ variants }));
    job.show({ type: 'variant', n: 2 });
    await eventually(() => job.shownVariant.value?.n === 2);
    fake.change(running({ status: 'succeeded', variants }));
    await followed;
    expect(job.shownVariant.value?.n).toBe(2);
    expect(job.panorama.value?.status).toBe('succeeded');
    job.close();
  });

  it('[UI20] without a choice the first variant takes the draft’s place', async () => {
    const { fake, job, changes } = setUp(running({ variants: [variantOf(ID, 0)] }));
    const followed = job.follow();
    await eventually(() => job.shownVariant.value?.n === 0);
    fake.change(running({ status: 'succeeded', variants: [variantOf(ID, 0), variantOf(ID, 1)] }));
    await followed;
    expect(job.shownVariant.value?.n).toBe(1);
    expect(changes).toEqual(['running', 'succeeded']);
    job.close();
  });

  it('[UI20] whoever looked at a layout or the draft meanwhile sees the result when it is there', async () => {
    for (const look of [
      { type: 'scale' as const, scale: 1 },
      { type: 'variant' as const, n: 0 },
    ]) {
      const { fake, job } = setUp(running({ variants: [variantOf(ID, 0)] }));
      const followed = job.follow();
      await eventually(() => fake.watchers(ID) === 1);
      fake.tell(ID, { type: 'scale', ...scaleOf(1) });
      await eventually(() => job.scales.value.length === 1);
      job.show(look);
      fake.change(running({ variants: [variantOf(ID, 0), variantOf(ID, 1)] }));
      await eventually(() => job.panorama.value?.variants.length === 2);
      expect(job.shown.value).toEqual(look);
      fake.change(running({ status: 'succeeded', variants: [variantOf(ID, 0), variantOf(ID, 1)] }));
      await followed;
      expect(job.shownVariant.value?.n).toBe(1);
      job.close();
    }
  });

  it('[UI21] each picture is loaded once, the large ones when they are looked at', async () => {
    const large = [0, 1, 2].map((n) => variantOf(ID, n, 8000, 4000));
    const { fake, job } = setUp(running({ status: 'succeeded', variants: large }));
    await job.follow();
    await eventually(() => job.pictures.all.value.get(1)?.state === 'ready');
    expect(fake.calls.filter(({ name }) => name === 'variant').map(({ n }) => n)).toEqual([1]);
    job.show({ type: 'variant', n: 2 });
    job.show({ type: 'variant', n: 1 });
    job.show({ type: 'variant', n: 2 });
    await eventually(() => job.pictures.all.value.get(2)?.state === 'ready');
    expect(fake.count('variant')).toBe(2);
    job.close();
    expect(job.pictures.all.value.size).toBe(0);
  });

  it('[UI21] a picture that did not load is told and loaded when it is asked for again', async () => {
    const { fake, job } = setUp(running({ status: 'succeeded', variants: [variantOf(ID, 1)] }));
    fake.fail = ({ name }) => (name === 'variant' ? refused(500, 'internal') : null);
    await job.follow();
    await eventually(() => job.pictures.all.value.get(1)?.state === 'failed');
    fake.fail = () => null;
    expect(await job.pictures.get(1)).not.toBeNull();
    job.close();
  });

  it('[UI22] it is followed once, whoever asks, and again after an error', async () => {
    const { fake, job } = setUp();
    const first = job.follow();
    void job.follow();
    await eventually(() => fake.watchers(ID) === 1);
    expect(fake.count('watch')).toBe(1);
    fake.breakStreams(ID, unauthorized());
    await first;
    expect(job.error.value).not.toBeNull();
    void job.follow();
    await eventually(() => fake.watchers(ID) === 1);
    expect(job.error.value).toBeNull();
    job.close();
    await eventually(() => fake.watchers(ID) === 0);
    expect(job.error.value).toBeNull();
  });

  it('[UI23] it is canceled, and an older answer does not take back its end', async () => {
    const { fake, job } = setUp();
    const followed = job.follow();
    await eventually(() => fake.watchers(ID) === 1);
    await job.cancel();
    await followed;
    expect(job.panorama.value?.status).toBe('canceled');
    expect(job.busy.value).toBeNull();
  });

  it('[UI23] it is deleted, also where someone else was faster; a refusal is told', async () => {
    const { fake, job } = setUp();
    fake.fail = ({ name }) => (name === 'delete' ? refused(507, 'disk-full') : null);
    expect(await job.remove()).toBe(false);
    expect(job.error.value).not.toBeNull();
    fake.fail = () => null;
    expect(await job.remove()).toBe(true);
    expect(await job.remove()).toBe(true);
  });

  it('[UI24] the photo as it was sent is loaded once, to be compared', async () => {
    const { fake, job } = setUp();
    await job.compare();
    await job.loadPhoto();
    expect(fake.count('photo')).toBe(1);
    expect(job.view.value).toBe('compare');
    expect(job.photo.value?.url).toMatch(/^blob:/);
    job.close();
  });
});
