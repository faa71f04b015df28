/** The workers on one database: who they are, and how many jobs they take together. */
import type { EngineChoice } from '../../shared/request.ts';
import type { Database } from '../database/database.ts';

/** A worker as it declares itself. */
export interface WorkerFacts {
  readonly name: string;
  readonly version: string;
  readonly engine: EngineChoice;
  /** What trains, in words. */
  readonly device: string;
  /** What one job may take. */
  readonly memoryBytes: number;
  /** Jobs that run at once. */
  readonly jobs: number;
}

const INTERVAL_MS = 5000;
/** One that was not heard of for so long takes no jobs. */
const SILENT = `interval '30 seconds'`;
/** One that was not heard of for so long does not come back. */
const GONE = `interval '7 days'`;

export class Fleet {
  private known: readonly WorkerFacts[] = [];
  private mostBytes: number | null = null;

  private constructor(
    private readonly database: Database,
    /** This process's own, where it works. */
    private readonly own: WorkerFacts | null,
  ) {}

  /** Declares this worker, if it is one, and looks after the others. Resolves to the fleet and its undo. */
  static async open(
    database: Database,
    own: WorkerFacts | null,
    onError: (error: unknown) => void,
  ): Promise<{ fleet: Fleet; close: () => Promise<void> }> {
    const fleet = new Fleet(database, own);
    await fleet.look();
    let looking: Promise<void> = Promise.resolve();
    const timer = setInterval(() => void (looking = fleet.look().catch(onError)), INTERVAL_MS);
    const close = async (): Promise<void> => {
      clearInterval(timer);
      await looking;
      if (own)
        await database
          .query('DELETE FROM panorama.workers WHERE name = $1', [own.name])
          .catch(() => undefined);
    };
    return { fleet, close };
  }

  /** Those that take jobs now. */
  get workers(): readonly WorkerFacts[] {
    return this.known;
  }

  /** Jobs that run at once, at least one. */
  get slots(): number {
    return Math.max(
      1,
      this.known.reduce((sum, { jobs }) => sum + jobs, 0),
    );
  }

  /** The most that a job may take on any worker that may come back; null where none is known. */
  get memoryBytes(): number | null {
    return this.mostBytes;
  }

  private async look(): Promise<void> {
    const { database, own } = this;
    if (own) {
      await database.query(
        `INSERT INTO panorama.workers (name, version, engine, device, memory_bytes, jobs, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, now())
         ON CONFLICT (name) DO UPDATE SET version = $2, engine = $3, device = $4, memory_bytes = $5, jobs = $6,
          seen_at = now()`,
        [own.name, own.version, own.engine, own.device, own.memoryBytes, own.jobs],
      );
    }
    await database.query(`DELETE FROM panorama.workers WHERE seen_at < now() - ${GONE}`);
    const rows = await database.query<WorkerFacts & { lives: boolean }>(
      `SELECT name, version, engine, device, memory_bytes AS "memoryBytes", jobs,
        seen_at > now() - ${SILENT} AS lives FROM panorama.workers ORDER BY name`,
    );
    this.known = rows.filter(({ lives }) => lives).map(({ lives: _, ...facts }) => facts);
    this.mostBytes = rows.length === 0 ? null : Math.max(...rows.map(({ memoryBytes }) => memoryBytes));
  }
}
