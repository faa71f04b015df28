import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { ScaleEvent } from '../../shared/protocol.ts';
import { requireRequest } from '../../shared/request.ts';
import type { Sql } from '../database/database.ts';
import { describeOnEach, type OpenedDatabase } from '../database/opened.testing.ts';
import { Records, type Claim, type NewRecord } from './records.ts';
import { newRecord } from './records.testing.ts';
import { runJob, type RunContext } from './run-job.ts';

let records: Records;

let clock = Date.UTC(2026, 0, 1);

const OWNER = 'somebody';
const LIMITS = { worker: 'a-worker', perOwner: 100, memoryBytes: 4e9 };

async function add(
  preset: 'draft' | 'fast' = 'fast',
  estimatedSeconds = 10,
  changes: Partial<NewRecord> = {},
): Promise<string> {
  const record = newRecord({
    request: requireRequest({ width: 64, height: 64, preset }),
    image: { width: 100, height: 100 },
    estimatedSeconds,
    owner: OWNER,
    createdAt: new Date((clock += 1000)).toISOString(),
    ...changes,
  });
  await records.insert(record);
  return record.id;
}

const claim = (id: string): Claim => ({ id, run: randomUUID() });

/** Starts it, whoever had it before. */
async function start(id: string): Promise<Claim> {
  const held = claim(id);
  expect(await records.start(held, LIMITS)).toMatchObject({ record: { panorama: { status: 'running' } } });
  return held;
}

const positions = async (ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await records.get(id))?.panorama.queuePosition));

describeOnEach('the records', (openNew) => {
  let opened: OpenedDatabase;

  beforeAll(async () => {
    opened = await openNew();
    records = new Records(opened.database, () => 2);
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
    await start(draft);
    expect(await positions([a, b, draft])).toEqual([1, 2, null]);
  });

  it('[JOB1] never show less progress than before, though a job begins anew', async () => {
    const id = await add();
    const held = await start(id);
    for (const fraction of [0.2, 0.6, 0.1, 0.7]) await records.progress(held, { phase: 'train', fraction });
    await records.progress(held, { phase: 'draft', fraction: 0.05 });
    expect((await records.get(id))?.panorama.progress.fraction).toBe(0.7);
  });

  it('[HTTP5] end once, whoever is first', async () => {
    const id = await add();
    const held = await start(id);
    const error = { code: 'x', message: 'y' };
    const statuses = ['canceled', 'succeeded', 'failed'] as const;
    const ends = await Promise.all([records.cancel(id), records.end(held, null), records.end(held, error)]);
    expect(ends.filter((end) => end)).toHaveLength(1);
    const winner = statuses[ends.indexOf(true)];
    await records.progress(held, { phase: 'paint', fraction: 0.9 });
    expect((await records.get(id))?.panorama).toMatchObject({
      status: winner,
      progress: { fraction: winner === 'succeeded' ? 1 : 0 },
      error: winner === 'failed' ? error : null,
    });
    expect(await records.start(claim(id), LIMITS)).toBe('ended');
  });

  it('[HTTP5] do not start again what is being canceled at that moment', async () => {
    // One connection does nothing else while a transaction holds it.
    if (opened.database.backend === 'pglite') return;
    const id = await add();
    const starting = await opened.database.transaction(async (sql) => {
      expect(await records.cancel(id, sql)).toBe(true);
      const starts = records.start(claim(id), LIMITS);
      const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect(await opened.database.query(waits)).toHaveLength(1), 20_000);
      return { starts };
    });
    expect(await starting.starts).toBe('ended');
    expect((await records.get(id))?.panorama.status).toBe('canceled');
  });

  it('[WORK1] take what is written from the run that holds a job, and from no other', async () => {
    const id = await add();
    const lost = await start(id);
    expect(await records.holds(lost)).toBe(true);
    const held = await start(id);
    expect([await records.holds(lost), await records.holds(held)]).toEqual([false, true]);
    const before = await records.get(id);
    const variant = { n: 1, width: 64, height: 64, upscaled: 1 };
    await records.progress(lost, { phase: 'paint', fraction: 0.9 });
    await records.scale(lost, { scale: 1, scales: 2, epochs: 1, losses: {}, preview: 'data:,' });
    await records.variant(lost, variant, 'data:,');
    expect(await records.crash(lost)).toBe(null);
    expect(await records.handBack(lost)).toBe(null);
    expect(await records.end(lost, null)).toBe(false);
    await records.release(lost);
    expect(await records.isReleased(id)).toBe(false);
    expect(await records.get(id)).toEqual(before);
    expect(await records.end(held, null)).toBe(true);
    await records.release(held);
    expect(await records.isReleased(id)).toBe(true);
  });

  it('[WORK2] start one of those that train the same, and the other when its training is over', async () => {
    const [a, b] = [await add('fast', 1, { model: 'm' }), await add('fast', 1, { model: 'm' })];
    const other = await add('fast', 1, { model: 'n' });
    const held = await start(a);
    expect(await records.start(claim(b), LIMITS)).toBe('waits');
    await start(other);
    await records.progress(held, { phase: 'train', fraction: 0.5 });
    expect(await records.start(claim(b), LIMITS)).toBe('waits');
    await records.progress(held, { phase: 'sample', fraction: 0.6 });
    await start(b);
  });

  it('[WORK2] start, of many at the same moment, one of those that train the same', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => add('fast', 1, { model: 'm' })));
    const started = await Promise.all(ids.map((id) => records.start(claim(id), LIMITS)));
    expect(started.filter((item) => item === 'waits')).toHaveLength(7);
  });

  it('[WORK3] start no more of one owner than may run at once', async () => {
    const ids = [await add(), await add(), await add()];
    const yours = await add('fast', 1, { owner: 'another' });
    const limits = { ...LIMITS, perOwner: 2 };
    const started = [];
    for (const id of [...ids, yours]) started.push(await records.start(claim(id), limits));
    expect(started.map((item) => (typeof item === 'string' ? item : 'started'))).toEqual([
      'started',
      'started',
      'waits',
      'started',
    ]);
  });

  it('[WORK8] wait for a worker that has their memory, also when one that had it is gone', async () => {
    const id = await add('fast', 1, { memoryBytes: 8e9 });
    const large = { ...LIMITS, memoryBytes: 16e9 };
    expect(await records.start(claim(id), LIMITS)).toBe('waits');
    expect(await records.start(claim(id), large)).toMatchObject({ interruptions: 0 });
    // Delivered to a small one, as after the large one's death: it holds nothing up meanwhile.
    expect(await records.start(claim(id), LIMITS)).toBe('waits');
    expect((await records.get(id))?.panorama.status).toBe('queued');
    expect(await records.isReleased(id)).toBe(true);
    expect(await records.memoriesOver(LIMITS.memoryBytes)).toEqual([8e9]);
    expect(await records.memoriesOver(8e9)).toEqual([]);
    expect(await records.start(claim(id), large)).toMatchObject({ interruptions: 1 });
  });

  it('[HTTP6] are free of a worker that is gone, when one that was canceled is delivered again', async () => {
    const id = await add();
    await start(id);
    await records.cancel(id);
    expect(await records.isReleased(id)).toBe(false);
    expect(await records.start(claim(id), LIMITS)).toBe('ended');
    expect(await records.isReleased(id)).toBe(true);
  });

  it('[KEEP3] tell when the first began of those that run or were handed back', async () => {
    expect(await records.oldestStart()).toBe(null);
    await add();
    expect(await records.oldestStart()).toBe(null);
    const held = await start(await add());
    const began = await records.oldestStart();
    expect(began).not.toBe(null);
    await records.handBack(held);
    expect(await records.oldestStart()).toEqual(began);
    await records.end(await start(held.id), null);
    expect(await records.oldestStart()).toBe(null);
  });

  it('[LAST7] let a job wait that may be what ends the server, until it finishes a step', async () => {
    const [suspect, other] = [await add(), await add()];
    const order = async () => {
      const queued = await records.queued();
      return queued.toSorted((a, b) => b.priority - a.priority).map(({ id }) => id);
    };
    await start(suspect);
    await records.interrupted();
    expect(await order()).toEqual([suspect, other]);
    await start(suspect);
    await records.interrupted();
    expect(await order()).toEqual([other, suspect]);
    expect(await positions([suspect, other])).toEqual([2, 1]);

    const held = await start(suspect);
    await records.variant(held, { n: 0, width: 64, height: 64, upscaled: 1 }, 'data:,');
    await records.interrupted();
    expect(await order()).toEqual([suspect, other]);
  });

  it('[LAST7] fail a job as crashed after ten interruptions without a step', async () => {
    const id = await add();
    for (let n = 0; n < 10; n++) {
      await start(id);
      await records.interrupted();
    }
    const context = {
      ...LIMITS,
      records,
      onStarted: () => undefined,
      webhooks: { ending: (end: (sql: Sql) => Promise<boolean>) => end(opened.database) },
      files: { writeEnded: () => Promise.resolve() },
      log: { ended: () => undefined },
    } as unknown as RunContext;
    await runJob(claim(id), context, new AbortController().signal);
    expect((await records.get(id))?.panorama).toMatchObject({ status: 'failed', error: { code: 'crashed' } });
  });

  it('[DATA2] give back what they were given: scales, variants and what was restored', async () => {
    const id = await add();
    const held = await start(id);
    const event = { scale: 1, scales: 2, preview: 'data:,a' } as unknown as ScaleEvent;
    await records.scale(held, event);
    const variants = [2, 1].map((n) => ({ n, width: 64, height: 64, upscaled: 1 }));
    for (const variant of variants) await records.variant(held, variant, `data:,${variant.n}`);
    await records.progress(held, { phase: 'paint', fraction: 0.5, remaining: { low: 1, high: 2 } });
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
    const [newest] = await records.list(OWNER, 1, null);
    expect(newest?.panorama.id).toBe(ids[2]);
    const before = { createdAt: new Date(newest?.panorama.createdAt ?? ''), id: ids[2] ?? '' };
    const older = await records.list(OWNER, 5, before);
    expect(older.map(({ panorama }) => panorama.id)).toEqual([ids[1], ids[0]]);
    expect(await records.counts()).toEqual({ queued: 3, running: 0 });
    expect(await records.waitSeconds()).toBe(15);
    expect(await records.list('another', 5, null)).toEqual([]);
    expect(await records.counts('another')).toEqual({ queued: 0, running: 0 });
  });
});
