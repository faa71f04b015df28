/**
 * At the start of the only server on a database: what the database knows and what the folders hold are brought
 * together, and the queue filled again. Where several share a database, leases do what is left of this.
 */
import type { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import type { Queue } from './queue.ts';
import type { Records } from './records.ts';
import { keepEnd } from './run-job.ts';

/**
 * A folder without a row was accepted by a server that ended before it could say so, or its database is lost: it gets
 * its row. A row without a folder is of a panorama that was being forgotten: it goes. What was running goes first.
 */
export async function recover(records: Records, files: JobFiles, queue: Queue, log: JobLog): Promise<void> {
  const known = await records.ids();
  const kept = await files.all();
  for (const id of known) if (!kept.has(id)) await records.remove(id);
  const rows = new Set(known);
  for (const id of kept.keys()) if (!rows.has(id)) await restore(id, records, files, log);
  for (const { id } of await records.ended()) if (kept.has(id)) await keepMissingEnd(id, records, files, log);
  await records.interrupted();
  await queue.replace(await records.queued());
}

async function restore(id: string, records: Records, files: JobFiles, log: JobLog): Promise<void> {
  const accepted = await files.accepted(id);
  if (!accepted) {
    log.warning(`jobs: the folder of ${id} does not say what was asked for; it is left as it is`);
    return;
  }
  await records.insert({ id, ...accepted });
  const ended = await files.ended(id);
  if (ended) await records.restore(id, ended);
}

/** A server may have ended between the end of one and its keeping. */
async function keepMissingEnd(id: string, records: Records, files: JobFiles, log: JobLog): Promise<void> {
  try {
    if ((await files.ended(id)) === null) await keepEnd(id, records, files);
  } catch (error) {
    log.warning(`jobs: how ${id} ended cannot be read beside its pictures; the database knows it`, error);
  }
}
