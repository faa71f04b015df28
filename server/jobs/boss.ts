/** pg-boss on the database: its tables, its watch over leases. */
import { PgBoss } from 'pg-boss';
import type { Database } from '../database/database.ts';

/** Resolves to it and its undo. Of several processes any may watch over the leases. */
export async function openBoss(
  database: Database,
  onError: (error: unknown) => void,
): Promise<{ boss: PgBoss; close: () => Promise<void> }> {
  const boss = new PgBoss({
    db: database.forQueue,
    backend: database.backend,
    schedule: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    queueCacheIntervalSeconds: 60,
  });
  let closed = false;
  // What it had begun when it was stopped may find the database closed.
  boss.on('error', (error) => closed || onError(error));
  // Several processes may start at once; its own lock is not taken for queues.
  await database.exclusively('queue', () => boss.start());
  const close = async (): Promise<void> => {
    await boss.stop({ close: false, graceful: true, timeout: 2000 });
    closed = true;
  };
  return { boss, close };
}

const NONE = '00000000-0000-0000-0000-000000000000';

/**
 * Has pg-boss read a queue's settings, as it does at the first call for it. Inside a transaction it would ask for them
 * outside of it, which an embedded database answers only when the transaction has ended.
 */
export async function know(boss: PgBoss, queue: string): Promise<void> {
  await boss.findJobs(queue, { id: NONE });
}
