import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { requireRequest } from '../../shared/request.ts';
import { newDataFolder, PROGRAMS, removeFolder } from '../server.testing.ts';
import type { Database } from '../database/database.ts';
import { openEmbedded } from '../database/embedded.ts';
import { Records } from './records.ts';
import { runJob, type RunContext } from './run-job.ts';

let folder: string;
let database: Database;
let records: Records;

beforeAll(async () => {
  folder = await newDataFolder();
  const maker = new URL('database-maker.js', PROGRAMS);
  database = await openEmbedded({ folder: join(folder, 'database'), maker });
  records = new Records(database, 2);
});

afterAll(async () => {
  await database.close();
  await removeFolder(folder);
});

beforeEach(async () => {
  for (const id of await records.ids()) await records.remove(id);
});

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

describe('the records', () => {
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
    const ends = await Promise.all([
      records.end(id, 'canceled', null),
      records.end(id, 'succeeded', null),
      records.end(id, 'failed', { code: 'x', message: 'y' }),
    ]);
    expect(ends).toEqual([true, false, false]);
    await records.progress(id, { phase: 'paint', fraction: 0.9 });
    expect((await records.get(id))?.panorama).toMatchObject({
      status: 'canceled',
      progress: { fraction: 0 },
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
});
