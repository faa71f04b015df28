/** The panoramas of a server, or of one of several on a database: accepted, made, watched, canceled, forgotten. */
import { join } from 'node:path';
import type { Estimate, Panorama, PanoramaList } from '../../shared/protocol.ts';
import { PanoramaError } from '../../shared/errors.ts';
import { hasEnded } from '../../shared/protocol.ts';
import type { Size } from '../../shared/geometry.ts';
import type { EngineChoice, PanoramaRequest } from '../../shared/request.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { Database } from '../database/database.ts';
import { openEmbedded, putAside } from '../database/embedded.ts';
import { DatabaseError } from '../database/errors.ts';
import { schemaVersion, SCHEMA_VERSION } from '../database/migrations.ts';
import { openPostgres } from '../database/postgres.ts';
import { isSystemError, readFailure } from '../disk/errors.ts';
import { UndoStack } from '../undo-stack.ts';
import {
  acceptJob,
  checkRoom,
  type Acceptance,
  type AcceptLimits,
  type Sender,
  type Upload,
} from './accept.ts';
import { openBoss } from './boss.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { JobError, notFound } from './errors.ts';
import { estimate } from './estimate.ts';
import { evict, type EvictionLimits } from './evict.ts';
import { Fleet, type WorkerFacts } from './fleet.ts';
import { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import { Paces } from './paces.ts';
import { Queue } from './queue.ts';
import { Records, type Record } from './records.ts';
import { recover } from './recover.ts';
import { keepEnd } from './run-job.ts';
import { Watches, type WatchItem } from './watch.ts';
import { Webhooks, type WebhookSettings } from './webhooks.ts';
import { Worker } from './worker.ts';

/** What this process takes jobs with. */
export interface WorkerSettings extends WorkerFacts {
  /** What its jobs are told to train on. */
  readonly choice: EngineChoice;
  /** Panoramas of one owner that may run at once, on all workers. */
  readonly perOwner: number;
  /** How long jobs may go on when it stops. */
  readonly drainMs: number;
}

/** What this process answers clients with. */
export interface ApiSettings extends AcceptLimits {
  /** What must stay free of the disk. */
  readonly reserveBytes: number;
  readonly eviction: EvictionLimits;
  /** Null where none are sent. */
  readonly webhooks: WebhookSettings | null;
}

export interface JobsOptions {
  /** Of this process alone, locked for it already. */
  readonly dataFolder: string;
  /** Where the bundled programs are, with a slash at its end. */
  readonly programs: URL;
  /** A PostgreSQL that several processes share; null for one of this process's own, in its folder. */
  readonly databaseUrl: string | null;
  readonly blobs: Blobs;
  /** Null in a process that takes no jobs. */
  readonly worker: WorkerSettings | null;
  /** Null in a process that answers no clients. */
  readonly api: ApiSettings | null;
  readonly log: JobLog;
}

export interface OpenJobs {
  readonly jobs: Jobs;
  readonly close: () => Promise<void>;
}

interface Parts {
  readonly database: Database;
  readonly queue: Queue;
  readonly paces: Paces;
  readonly watches: Watches;
  readonly webhooks: Webhooks;
  readonly fleet: Fleet;
}

const EVICTION_INTERVAL_MS = 10 * 60 * 1000;
const RESTORATION_INTERVAL_MS = 60_000;
/** How long a database may be away before a client is told so, and a worker's job gives up. */
const PATIENCE_MS = { api: 5000, worker: 120_000 } as const;
/** How long is waited for a job's process when its panorama is forgotten. */
const REMOVAL_MS = 10_000;
const REMOVAL_POLL_MS = 100;
/** Probes do not wait for long. */
const PROBE_MS = 3000;
/** What is wrong for long is told so often. */
const TOLD_AGAIN_MS = 60_000;

/** Tells what goes wrong beside the jobs: bugs each time, the same trouble of the machine now and then. */
function errorListener(log: JobLog): (error: unknown) => void {
  const told = new Map<string, number>();
  return (error) => {
    const known = knownOf(error) ?? knownOf(causeOf(error));
    if (!known) {
      log.bug(null, messageOf(error), error instanceof Error ? error.stack : undefined);
      return;
    }
    const now = Date.now();
    if (now - (told.get(known.code) ?? 0) < TOLD_AGAIN_MS) return;
    told.set(known.code, now);
    log.warning(known.message, known);
  };
}

const knownOf = (error: unknown): PanoramaError | null =>
  error instanceof PanoramaError ? (error as PanoramaError) : null;
const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

/** pg-boss tells some errors as plain objects. */
function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}

async function inTime<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const away = new DatabaseError('database-away', 'database: it does not answer; try again in a moment');
    timer = setTimeout(() => reject(away), PROBE_MS);
  });
  asked.catch(() => undefined);
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

export class Jobs {
  private stopping = false;
  private outdated = false;
  private worker: Worker | null = null;

  private constructor(
    private readonly options: JobsOptions,
    readonly files: JobFiles,
    private readonly records: Records,
    private readonly parts: Parts,
  ) {}

  /**
   * Opens what there is and goes on with it. An embedded database that is damaged is put aside: the folders hold all
   * that a new one needs. Resolves to the jobs and their undo, which hands back what runs.
   *
   * @throws DatabaseError, BlobError, DiskError
   */
  static async open(options: JobsOptions): Promise<OpenJobs> {
    const { dataFolder, programs, databaseUrl, log } = options;
    const files = await JobFiles.open(options.blobs, dataFolder);
    if (databaseUrl !== null) {
      await options.blobs.check();
      const database = await openPostgres({
        url: databaseUrl,
        applicationName: `panorama ${options.worker?.name ?? 'api'}`,
        patienceMs: options.api ? PATIENCE_MS.api : PATIENCE_MS.worker,
        onError: (error) => log.warning('database: a connection was lost', error),
      });
      return Jobs.openOn(database, files, options);
    }
    const place = { folder: join(dataFolder, 'database'), maker: new URL('database-maker.js', programs) };
    let opened: Database | null = null;
    try {
      opened = await openEmbedded(place);
      return await Jobs.openOn(opened, files, options);
    } catch (cause) {
      if (cause instanceof PanoramaError) throw cause;
      // Once it is open, a file that cannot be read is another's.
      if (opened && isSystemError(cause)) throw readFailure('the panoramas', cause);
      const aside = await putAside(place.folder);
      log.warning(
        `database: it is damaged; it is put aside as ${aside} and made anew from the panoramas' folders`,
        cause,
      );
      return Jobs.openOn(await openEmbedded(place), files, options);
    }
  }

  private static async openOn(database: Database, files: JobFiles, options: JobsOptions): Promise<OpenJobs> {
    const { log, api, worker: settings } = options;
    const opened = new UndoStack();
    opened.push(() => database.close());
    const onError = errorListener(log);
    try {
      const { fleet, close: closeFleet } = await Fleet.open(database, settings, onError);
      opened.push(closeFleet);
      const records = new Records(database, () => fleet.slots);
      const paces = await Paces.load(database);
      const { boss, close: closeBoss } = await openBoss(database, onError);
      opened.push(closeBoss);
      const queue = await Queue.open(boss, database);
      const webhooks = await Webhooks.open(boss, database, records, log);
      const { watches, close: closeWatches } = await Watches.open(database, records, onError);
      opened.push(closeWatches);
      const jobs = new Jobs(options, files, records, { database, queue, paces, watches, webhooks, fleet });

      if (options.databaseUrl === null) await recover(records, files, queue, log);
      if (settings) {
        const context = { database, records, files, queue, paces, webhooks, log, ...settings };
        const program = new URL('job-program.js', options.programs);
        const { worker, close } = await Worker.open({ ...context, engine: settings.choice, program });
        jobs.worker = worker;
        opened.push(close);
      }
      if (api) {
        if (api.webhooks) await webhooks.work(api.webhooks);
        const evictAll = () => void jobs.evict(api.eviction).catch(onError);
        evictAll();
        const timer = setInterval(evictAll, EVICTION_INTERVAL_MS);
        opened.push(() => clearInterval(timer));
        const restoring = setInterval(() => void jobs.restoreQueue().catch(onError), RESTORATION_INTERVAL_MS);
        opened.push(() => clearInterval(restoring));
      }
      opened.push(() => (jobs.stopping = true));
      return { jobs, close: () => opened.undo() };
    } catch (error) {
      await opened.undo().catch(() => undefined);
      throw error;
    }
  }

  /**
   * A new folder for one upload of about `sizeBytes`; whoever asks for it gives it to `accept` or discards it.
   *
   * @throws JobError `stopping`; DiskError
   */
  async newUpload(sizeBytes: number): Promise<string> {
    await checkRoom(this.files.uploads, sizeBytes, this.api().reserveBytes);
    return this.files.newUpload();
  }

  /**
   * Takes a panorama, kept when this resolves. The same again from the same owner is answered as it stands.
   *
   * @throws JobError `id-taken`, `queue-full`, `needs-more-memory`, `stopping`; DiskError, BlobError, DatabaseError
   */
  async accept(id: string, upload: Upload, request: PanoramaRequest, sender: Sender): Promise<Acceptance> {
    const api = this.api();
    const { files, records, parts, options } = this;
    const { database, paces, fleet } = parts;
    const context = { ...parts, ...api, files, records, log: options.log, pace: paces.pace };
    return database.exclusively(id, () =>
      acceptJob(id, upload, request, sender, { ...context, memoryBytes: fleet.memoryBytes }),
    );
  }

  /** @throws JobError `stopping` */
  private api(): ApiSettings {
    const { api } = this.options;
    if (!api) throw new Error('internal: jobs: this process answers no clients');
    if (this.stopping) {
      throw new JobError('stopping', 'machine', 'the server is stopping; try again in a minute');
    }
    return api;
  }

  /** @throws JobError `not-found`, also for another owner's */
  async get(id: string, owner: string): Promise<Panorama> {
    return (await this.record(id, owner)).panorama;
  }

  /** An owner's, newest first. @throws RequestError for a cursor that is none */
  async list(owner: string, limit: number, cursor: string | null): Promise<PanoramaList> {
    const before = cursor === null ? null : decodeCursor(cursor);
    const found = await this.records.list(owner, limit + 1, before);
    const panoramas = found.slice(0, limit).map(({ panorama }) => panorama);
    const last = panoramas.at(-1);
    return { panoramas, nextCursor: found.length > limit && last ? encodeCursor(last) : null };
  }

  /** @throws DatabaseError where the database does not answer in a moment */
  counts(): Promise<{ queued: number; running: number }> {
    return inTime(this.records.counts());
  }

  /** Jobs that run in this process's care. */
  get running(): number {
    return this.worker?.running ?? 0;
  }

  /** The workers that take jobs now. */
  get workers(): readonly WorkerFacts[] {
    return this.parts.fleet.workers;
  }

  /** Whether it does its work: the database answers, and the server is not stopping. */
  async ready(): Promise<boolean> {
    if (this.stopping) return false;
    const version = await inTime(schemaVersion(this.parts.database)).catch(() => null);
    if (version !== null && version > SCHEMA_VERSION && !this.outdated) {
      this.outdated = true;
      this.options.log.warning(
        `database: its schema is now version ${version}, of a newer server; this one, of ${SCHEMA_VERSION}, goes on until it ends and does not start again`,
      );
    }
    return version !== null;
  }

  /** Takes nothing more; resolves when nothing runs. */
  async drain(): Promise<void> {
    this.stopping = true;
    await this.worker?.drain();
  }

  /** How many follow events now. */
  get watchers(): number {
    return this.parts.watches.count;
  }

  async estimate(image: Size, request: PanoramaRequest): Promise<Estimate> {
    return estimate(image, request, this.parts.paces.pace, await this.records.waitSeconds());
  }

  /** How far the panorama's events have come, and whether more will follow. @throws JobError `not-found` */
  async position(id: string, owner: string): Promise<{ sequence: number; ended: boolean }> {
    const { sequence, panorama } = await this.record(id, owner);
    return { sequence, ended: hasEnded(panorama.status) };
  }

  private async record(id: string, owner: string): Promise<Record> {
    const record = await this.records.get(id);
    if (record?.owner !== owner) throw notFound(id);
    return record;
  }

  follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<WatchItem> {
    return this.parts.watches.follow(id, after, signal);
  }

  /** Ends a panorama that has not ended; its process is gone within seconds. @throws JobError `not-found` */
  async cancel(id: string, owner: string): Promise<Panorama> {
    const { panorama } = await this.record(id, owner);
    if (!hasEnded(panorama.status)) await this.end(id);
    return this.get(id, owner);
  }

  private async end(id: string): Promise<void> {
    const { records, files, parts, options } = this;
    if (!(await parts.webhooks.ending((sql) => records.cancel(id, sql), id))) return;
    options.log.ended(id, 'canceled', null);
    // One that runs is told by the database, and its worker takes it out.
    if (await records.isReleased(id)) await parts.queue.remove(id);
    await keepEnd(id, records, files);
  }

  /** Forgets a panorama and its files, once its process is gone. @throws JobError `not-found` */
  async remove(id: string, owner: string): Promise<void> {
    await this.record(id, owner);
    await this.parts.database.exclusively(id, async () => {
      await this.record(id, owner);
      await this.end(id);
      const deadline = Date.now() + REMOVAL_MS;
      // A worker that is gone tells nothing more.
      while (!(await this.records.isReleased(id)) && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, REMOVAL_POLL_MS));
      }
      await this.forget(id);
    });
  }

  private async forget(id: string): Promise<void> {
    // The files first: without them the row is of no use, while files without a row would be taken up again.
    await this.files.remove(id);
    await this.parts.queue.remove(id);
    await this.records.remove(id);
  }

  private async restoreQueue(): Promise<void> {
    const restored = await this.parts.queue.restore();
    for (const id of restored)
      this.options.log.warning(`panorama ${id}: it was missing in the queue, and is put there again`);
  }

  private evict(limits: EvictionLimits): Promise<void> {
    const { records, files, parts, options } = this;
    const { database } = parts;
    return database.exclusively('eviction', () =>
      evict({
        records,
        files,
        limits,
        forget: (id, endedAt) =>
          database.exclusively(id, async () => {
            const record = await records.get(id);
            if (record?.panorama.endedAt === endedAt.toISOString()) await this.forget(id);
          }),
        removeOrphan: (id) =>
          database.exclusively(id, async () => {
            if (await records.get(id)) return false;
            await files.remove(id);
            return true;
          }),
        log: options.log,
      }),
    );
  }
}
