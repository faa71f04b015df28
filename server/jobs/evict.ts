/** Old panoramas and models make room: by age, and by a budget of bytes. Never what is in use. */
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
  readonly limits: EvictionLimits;
  /** Forgets a panorama that ended then, and leaves alone what has its id meanwhile. */
  readonly forget: (id: string, endedAt: Date) => Promise<void>;
  /** Removes what is kept of a panorama that has no row; false where it has one meanwhile. */
  readonly removeOrphan: (id: string) => Promise<boolean>;
  readonly log: JobLog;
}

interface Candidate {
  readonly kind: 'panorama' | 'model';
  readonly name: string;
  readonly lastUsed: Date;
  readonly sizeBytes: number;
  readonly remove: () => Promise<void>;
}

const DAY_MS = 24 * 3600 * 1000;
/** What has no row for so long is not being accepted: it was left by a process that ended, or written after its end. */
const ORPHANED_MS = 3600 * 1000;
/** So far the store's clock may be behind the database's. */
const SKEW_MS = 10 * 60 * 1000;
const MODELS = 'models';

/** Removes what nobody knows and what is too old, then the oldest until all of it fits the budget. */
export async function evict(context: EvictionContext): Promise<void> {
  const { records, files, limits, log } = context;
  const now = Date.parse(await records.now());
  await files.blobs.sweep();
  const kept = await files.all();
  const oldest = now - limits.keepDays * DAY_MS;
  await removeOrphans(context, kept, now, oldest);
  const { candidates: ofModels, sizeBytes } = await models(context);
  const candidates = [...(await panoramas(context, kept)), ...ofModels].toSorted(
    (a, b) => a.lastUsed.getTime() - b.lastUsed.getTime(),
  );
  let used = sizeBytes;
  for (const job of kept.values()) used += job.sizeBytes;
  for (const { kind, name, lastUsed, sizeBytes: size, remove } of candidates) {
    if (lastUsed.getTime() >= oldest && used <= limits.budgetBytes) return;
    try {
      await remove();
      used -= size;
      log.evicted(kind, name);
    } catch (error) {
      log.warning(`${kind} ${name}: it cannot be removed to make room`, error);
    }
  }
}

type Kept = Awaited<ReturnType<JobFiles['all']>>;

async function removeOrphans(
  { records, files, removeOrphan, log }: EvictionContext,
  kept: Kept,
  now: number,
  oldest: number,
): Promise<void> {
  const known = new Set(await records.ids());
  for (const [id, { modifiedAt }] of kept) {
    if (known.has(id) || modifiedAt.getTime() > now - ORPHANED_MS) continue;
    // What was accepted and has no row is of a database that was lost or is an older one.
    if (modifiedAt.getTime() > oldest && (await files.accepted(id)) !== null) continue;
    try {
      if (!(await removeOrphan(id))) continue;
      kept.delete(id);
      log.evicted('panorama', id);
    } catch (error) {
      log.warning(`panorama ${id}: what is left of it cannot be removed`, error);
    }
  }
}

async function panoramas({ records, forget }: EvictionContext, kept: Kept): Promise<Candidate[]> {
  const ended = await records.ended();
  return ended.map(({ id, endedAt }) => ({
    kind: 'panorama',
    name: id,
    lastUsed: endedAt,
    sizeBytes: kept.get(id)?.sizeBytes ?? 0,
    remove: () => forget(id, endedAt),
  }));
}

/** A model that was used since the oldest job that runs has started may be in use. */
async function models({
  records,
  files,
}: EvictionContext): Promise<{ candidates: Candidate[]; sizeBytes: number }> {
  const inUseSince = await records.oldestStart();
  const candidates: Candidate[] = [];
  let total = 0;
  for await (const { key, sizeBytes, modifiedAt } of files.blobs.list(MODELS)) {
    total += sizeBytes;
    if (inUseSince !== null && modifiedAt.getTime() >= inUseSince.getTime() - SKEW_MS) continue;
    candidates.push({
      kind: 'model',
      name: key.slice(MODELS.length + 1),
      lastUsed: modifiedAt,
      sizeBytes,
      remove: () => files.blobs.remove(key),
    });
  }
  return { candidates, sizeBytes: total };
}
