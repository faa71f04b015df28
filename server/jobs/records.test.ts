import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ScaleEvent } from '../../shared/protocol.ts';
import { requireRequest } from '../../shared/request.ts';
import { describeOnEach, type OpenedDatabase } from '../database/opened.testing.ts';
import { Records } from './records.ts';
import { runJob, type RunContext } from './run-job.ts';

let records: Records;

let clock = Date.UTC(2026, 0, 1);

async function add(preset: 'draft' | 'fast' = 'fast', estimatedSeconds = 10): Promise<string> {
  const id = randomUUID();
  await records.insert({
    id,
    fingerprint: id,
    request: requireRequest({ width: 64, height: 64, preset }),
    image: { width: 100, height: 100 },
    estimatedSeconds,
    createdAt: new Date((clock += 1000)).toISOString(),
  });
  return id;
}

const positions = async (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await records.get(id))?.panorama.queuePosition));

describeOnEach('the records', (openNew) => {
  let opened: OpenedDatabase;

  beforeAll(async () => {
    opened = await openNew();
    records = new Records(opened.database, 2);
  });

  afterAll(() => opened.close());

  beforeEach(async () => {
    for (const id of await records.ids()) await records.remove(id);
  });

  it('[SSE1] tell the place in the queue, drafts first, and the time by what is ahead', async () => {
    const [a, b] = [await add(), await add()];
    const draft = await add('draft', 2);
    expect(await positions([a, b, draft])).toEqual([2, 3, 1]);
    // Two run at once, so those ahead share the time: (2 + 10) / 2 before its own ten seconds.
    expect((await records.get(b))?.panorama.remaining).toEqual({ low: 16 * 0.75, high: 16 * 1.4 });
    await records.start(draft);
    expect(await positions([a, b, draft])).toEqual([1, 2, null]);
  });

  it('[JOB1] never show less progress than before, though a job begins anew', async () => {
    const id = await add();
    await records.start(id);
    for (const fraction of [0.2, 0.6, 0.1, 0.7]) await records.progress(id, { phase: 'train', fraction });
    await records.progress(id, { phase: 'draft', fraction: 0.05 });
    expect((await records.get(id))?.panorama.progress.fraction).toBe(0.7);
  });

  it('[HTTP5] end once, whoever is first', async () => {
    const id = await add();
    await records.start(id);
    const error = { code: 'x', message: 'y' };
    const statuses = ['canceled', 'succeeded', 'failed'] as const;
    const ends = await Promise.all(
      statuses.map((status) => records.end(id, status, status === 'failed' ? error : null)),
    );
    expect(ends.filter((end) => end)).toHaveLength(1);
    const winner = statuses[ends.indexOf(true)];
    await records.progress(id, { phase: 'paint', fraction: 0.9 });
    expect((await records.get(id))?.panorama).toMatchObject({
      status: winner,
      progress: { fraction: winner === 'succeeded' ? 1 : 0 },
      error: winner === 'failed' ? error : null,
    });
    expect(await records.start(id)).toBe(null);
  });

  it('[LAST7] let a job wait that may be what ends the server, until it finishes a step', async () => {
    const [suspect, other] = [await add(), await add()];
    const order = async () => {
      const queued = await records.queued();
      return queued.toSorted((a, b) => b.priority - a.priority).map(({ id }) => id);
    };
    await records.start(suspect);
    await records.interrupted();
    expect(await order()).toEqual([suspect, other]);
    await records.start(suspect);
    await records.interrupted();
    expect(await order()).toEqual([other, suspect]);
    expect(await positions([suspect, other])).toEqual([2, 1]);

    await records.start(suspect);
    await records.variant(suspect, { n: 0, width: 64, height: 64, upscaled: 1 }, 'data:,');
    await records.interrupted();
    expect(await order()).toEqual([suspect, other]);
  });

  it('[LAST7] fail a job as crashed after ten interruptions without a step', async () => {
    const id = await add();
    for (let n = 0; n < 10; n++) {
      await records.start(id);
      await records.interrupted();
    }
    const context = {
      records,
      files: { writeEnded: () => Promise.resolve() },
      log: { ended: () => undefined },
    } as unknown as RunContext;
    await runJob(id, context, new AbortController().signal);
    expect((await records.get(id))?.panorama).toMatchObject({ status: 'failed', error: { code: 'crashed' } });
  });

  it('[DATA2] give back what they were given: scales, variants and what was restored', async () => {
    const id = await add();
    await records.start(id);
    const event = { scale: 1, scales: 2, preview: 'data:,a' } as unknown as ScaleEvent;
    await records.scale(id, event);
    const variants = [2, 1].map((n) => ({ n, width: 64, height: 64, upscaled: 1 }));
    for (const variant of variants) await records.variant(id, variant, `data:,${variant.n}`);
    await records.progress(id, { phase: 'paint', fraction: 0.5, remaining: { low: 1, high: 2 } });
    expect(await records.scalesAfter(id, 0)).toEqual([{ sequence: 2, event }]);
    expect(await records.get(id)).toMatchObject({
      sequence: 4,
      panorama: {
        image: { width: 100, height: 100 },
        preview: 'data:,1',
        remaining: { low: 1, high: 2 },
        variants: [{ n: 1 }, { n: 2 }],
      },
    });
    expect(await records.waitSeconds()).toBe(0);

    const times = { startedAt: '2026-01-02T00:00:00.000Z', endedAt: '2026-01-03T00:00:00.000Z' };
    const error = { code: 'x', message: 'y' };
    for (const kept of [variants, []]) {
      const ended = {
        status: 'failed',
        error,
        variants: kept,
        preview: null,
        phase: 'paint',
        ...times,
      } as const;
      await records.restore(id, ended);
      const panorama = (await records.get(id))?.panorama;
      expect(panorama).toMatchObject({ status: 'failed', error, phase: 'paint', preview: null, ...times });
      expect(panorama?.variants).toHaveLength(kept.length);
    }
    expect(await records.ended()).toEqual([{ id, endedAt: new Date(times.endedAt) }]);
  });

  it('[DATA2] list page by page and count', async () => {
    const ids = [await add(), await add(), await add()];
    const [newest] = await records.list(1, null);
    expect(newest?.panorama.id).toBe(ids[2]);
    const before = { createdAt: new Date(newest?.panorama.createdAt ?? ''), id: ids[2] ?? '' };
    const older = await records.list(5, before);
    expect(older.map(({ panorama }) => panorama.id)).toEqual([ids[1], ids[0]]);
    expect(await records.counts()).toEqual({ queued: 3, running: 0 });
    expect(await records.waitSeconds()).toBe(15);
  });
});
