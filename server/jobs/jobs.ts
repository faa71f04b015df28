/** The server's panoramas: accepted, made one after the other, watched, canceled, forgotten. */
import { join } from 'node:path';
import type { Estimate, Panorama, PanoramaList } from '../../shared/protocol.ts';
import { PanoramaError } from '../../shared/errors.ts';
import { hasEnded } from '../../shared/protocol.ts';
import type { Size } from '../../shared/geometry.ts';
import type { EngineChoice, PanoramaRequest } from '../../shared/request.ts';
import { UndoStack } from '../undo-stack.ts';
import { acceptJob, checkRoom, type Acceptance, type Upload } from './accept.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Database } from '../database/database.ts';
import { openEmbedded, putAside } from '../database/embedded.ts';
import { JobError, notFound } from './errors.ts';
import { estimate } from './estimate.ts';
import { evict, type EvictionLimits } from './evict.ts';
import { JobFiles } from './job-files.ts';
import { KeyedLock } from '../database/keyed-lock.ts';
import type { JobLog } from './log.ts';
import { Paces } from './paces.ts';
import { Queue } from './queue.ts';
import { Records, type Record } from './records.ts';
import { recover } from './recover.ts';
import { keepEnd, runJob, type StopReason } from './run-job.ts';
import { Watches, type WatchItem } from './watch.ts';

export interface JobsOptions {
  /** Locked for this process already. */
  readonly dataFolder: string;
  /** Where the bundled programs are, with a slash at its end. */
  readonly programs: URL;
  readonly engine: EngineChoice;
  /** How many run at once. */
  readonly jobs: number;
  /** How many may wait. */
  readonly maxQueued: number;
  /** What a job may take. */
  readonly memoryBytes: number;
  /** What must stay free of the disk. */
  readonly reserveBytes: number;
  readonly eviction: EvictionLimits;
  readonly log: JobLog;
}

interface Run {
  readonly startedAt: Date;
  readonly stop: (reason: StopReason) => void;
  /** Resolves when its process is gone. */
  readonly gone: Promise<void>;
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
  readonly modelsFolder: string;
}

const EVICTION_INTERVAL_MS = 10 * 60 * 1000;

export class Jobs {
  private readonly runs = new Map<string, Run>();
  private readonly locks = new KeyedLock();
  private stopping = false;

  private constructor(
    private readonly options: JobsOptions,
    readonly files: JobFiles,
    private readonly records: Records,
    private readonly parts: Parts,
  ) {}

  /**
   * Opens what the folder holds and goes on with it. A database that is damaged is put aside: the folders hold all that
   * a new one needs. Resolves to the jobs and their undo, which hands back what runs.
   */
  static async open(options: JobsOptions): Promise<OpenJobs> {
    const { dataFolder, programs, log } = options;
    const place = { folder: join(dataFolder, 'database'), maker: new URL('database-maker.js', programs) };
    const files = await JobFiles.open(dataFolder);
    try {
      return await Jobs.openOn(await openEmbedded(place), files, options);
    } catch (cause) {
      if (cause instanceof PanoramaError) throw cause;
      const aside = await putAside(place.folder);
      log.warning(
        `database: it is damaged; it is put aside as ${aside} and made anew from the panoramas' folders`,
        cause,
      );
      return Jobs.openOn(await openEmbedded(place), files, options);
    }
  }

  private static async openOn(database: Database, files: JobFiles, options: JobsOptions): Promise<OpenJobs> {
    const { dataFolder, log } = options;
    const opened = new UndoStack();
    opened.push(() => database.close());
    const onError = (error: unknown) =>
      log.bug(null, String(error), error instanceof Error ? error.stack : undefined);
    try {
      const records = new Records(database, options.jobs);
      const paces = await Paces.load(database);
      const onJob = (id: string): Promise<void> => jobs.run(id);
      const queue = await Queue.open({ database, jobs: options.jobs, onJob, onError });
      opened.push(() => queue.close());
      const { watches, close: closeWatches } = await Watches.open(database, records, onError);
      opened.push(closeWatches);
      const modelsFolder = join(dataFolder, 'models');
      const jobs = new Jobs(options, files, records, { database, queue, paces, watches, modelsFolder });

      await recover(records, files, queue, log);
      await queue.work();
      opened.push(() => jobs.stopAll());
      const evictAll = () => void jobs.evict().catch(onError);
      evictAll();
      const timer = setInterval(evictAll, EVICTION_INTERVAL_MS);
      opened.push(() => clearInterval(timer));
      return { jobs, close: () => opened.undo() };
    } catch (error) {
      await opened.undo().catch(() => undefined);
      throw error;
    }
  }

  /** Hands back what runs and takes nothing more. */
  private async stopAll(): Promise<void> {
    this.stopping = true;
    const running = [...this.runs.values()];
    for (const { stop } of running) stop('server-stops');
    await Promise.all(running.map(({ gone }) => gone.catch(() => undefined)));
  }

  /**
   * A new folder for one upload of about `sizeBytes`; whoever asks for it gives it to `accept` or discards it.
   *
   * @throws JobError `stopping`; DiskError
   */
  async newUpload(sizeBytes: number): Promise<string> {
    this.checkOpen();
    await checkRoom(this.files.all, sizeBytes, this.options.reserveBytes);
    return this.files.newUpload();
  }

  /**
   * Takes a panorama, on the disk when this resolves. The same again is answered as it stands.
   *
   * @throws JobError `id-taken`, `queue-full`, `needs-more-memory`, `stopping`; DiskError
   */
  async accept(id: string, upload: Upload, request: PanoramaRequest): Promise<Acceptance> {
    this.checkOpen();
    const { options, files, records } = this;
    const { database, queue, paces } = this.parts;
    const context = { ...options, database, files, records, queue, pace: paces.pace };
    return this.locks.hold(id, () => acceptJob(id, upload, request, context));
  }

  private checkOpen(): void {
    if (!this.stopping) return;
    throw new JobError('stopping', 'machine', 'the server is stopping; try again in a minute');
  }

  /** @throws JobError `not-found` */
  async get(id: string): Promise<Panorama> {
    return (await this.record(id)).panorama;
  }

  /** Newest first. @throws RequestError for a cursor that is none */
  async list(limit: number, cursor: string | null): Promise<PanoramaList> {
    const found = await this.records.list(limit + 1, cursor === null ? null : decodeCursor(cursor));
    const panoramas = found.slice(0, limit).map(({ panorama }) => panorama);
    const last = panoramas.at(-1);
    return { panoramas, nextCursor: found.length > limit && last ? encodeCursor(last) : null };
  }

  counts(): Promise<{ queued: number; running: number }> {
    return this.records.counts();
  }

  /** Whether it takes panoramas: the database answers and the server is not stopping. */
  async ready(): Promise<boolean> {
    return (
      !this.stopping &&
      this.counts().then(
        () => true,
        () => false,
      )
    );
  }

  /** How many follow events now. */
  get watchers(): number {
    return this.parts.watches.count;
  }

  async estimate(image: Size, request: PanoramaRequest): Promise<Estimate> {
    return estimate(image, request, this.parts.paces.pace, await this.records.waitSeconds());
  }

  /** How far the panorama's events have come, and whether more will follow. @throws JobError `not-found` */
  async position(id: string): Promise<{ sequence: number; ended: boolean }> {
    const { sequence, panorama } = await this.record(id);
    return { sequence, ended: hasEnded(panorama.status) };
  }

  private async record(id: string): Promise<Record> {
    const record = await this.records.get(id);
    if (!record) throw notFound(id);
    return record;
  }

  follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<WatchItem> {
    return this.parts.watches.follow(id, after, signal);
  }

  /** Ends a panorama that has not ended; its process is gone within seconds. @throws JobError `not-found` */
  async cancel(id: string): Promise<Panorama> {
    if (await this.records.end(id, 'canceled', null)) {
      this.options.log.ended(id, 'canceled', null);
      const run = this.runs.get(id);
      if (run) run.stop('canceled');
      else await this.parts.queue.remove(id);
      await keepEnd(id, this.records, this.files);
    }
    return this.get(id);
  }

  /** Forgets a panorama and its files, once its process is gone. @throws JobError `not-found` */
  remove(id: string): Promise<void> {
    return this.locks.hold(id, async () => {
      await this.cancel(id);
      await this.runs.get(id)?.gone.catch(() => undefined);
      await this.forget(id);
    });
  }

  private async forget(id: string): Promise<void> {
    // The folder first: without it the row is of no use, while a folder without a row would be taken up again.
    await this.files.remove(id);
    await this.parts.queue.remove(id);
    await this.records.remove(id);
  }

  private run(id: string): Promise<void> {
    const running = this.runs.get(id);
    if (running) return running.gone;
    if (this.stopping) return Promise.reject(new Error('the server stops'));
    const { files, records, options } = this;
    const { paces, modelsFolder } = this.parts;
    const { engine, programs, log } = options;
    const controller = new AbortController();
    const program = new URL('job-program.js', programs);
    const context = { records, files, modelsFolder, engine, program, paces, log };
    const gone = runJob(id, context, controller.signal).finally(() => this.runs.delete(id));
    this.runs.set(id, { startedAt: new Date(), stop: (reason) => controller.abort(reason), gone });
    return gone;
  }

  private evict(): Promise<void> {
    const { records, files, options } = this;
    const started = () => [...this.runs.values()].map(({ startedAt }) => startedAt);
    return evict({
      records,
      files,
      modelsFolder: this.parts.modelsFolder,
      limits: options.eviction,
      oldestRun: () => started().toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null,
      forget: (id, endedAt) =>
        this.locks.hold(id, async () => {
          const record = await this.records.get(id);
          if (record?.panorama.endedAt === endedAt.toISOString()) await this.forget(id);
        }),
      log: options.log,
    });
  }
}
