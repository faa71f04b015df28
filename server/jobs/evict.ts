/** Old panoramas and models make room: by age, and by a budget of bytes. Never what is in use. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folderBytes } from '../disk/free-space.ts';
import type { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import type { Records } from './records.ts';

export interface EvictionLimits {
  /** Days after its end, or since it was used last. */
  readonly keepDays: number;
  /** Of pictures and models together. */
  readonly budgetBytes: number;
}

export interface EvictionContext {
  readonly records: Records;
  readonly files: JobFiles;
  readonly modelsFolder: string;
  readonly limits: EvictionLimits;
  /** A model that was used since then may be in use; null where no job runs. */
  readonly oldestRun: () => Date | null;
  /** Forgets a panorama that ended then, and leaves alone what has its id meanwhile. */
  readonly forget: (id: string, endedAt: Date) => Promise<void>;
  readonly log: JobLog;
}

interface Candidate {
  readonly kind: 'panorama' | 'model';
  readonly name: string;
  readonly lastUsed: Date;
  readonly sizeBytes: () => Promise<number>;
  readonly remove: () => Promise<void>;
}

const DAY_MS = 24 * 3600 * 1000;

/** Removes what is too old, then the oldest until all of it fits the budget. */
export async function evict(context: EvictionContext, now = new Date()): Promise<void> {
  const { limits, log } = context;
  const all = [...(await panoramas(context)), ...(await models(context))];
  const candidates = all.toSorted((a, b) => a.lastUsed.getTime() - b.lastUsed.getTime());
  const oldest = now.getTime() - limits.keepDays * DAY_MS;
  let used = await usedBytes(context);
  for (const { kind, name, lastUsed, sizeBytes, remove } of candidates) {
    if (lastUsed.getTime() >= oldest && used <= limits.budgetBytes) return;
    const size = await sizeBytes();
    try {
      await remove();
      used -= size;
      log.evicted(kind, name);
    } catch (error) {
      log.warning(`${kind} ${name}: it cannot be removed to make room`, error);
    }
  }
}

async function usedBytes({ files, modelsFolder }: EvictionContext): Promise<number> {
  return (await folderBytes(files.all)) + (await folderBytes(modelsFolder));
}

async function panoramas({ records, files, forget }: EvictionContext): Promise<Candidate[]> {
  const ended = await records.ended();
  return ended.map(({ id, endedAt }) => ({
    kind: 'panorama',
    name: id,
    lastUsed: endedAt,
    sizeBytes: () => folderBytes(files.folder(id)),
    remove: () => forget(id, endedAt),
  }));
}

async function models({ modelsFolder, oldestRun }: EvictionContext): Promise<Candidate[]> {
  const names = await readdir(modelsFolder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(modelsFolder, name);
      const status = await stat(path).catch(() => null);
      return status?.isFile() ? { name, path, status } : null;
    }),
  );
  const inUseSince = oldestRun();
  return found
    .filter((model) => model !== null)
    .filter(({ status }) => inUseSince === null || status.mtime < inUseSince)
    .map(({ name, path, status }) => ({
      kind: 'model',
      name,
      lastUsed: status.mtime,
      sizeBytes: () => Promise.resolve(status.size),
      remove: () => rm(path, { force: true }),
    }));
}
