/** Taking a panorama: what is answered is on the disk and in the queue. */
import { createHash } from 'node:crypto';
import type { Size } from '../../shared/geometry.ts';
import type { Panorama } from '../../shared/protocol.ts';
import type { PanoramaRequest } from '../../shared/request.ts';
import type { Database } from '../database/database.ts';
import { isDatabaseAway } from '../database/errors.ts';
import { DiskError } from '../disk/errors.ts';
import { freeBytes } from '../disk/free-space.ts';
import type { Pace } from '../panorama/plan.ts';
import { JobError, notFound } from './errors.ts';
import { checkMemory, expectJob } from './estimate.ts';
import type { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import type { Queue } from './queue.ts';
import { priorityOf, type Records } from './records.ts';
import { resolveHyperparameters } from '../../shared/hyperparameters.ts';

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

/** Who sends it, and where its end is told. */
export interface Sender {
  /** By the name of their token. */
  readonly owner: string;
  readonly webhook: string | null;
}

export interface AcceptLimits {
  /** How many may wait, of all and of one owner. */
  readonly maxQueued: number;
  readonly maxQueuedPerOwner: number;
}

export interface AcceptContext extends AcceptLimits {
  readonly database: Database;
  readonly files: JobFiles;
  readonly records: Records;
  readonly queue: Queue;
  readonly pace: Pace;
  /** What a job may take on any worker; null where none is known. */
  readonly memoryBytes: number | null;
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
 * @throws JobError `id-taken`, `queue-full`, `needs-more-memory`; DiskError, BlobError, DatabaseError
 */
export async function acceptJob(
  id: string,
  upload: Upload,
  request: PanoramaRequest,
  { owner, webhook }: Sender,
  context: AcceptContext,
): Promise<Acceptance> {
  const { database, files, records, queue, log } = context;
  const fingerprint = fingerprintOf(request, upload.sha256);
  const found = await records.get(id);
  if (found?.fingerprint === fingerprint && found.owner === owner)
    return { panorama: found.panorama, created: false };
  if (found) throw idTaken(id);

  await checkQueue(owner, records, context);
  const { image } = upload;
  const { seconds: estimatedSeconds, memoryBytes } = expectJob(image, request, context.pace);
  if (context.memoryBytes !== null) checkMemory(memoryBytes, context.memoryBytes);

  const model = modelOf(request, upload.sha256);
  const createdAt = await records.now();
  const accepted = {
    fingerprint,
    request,
    image,
    estimatedSeconds,
    memoryBytes,
    owner,
    model,
    webhook,
    createdAt,
  };
  await files.accept(id, upload.folder, accepted);
  try {
    await database.transaction(async (sql) => {
      await records.insert({ id, ...accepted }, sql);
      await queue.add({ id, priority: priorityOf(request), owner, memoryBytes }, sql);
    });
  } catch (error) {
    // Done all the same, where only the answer was lost or another process with the same was first.
    const row = await records.get(id).catch(() => undefined);
    if (row?.fingerprint !== fingerprint || row.owner !== owner) {
      // Else it may yet be done, and what is kept be the row's; if not, it is an orphan's, which is removed in time.
      if (row === null && !isDatabaseAway(error)) await files.remove(id);
      throw row ? idTaken(id) : error;
    }
  }
  log.accepted(id, upload.sizeBytes);
  const record = await records.get(id);
  if (!record) throw notFound(id);
  return { panorama: record.panorama, created: true };
}

async function checkQueue(
  owner: string,
  records: Records,
  { maxQueued, maxQueuedPerOwner }: AcceptLimits,
): Promise<void> {
  const { queued } = await records.counts();
  if (queued >= maxQueued) {
    throw new JobError('queue-full', 'machine', `queue: ${queued} panoramas wait already; try again later`);
  }
  const own = await records.counts(owner);
  if (own.queued >= maxQueuedPerOwner) {
    throw new JobError(
      'queue-full',
      'request',
      `queue: ${own.queued} of your panoramas wait already; try again when some of them are made`,
    );
  }
}

/** What names the model before the photo is decoded; null where nothing is trained. */
function modelOf(request: PanoramaRequest, photoSha256: string): string | null {
  const hyperparameters = resolveHyperparameters(request);
  if (!hyperparameters) return null;
  return createHash('sha256').update(JSON.stringify(hyperparameters)).update(photoSha256).digest('hex');
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
