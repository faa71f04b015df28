/** A PostgreSQL server that several processes share. */
import { setMaxListeners } from 'node:events';
import pg from 'pg';
import type { Database, QueueDatabase, Sql } from './database.ts';
import { DatabaseError } from './errors.ts';
import { migrate } from './migrations.ts';
import { patiently } from './patience.ts';
import { explain, isAway } from './postgres-errors.ts';
import { Listener } from './postgres-listener.ts';
import { AdvisoryLocks } from './postgres-locks.ts';
import { placeOf, type Place } from './postgres-place.ts';
import { parametersOf, TYPES } from './postgres-values.ts';

const OLDEST_VERSION = 15;
const ROLLBACK_TIMEOUT_MS = 5000;
/** Between two statements of a transaction. */
const IDLE_SECONDS = 30;

export interface PostgresOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with the options of PostgreSQL's own programs. */
  readonly url: string;
  /** What administrators see in `pg_stat_activity`. */
  readonly applicationName: string;
  /** For how long a database that is away is waited for, from the first failure of a statement. */
  readonly patienceMs: number;
  /** Connections for statements. */
  readonly connections?: number;
  /** Connections for `exclusively`: so many keys at once; one more connection listens. */
  readonly lockConnections?: number;
  /** What nobody waits for: a lost connection of a listener or a lock, an error of a listener. */
  readonly onError: (error: unknown) => void;
}

/**
 * Opens a PostgreSQL and brings its schema up to date.
 *
 * A statement waits for a database that is away or restarts: it is tried again until `patienceMs` have passed. The answer
 * of a statement may be what was lost, and then it is done twice: statements must be such that doing one again changes
 * nothing, or is harmless. A transaction is tried again only where it had not begun; one whose end was lost rejects, done
 * or not. The connection must be one to a server or a pooler of sessions: listening and locks belong to sessions.
 *
 * @throws DatabaseError `database` where it cannot be used as it is, `database-away` where it does not answer
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const database = new Postgres(placeOf(options.url), options);
  try {
    await database.checkVersion();
    await migrate(database);
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
  return database;
}

class Postgres implements Database {
  readonly backend = 'postgres';
  readonly forQueue: QueueDatabase;
  private readonly pool: pg.Pool;
  private readonly listener: Listener;
  private readonly locks: AdvisoryLocks;
  private readonly closing = new AbortController();
  private closed: Promise<void> | null = null;

  constructor(
    private readonly place: Place,
    { applicationName, patienceMs, connections = 10, lockConnections = 5, onError }: PostgresOptions,
  ) {
    // Any number of statements may wait at once.
    setMaxListeners(0, this.closing.signal);
    const patience = { patienceMs, mayPass: isAway, signal: this.closing.signal };
    this.patiently = (work) =>
      patiently(work, patience).catch((error: unknown) => {
        throw explain(error, place);
      });
    this.pool = new pg.Pool({ ...place.config, application_name: applicationName, max: connections });
    // A connection that rests is lost: the next statement takes a new one.
    this.pool.on('error', () => undefined);
    const shared = { place, patiently: this.patiently, onError };
    this.listener = new Listener({ ...shared, applicationName: `${applicationName}: listen` });
    this.locks = new AdvisoryLocks({
      ...shared,
      applicationName: `${applicationName}: locks`,
      connections: lockConnections,
    });
    this.forQueue = {
      // The pool's own way: of several statements one that fails leaves its connection in a broken transaction.
      executeSql: (text, values) => this.patiently(() => this.pool.query(text, values)),
      listen: async (channel, listener, onReconnect) => {
        const close = await this.listener.listen(channel, listener, onReconnect);
        // The queue wants to be told of the first time, too.
        onReconnect();
        return { close };
      },
    };
  }

  /** With errors explained. */
  private readonly patiently: <T>(work: () => Promise<T>) => Promise<T>;

  /** @throws DatabaseError `database` */
  async checkVersion(): Promise<void> {
    const [row] = await this.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::integer / 10000 AS version`,
    );
    if (row && row.version >= OLDEST_VERSION) return;
    throw new DatabaseError(
      'database',
      `database ${this.place.name}: expected PostgreSQL ${OLDEST_VERSION} or newer, got ${row?.version}; upgrade it`,
    );
  }

  query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.patiently(async () => {
      const client = await this.take();
      let broken = false;
      try {
        return await rowsOf<Row>(client, text, values);
      } catch (error) {
        broken = isAway(error);
        throw error;
      } finally {
        giveBack(client, broken);
      }
    });
  }

  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.patiently(() => this.begin());
    let settled = false;
    let broken = false;
    try {
      const result = await work(sqlOf(client, this.place, () => settled));
      settled = true;
      await commit(client, this.place);
      return result;
    } catch (error) {
      settled = true;
      broken = isAway(error) || !(await rollBack(client));
      throw error;
    } finally {
      giveBack(client, broken);
    }
  }

  exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.locks.hold(key, work);
  }

  listen(
    channel: string,
    listener: (payload: string) => void,
    onReconnect: () => void = () => undefined,
  ): Promise<() => Promise<void>> {
    return this.listener.listen(channel, listener, onReconnect);
  }

  close(): Promise<void> {
    this.closed ??= (async () => {
      this.closing.abort();
      await this.listener.close();
      await Promise.all([this.locks.close(), this.pool.end()]);
    })();
    return this.closed;
  }

  private async begin(): Promise<pg.PoolClient> {
    const client = await this.take();
    try {
      // Whoever vanishes in the middle holds up those who wait for its locks no longer than that.
      await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '${IDLE_SECONDS}s'`);
      return client;
    } catch (error) {
      giveBack(client, true);
      throw error;
    }
  }

  private async take(): Promise<pg.PoolClient> {
    const client = await this.pool.connect();
    client.on('error', ignore);
    return client;
  }
}

/** While a connection is in use nobody else hears its errors; the statement that waits for it rejects with the same. */
const ignore = (): void => undefined;

function giveBack(client: pg.PoolClient, broken: boolean): void {
  client.off('error', ignore);
  client.release(broken);
}

/** Inside a transaction. What comes after its end must not reach the connection's next user. */
function sqlOf(client: pg.PoolClient, place: Place, settled: () => boolean): Sql {
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (settled()) throw new Error('internal: transaction: expected no statement after its end, got one');
    try {
      return await work();
    } catch (error) {
      throw explain(error, place);
    }
  };
  return {
    query: <Row>(text: string, values: unknown[] = []) => run(() => rowsOf<Row>(client, text, values)),
    forQueue: { executeSql: (text, values) => run(() => client.query(text, values)) },
  };
}

async function rowsOf<Row>(client: pg.PoolClient, text: string, values: readonly unknown[]): Promise<Row[]> {
  // Extended: exactly one statement, as with the embedded database.
  const statement = { text, values: parametersOf(text, values), types: TYPES, queryMode: 'extended' };
  return (await client.query(statement)).rows as Row[];
}

/** @throws DatabaseError `database-away` where it may be done or not */
async function commit(client: pg.PoolClient, place: Place): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    throw explain(error, place);
  });
  if (command !== 'COMMIT')
    throw new Error('internal: transaction: it went on after a statement that failed');
}

/** False where it cannot get through: then the connection is of no use. */
function rollBack(client: pg.PoolClient): Promise<boolean> {
  const statement = { text: 'ROLLBACK', query_timeout: ROLLBACK_TIMEOUT_MS };
  return client.query(statement).then(
    () => true,
    () => false,
  );
}
