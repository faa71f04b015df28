/** The queue: which panorama is made next, and when. pg-boss on the same database; it delivers ids and nothing else. */
import type { PgBoss } from 'pg-boss';
import type { Database, Sql } from '../database/database.ts';
import { know } from './boss.ts';

const NAME = 'panoramas';

/** A job runs for as long as it takes; pg-boss knows no more than a day, which is made to begin anew. */
const EXPIRE_SECONDS = 24 * 3600 - 1;
const PROLONGATION_MS = 3600 * 1000;
/** A long queue may take weeks; pg-boss would forget what waits longer than two. */
const RETENTION_SECONDS = 10 * 365 * 24 * 3600;
/** What is handed back is delivered again, however often. */
const RETRY_LIMIT = 10_000;
/** A worker that was not heard of for so long has lost its job: pg-boss's least. */
const LEASE_SECONDS = 10;

export interface Queued {
  readonly id: string;
  /** Higher comes first. */
  readonly priority: number;
  readonly owner: string;
  readonly memoryBytes: number;
}

/** What a worker takes. */
export interface FetchLimits {
  /** Panoramas of one owner that may run at once. */
  readonly perOwner: number;
  /** Memory that jobs in the queue need and this worker does not have. */
  readonly tooLarge: readonly number[];
}

/** A job that was delivered; its lease holds as long as it is renewed, and for this delivery alone. */
export interface Delivery {
  readonly id: string;
  /** False where the lease is lost. */
  renew(): Promise<boolean>;
  /** The job is over. */
  done(): Promise<void>;
  /** Delivered again in a second, in its old place. */
  later(): Promise<void>;
}

export class Queue {
  private constructor(
    private readonly boss: PgBoss,
    private readonly database: Database,
  ) {}

  static async open(boss: PgBoss, database: Database): Promise<Queue> {
    await boss.createQueue(NAME, {
      expireInSeconds: EXPIRE_SECONDS,
      retentionSeconds: RETENTION_SECONDS,
      heartbeatSeconds: LEASE_SECONDS,
      retryLimit: RETRY_LIMIT,
      retryDelay: 1,
    });
    await know(boss, NAME);
    return new Queue(boss, database);
  }

  /** Adds one, in the transaction of `sql` where that is one. */
  async add({ id, priority, owner, memoryBytes }: Queued, sql: Sql): Promise<void> {
    // What ended under this id is kept for a while and would be taken for this one.
    await this.boss.deleteJob(NAME, id, { db: sql.forQueue });
    await this.boss.send(NAME, {}, { id, priority, group: groupOf(owner, memoryBytes), db: sql.forQueue });
  }

  /** Makes the queue hold exactly these, whatever an earlier server left; of equal priority the oldest comes first. */
  async replace(queued: readonly (Queued & { readonly createdAt: Date })[]): Promise<void> {
    await this.boss.deleteAllJobs(NAME);
    if (queued.length === 0) return;
    await this.boss.insert(
      NAME,
      queued.map(({ id, priority, owner, memoryBytes }) => ({
        id,
        priority,
        group: groupOf(owner, memoryBytes),
      })),
    );
    await this.keepPlaces(queued);
  }

  /** pg-boss takes no other time of their making than now. */
  private async keepPlaces(
    queued: readonly { readonly id: string; readonly createdAt: Date }[],
  ): Promise<void> {
    await this.database.query(
      `UPDATE pgboss.job SET created_on = q.created_on
       FROM unnest($1::uuid[], $2::timestamptz[]) AS q (id, created_on) WHERE job.name = $3 AND job.id = q.id`,
      [queued.map(({ id }) => id), queued.map(({ createdAt }) => createdAt.toISOString()), NAME],
    );
  }

  /**
   * Adds what waits or runs and is not in the queue: that should not be, and would never end. Resolves to the ids.
   * What enters both does so in one transaction, and leaves the panoramas first.
   */
  async restore(): Promise<string[]> {
    const missing = await this.database.query<Queued & { readonly createdAt: Date }>(
      `SELECT id, priority, owner, memory_bytes AS "memoryBytes", created_at AS "createdAt" FROM panorama.panoramas p
       WHERE status IN ('queued', 'running') AND NOT EXISTS (
        SELECT FROM pgboss.job j WHERE j.name = $1 AND j.id = p.id AND j.state < 'completed')`,
      [NAME],
    );
    for (const queued of missing) await this.add(queued, this.database);
    if (missing.length > 0) await this.keepPlaces(missing);
    return missing.map(({ id }) => id);
  }

  /** Takes one out, in whatever state. */
  async remove(id: string): Promise<void> {
    await this.boss.deleteJob(NAME, id);
  }

  /**
   * The next job that the limits allow, or null. A group is an owner, a tier the memory that is needed: a tier that may
   * have no jobs at once is not delivered here and keeps its place for another worker.
   */
  async fetch({ perOwner, tooLarge }: FetchLimits): Promise<Delivery | null> {
    const tiers = Object.fromEntries(tooLarge.map((bytes) => [tierOf(bytes), 0]));
    const [job] = await this.boss.fetch(NAME, { groupConcurrency: { default: perOwner, tiers } });
    if (!job) return null;
    const attempt = { id: job.id, retryCount: job.retryCount };
    let prolongedAt = -Infinity;
    return {
      id: job.id,
      renew: async () => {
        const held = affected(await this.boss.touch(NAME, attempt)) > 0;
        if (held && performance.now() - prolongedAt > PROLONGATION_MS) {
          await this.prolong(attempt);
          prolongedAt = performance.now();
        }
        return held;
      },
      done: async () => void (await this.boss.complete(NAME, attempt)),
      later: async () => void (await this.boss.fail(NAME, attempt)),
    };
  }

  private async prolong({ id, retryCount }: { id: string; retryCount: number }): Promise<void> {
    await this.database.query(
      `UPDATE pgboss.job SET started_on = now() WHERE name = $1 AND id = $2 AND retry_count = $3 AND state = 'active'`,
      [NAME, id, retryCount],
    );
  }
}

const tierOf = (memoryBytes: number): string => `${Math.round(memoryBytes)}`;
const groupOf = (owner: string, memoryBytes: number) => ({ id: owner, tier: tierOf(memoryBytes) });

/** pg-boss declares its answer empty; it has the number of jobs. */
function affected(response: object): number {
  return 'affected' in response ? Number(response.affected) : 0;
}
