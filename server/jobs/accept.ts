/** Taking a panorama: what is answered is on the disk and in the queue. */
import { createHash } from 'node:crypto';
import type { Size } from '../../shared/geometry.ts';
import type { Panorama } from '../../shared/protocol.ts';
import type { PanoramaRequest } from '../../shared/request.ts';
import { DiskError } from '../disk/errors.ts';
import { freeBytes } from '../disk/free-space.ts';
import type { Pace } from '../panorama/plan.ts';
import { JobError, notFound } from './errors.ts';
import { checkMemory, expectJob } from './estimate.ts';
import type { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import type { Queue } from './queue.ts';
import { priorityOf, type Records } from './records.ts';
import type { Database } from '../database/database.ts';

/** A photo that was received, whole and synced, in a folder of `JobFiles.newUpload`. */
export interface Upload {
  readonly folder: string;
  readonly sizeBytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
  /** Upright, in pixels. */
  readonly image: Size;
}

export interface Acceptance {
  readonly panorama: Panorama;
  /** False where it was there already. */
  readonly created: boolean;
}

export interface AcceptContext {
  readonly database: Database;
  readonly files: JobFiles;
  readonly records: Records;
  readonly queue: Queue;
  readonly pace: Pace;
  readonly maxQueued: number;
  readonly memoryBytes: number;
  readonly log: JobLog;
}

/** @throws DiskError `disk-full` where `sizeBytes` more would leave less than `reserveBytes` of the disk free */
export async function checkRoom(folder: string, sizeBytes: number, reserveBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free - sizeBytes >= reserveBytes) return;
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  throw new DiskError(
    'disk-full',
    `disk: expected room for ${mebibytes(sizeBytes)} beside a reserve of ${mebibytes(reserveBytes)}, got ${mebibytes(free)} free; delete panoramas, or free some space on the server`,
  );
}

/**
 * Keeps the upload under `id` and puts it into the queue; the same again is answered as it stands. The upload's
 * folder is used up only where a panorama is created. Callers see to it that an id is taken by one at a time.
 *
 * @throws JobError `id-taken`, `queue-full`, `needs-more-memory`; DiskError
 */
export async function acceptJob(
  id: string,
  upload: Upload,
  request: PanoramaRequest,
  context: AcceptContext,
): Promise<Acceptance> {
  const { database, files, records, queue, log } = context;
  const fingerprint = fingerprintOf(request, upload.sha256);
  const found = await records.get(id);
  if (found?.fingerprint === fingerprint) return { panorama: found.panorama, created: false };
  if (found) throw idTaken(id);

  const { queued } = await records.counts();
  if (queued >= context.maxQueued) {
    throw new JobError('queue-full', 'machine', `queue: ${queued} panoramas wait already; try again later`);
  }
  const { image } = upload;
  const { seconds: estimatedSeconds, memoryBytes } = expectJob(image, request, context.pace);
  checkMemory(memoryBytes, context.memoryBytes);

  const createdAt = new Date().toISOString();
  const accepted = { fingerprint, request, image, estimatedSeconds, createdAt };
  if (!(await files.accept(id, upload.folder, accepted))) throw idTaken(id);
  try {
    await database.transaction(async (sql) => {
      await records.insert({ id, ...accepted }, sql);
      await queue.add({ id, priority: priorityOf(request) }, sql);
    });
  } catch (error) {
    await files.remove(id);
    throw error;
  }
  log.accepted(id, upload.sizeBytes);
  const record = await records.get(id);
  if (!record) throw notFound(id);
  return { panorama: record.panorama, created: true };
}

function idTaken(id: string): JobError {
  return new JobError(
    'id-taken',
    'request',
    `panorama ${id}: this id holds another request or photo; send a new one`,
  );
}

/** The schema gives the fields of a request in one order, with their defaults. */
function fingerprintOf(request: PanoramaRequest, photoSha256: string): string {
  return createHash('sha256').update(JSON.stringify(request)).update(photoSha256).digest('hex');
}
