import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evict, type EvictionContext } from './evict.ts';
import { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';

const NOW = new Date('2026-06-30T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3600 * 1000);

let folder: string;
let files: JobFiles;
let ended: { id: string; endedAt: Date }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-evict-'));
  files = await JobFiles.open(folder);
  await mkdir(join(folder, 'models'));
  ended = [];
});

afterEach(() => rm(folder, { recursive: true }));

async function addPanorama(id: string, days: number, sizeBytes: number): Promise<void> {
  await mkdir(files.folder(id));
  await writeFile(files.variant(id, 1), new Uint8Array(sizeBytes));
  ended.push({ id, endedAt: daysAgo(days) });
}

async function addModel(name: string, days: number, sizeBytes: number): Promise<void> {
  const path = join(folder, 'models', name);
  await writeFile(path, new Uint8Array(sizeBytes));
  await utimes(path, daysAgo(days), daysAgo(days));
}

async function left(keepDays: number, budgetBytes: number, oldestRun: Date | null = null): Promise<string[]> {
  const context: EvictionContext = {
    records: { ended: () => Promise.resolve(ended) } as EvictionContext['records'],
    files,
    modelsFolder: join(folder, 'models'),
    limits: { keepDays, budgetBytes },
    oldestRun: () => oldestRun,
    forget: (id) => files.remove(id),
    log: { evicted: () => undefined } as unknown as JobLog,
  };
  await evict(context, NOW);
  return [...(await readdir(files.all)), ...(await readdir(join(folder, 'models')))].toSorted();
}

describe('making room', () => {
  it('[KEEP1] removes panoramas and models that are older than is kept', async () => {
    await addPanorama('old', 31, 10);
    await addPanorama('new', 29, 10);
    await addModel('old.safetensors', 40, 10);
    await addModel('new.safetensors', 1, 10);
    expect(await left(30, 1e9)).toEqual(['new', 'new.safetensors']);
  });

  it('[KEEP2] removes the least recently used until the rest fits the budget, and no more', async () => {
    await addPanorama('a', 9, 400);
    await addModel('b.safetensors', 8, 400);
    await addPanorama('c', 7, 400);
    await addModel('d.safetensors', 1, 400);
    expect(await left(30, 1600)).toEqual(['a', 'b.safetensors', 'c', 'd.safetensors']);
    expect(await left(30, 1500)).toEqual(['b.safetensors', 'c', 'd.safetensors']);
    expect(await left(30, 800)).toEqual(['c', 'd.safetensors']);
  });

  it('[KEEP3] never removes a model that a job may be using, nor a panorama that has not ended', async () => {
    await addModel('unused.safetensors', 5, 400);
    await addModel('in-use.safetensors', 1, 400);
    await mkdir(files.folder('running'));
    await writeFile(files.photo('running'), new Uint8Array(400));
    expect(await left(30, 0, daysAgo(2))).toEqual(['in-use.safetensors', 'running']);
  });
});
