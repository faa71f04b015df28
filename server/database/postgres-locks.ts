/**
 * Locks that hold across processes: PostgreSQL's advisory locks of a session. They end with the connection, so a process
 * that dies leaves none.
 */
import pg from 'pg';
import { DatabaseError } from './errors.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { Place } from './postgres-place.ts';
import { Slots } from './slots.ts';

/** Keeps these locks apart from other programs' on the same database; any number will do. */
const SEED = 7_304_522;

/**
 * A lock may be waited for and held for long. The server finds out within half a minute that the one who holds it has
 * vanished without a word, not in two hours.
 */
const SESSION = `SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
  SET idle_session_timeout = 0;
  SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3`;

export interface LockOptions {
  readonly place: Place;
  readonly applicationName: string;
  /** Connections at most: so many keys are held or waited for at once. */
  readonly connections: number;
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onError: (error: unknown) => void;
}

interface Held {
  /** Gives the lock back. Never rejects: without its connection there is no lock. */
  release(): Promise<void>;
}

export class AdvisoryLocks {
  private readonly pool: pg.Pool;
  private readonly slots: Slots;
  /** Connections that have their settings. */
  private readonly prepared = new WeakSet<pg.PoolClient>();
  /** Within this process; whoever waits here needs no connection. */
  private readonly local = new KeyedLock();

  constructor(private readonly options: LockOptions) {
    const { place, applicationName, connections } = options;
    this.pool = new pg.Pool({
      ...place.config,
      application_name: applicationName,
      max: connections,
    });
    // A connection that rests is lost: the next lock takes a new one.
    this.pool.on('error', () => undefined);
    this.slots = new Slots(connections);
  }

  /**
   * Does `work` while no other process does anything under `key`. Where the connection is lost meanwhile the lock is
   * too; that is told, and the work goes on.
   */
  hold<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.local.hold(key, () =>
      this.slots.use(async () => {
        const held = await this.options.patiently(() => this.take(key));
        try {
          return await work();
        } finally {
          await held.release();
        }
      }),
    );
  }

  private async take(key: string): Promise<Held> {
    const client = await this.pool.connect();
    let state: 'waits' | 'held' | 'lost' = 'waits';
    const onLost = (cause: unknown): void => {
      if (state === 'held') this.options.onError(lost(key, this.options.place, cause));
      state = 'lost';
    };
    client.on('error', onLost);
    const giveBack = (): void => {
      client.off('error', onLost);
      client.release(state === 'lost');
    };
    try {
      if (!this.prepared.has(client)) await client.query(SESSION);
      this.prepared.add(client);
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, $2))', [key, SEED]);
      state = 'held';
    } catch (error) {
      state = 'lost';
      giveBack();
      throw error;
    }
    const release = async (): Promise<void> => {
      if (state === 'held') {
        state = 'waits';
        await client
          .query('SELECT pg_advisory_unlock(hashtextextended($1, $2))', [key, SEED])
          .catch(() => (state = 'lost'));
      }
      giveBack();
    };
    return { release };
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

function lost(key: string, { name }: Place, cause: unknown): DatabaseError {
  return new DatabaseError(
    'database-away',
    `database ${name}: the lock of ${key} ended with its connection`,
    cause,
  );
}
