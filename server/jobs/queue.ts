/** The queue: which panorama is made next, and when. pg-boss on the same database; it delivers ids and nothing else. */
import { PgBoss } from 'pg-boss';
import type { Database, Sql } from '../database/database.ts';

const NAME = 'panoramas';

/** A job runs for as long as it takes; pg-boss knows no more than a day. What runs here is never run twice. */
const EXPIRE_SECONDS = 24 * 3600 - 1;
/** A long queue may take weeks; pg-boss would forget what waits longer than two. */
const RETENTION_SECONDS = 10 * 365 * 24 * 3600;
/** What is handed back is delivered again, however often. */
const RETRY_LIMIT = 10_000;

export interface QueueOptions {
  readonly database: Database;
  /** Jobs that run at once. */
  readonly jobs: number;
  /** Does the job; a rejection hands it back. */
  readonly onJob: (id: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

export interface Queued {
  readonly id: string;
  /** Higher comes first. */
  readonly priority: number;
}

export class Queue {
  private constructor(
    private readonly boss: PgBoss,
    private readonly options: QueueOptions,
  ) {}

  /** Opens the queue; nothing is delivered before `work`. */
  static async open(options: QueueOptions): Promise<Queue> {
    const boss = new PgBoss({
      db: options.database.forQueue,
      backend: options.database.backend,
      schedule: false,
      useListenNotify: true,
      superviseIntervalSeconds: 30,
      monitorIntervalSeconds: 60,
      queueCacheIntervalSeconds: 60,
    });
    boss.on('error', options.onError);
    await boss.start();
    const queue = {
      notify: true,
      expireInSeconds: EXPIRE_SECONDS,
      retentionSeconds: RETENTION_SECONDS,
      retryLimit: RETRY_LIMIT,
      retryDelay: 1,
    };
    await boss.createQueue(NAME, queue);
    await boss.updateQueue(NAME, queue);
    return new Queue(boss, options);
  }

  /** Adds one, in the transaction of `sql` where that is one. */
  async add({ id, priority }: Queued, sql: Sql): Promise<void> {
    // What ended under this id is kept for a while and would be taken for this one.
    await this.boss.deleteJob(NAME, id, { db: sql.forQueue });
    await this.boss.send(NAME, {}, { id, priority, db: sql.forQueue });
  }

  /** Makes the queue hold exactly these, whatever an earlier server left; of equal priority the oldest comes first. */
  async replace(queued: readonly (Queued & { readonly createdAt: Date })[]): Promise<void> {
    await this.boss.deleteAllJobs(NAME);
    if (queued.length === 0) return;
    await this.boss.insert(
      NAME,
      queued.map(({ id, priority }) => ({ id, priority })),
    );
    // All of them were made at one moment, and pg-boss takes no other.
    await this.options.database.query(
      `UPDATE pgboss.job SET created_on = q.created_on
       FROM unnest($1::uuid[], $2::timestamptz[]) AS q (id, created_on) WHERE job.id = q.id`,
      [queued.map(({ id }) => id), queued.map(({ createdAt }) => createdAt.toISOString())],
    );
  }

  /** Takes one out, in whatever state. */
  async remove(id: string): Promise<void> {
    await this.boss.deleteJob(NAME, id);
  }

  /** Begins to deliver. */
  async work(): Promise<void> {
    const { jobs, onJob } = this.options;
    const intervals = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 2 };
    await this.boss.work(NAME, { localConcurrency: jobs, ...intervals }, async ([job]) => {
      if (job) await onJob(job.id);
    });
  }

  /** Delivers nothing more. The jobs that run must have ended. */
  async close(): Promise<void> {
    await this.boss.stop({ close: false, graceful: true, timeout: 2000 });
  }
}
