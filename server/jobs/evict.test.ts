import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FolderBlobs } from '../blobs/folder-blobs.ts';
import { evict, type EvictionContext } from './evict.ts';
import { JobFiles, variantKey } from './job-files.ts';
import type { JobLog } from './log.ts';
import { newRecord } from './records.testing.ts';

const NOW = new Date('2026-06-30T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3600 * 1000);

let folder: string;
let files: JobFiles;
let ended: { id: string; endedAt: Date }[];
let running: string[];
/** Put since the rows were read. */
let taken: string[];
/** Cannot be removed. */
let stuck: string | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-evict-'));
  files = await JobFiles.open(new FolderBlobs(folder), folder);
  ended = [];
  running = [];
  taken = [];
  stuck = null;
});

afterEach(() => rm(folder, { recursive: true }));
afterEach(() => void vi.useRealTimers());

async function add(key: string, days: number, sizeBytes: number): Promise<void> {
  await files.blobs.put(key, new Uint8Array(sizeBytes), 'a test');
  await utimes(join(folder, key), daysAgo(days), daysAgo(days));
}

async function addPanorama(days: number, sizeBytes: number): Promise<string> {
  const id = randomUUID();
  await add(variantKey(id, 1), days, sizeBytes);
  ended.push({ id, endedAt: daysAgo(days) });
  return id;
}

async function addAccepted(days: number): Promise<string> {
  const { id, ...accepted } = newRecord({ createdAt: daysAgo(days).toISOString() });
  const key = `jobs/${id}/request.json`;
  await files.blobs.put(key, JSON.stringify(accepted), 'a test');
  await utimes(join(folder, key), daysAgo(days), daysAgo(days));
  return id;
}

async function left(
  keepDays: number,
  budgetBytes: number,
  oldestStart: Date | null = null,
): Promise<string[]> {
  const records = {
    now: () => Promise.resolve(NOW.toISOString()),
    ids: () => Promise.resolve([...ended.map(({ id }) => id), ...running]),
    ended: () => Promise.resolve(ended),
    oldestStart: () => Promise.resolve(oldestStart),
  };
  const context: EvictionContext = {
    records: records as unknown as EvictionContext['records'],
    files,
    limits: { keepDays, budgetBytes },
    forget: async (id) => {
      await files.remove(id);
      ended = ended.filter((item) => item.id !== id);
    },
    removeOrphan: async (id) => {
      if (id === stuck) throw new Error('it is held');
      if (taken.includes(id)) return false;
      await files.remove(id);
      return true;
    },
    log: { evicted: () => undefined, warning: () => undefined } as unknown as JobLog,
  };
  await evict(context);
  const names = await Promise.all(
    ['jobs', 'models'].map((name) => readdir(join(folder, name)).catch(() => [])),
  );
  return names.flat().toSorted();
}

describe('making room', () => {
  it('[KEEP1] removes panoramas and models that are older than is kept', async () => {
    await addPanorama(31, 10);
    const young = await addPanorama(29, 10);
    await add('models/old.safetensors', 40, 10);
    await add('models/new.safetensors', 1, 10);
    expect(await left(30, 1e9)).toEqual([young, 'new.safetensors'].toSorted());
  });

  it('[KEEP2] removes the least recently used until the rest fits the budget, and no more', async () => {
    const a = await addPanorama(9, 400);
    await add('models/b.safetensors', 8, 400);
    const c = await addPanorama(7, 400);
    await add('models/d.safetensors', 1, 400);
    expect(await left(30, 1600)).toEqual([a, 'b.safetensors', c, 'd.safetensors'].toSorted());
    expect(await left(30, 1500)).toEqual(['b.safetensors', c, 'd.safetensors'].toSorted());
    expect(await left(30, 800)).toEqual([c, 'd.safetensors'].toSorted());
  });

  it('[KEEP3] never removes a model that a job may be using, nor a panorama that has not ended', async () => {
    await add('models/unused.safetensors', 5, 400);
    await add('models/in-use.safetensors', 2 + 5 / (24 * 60), 400);
    const id = randomUUID();
    running.push(id);
    await add(variantKey(id, 0), 9, 400);
    expect(await left(30, 0, daysAgo(2))).toEqual([id, 'in-use.safetensors'].toSorted());
  });

  it('[KEEP4] removes what nobody knows: within the hour not, without a request then, with one when it is old', async () => {
    const [young, old] = [randomUUID(), randomUUID()];
    await add(variantKey(young, 0), 0.5 / 24, 10);
    await add(variantKey(old, 0), 2 / 24, 10);
    const [accepted] = [await addAccepted(29), await addAccepted(31)];
    const again = await addAccepted(32);
    taken = [again];
    stuck = randomUUID();
    await add(variantKey(stuck, 0), 3 / 24, 10);
    const kept = [young, accepted, again, stuck];
    expect(await left(30, 1e9)).toEqual(kept.toSorted());
  });

  it('[KEEP5] tells ages by the database’s clock, whatever that of this process says', async () => {
    const id = await addPanorama(29, 10);
    await add('models/new.safetensors', 1, 10);
    const accepted = await addAccepted(0.5 / 24);
    vi.useFakeTimers({ now: daysAgo(-400), toFake: ['Date'] });
    expect(await left(30, 1e9)).toEqual([id, 'new.safetensors', accepted].toSorted());
  });
});
