/** The embedded PostgreSQL: PGlite on a folder, made in a process of its own, its schema brought up to date. */
import { PGlite } from '@electric-sql/pglite';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { fromPglite, type ConstructorOptions } from 'pg-boss';
import { DATABASE_OPTIONS } from './database-options.ts';
import { JobError } from './errors.ts';
import { migrate } from './migrations.ts';
import { makeDatabase } from './make-database.ts';

/** The queue's view of a connection. */
export type QueueDatabase = NonNullable<ConstructorOptions['db']>;

/** One query at a time: `$1` placeholders, jsonb as values, timestamps as dates. */
export interface Sql {
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  /** For the queue, inside the same transaction where this is one. */
  readonly forQueue: QueueDatabase;
}

export interface Database extends Sql {
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Resolves to its undo. */
  listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface DatabasePlace {
  readonly folder: string;
  /** The bundled `database-maker.ts`. */
  readonly maker: URL;
}

/**
 * Opens the database of a folder, made first where there is none. Rejects with the database's own error where it is
 * damaged.
 *
 * @throws JobError `database` where none can be made, or where it is a newer program's
 */
export async function openDatabase({ folder, maker }: DatabasePlace): Promise<Database> {
  if (!existsSync(folder)) await makeNew(folder, maker);
  return open(folder);
}

/** Takes a damaged database out of the way. Resolves to where it is now. */
export async function putAside(folder: string): Promise<string> {
  const aside = `${folder}.damaged-${Date.now()}`;
  await rename(folder, aside);
  return aside;
}

/** Made under another name, so that one that was interrupted is not taken for a database. */
async function makeNew(folder: string, maker: URL): Promise<void> {
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  try {
    await makeDatabase(unfinished, maker);
    await rename(unfinished, folder);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new JobError('database', 'machine', `database: it cannot be made in ${folder} (${reason})`, cause);
  }
}

async function open(folder: string): Promise<Database> {
  const pglite = await PGlite.create({ dataDir: folder, ...DATABASE_OPTIONS });
  try {
    await migrate(sqlOf(pglite), (work) => pglite.transaction((tx) => work(sqlOf(tx))));
  } catch (error) {
    await pglite.close().catch(() => undefined);
    throw error;
  }
  return {
    query: (text, values) => sqlOf(pglite).query(text, values),
    forQueue: fromPglite(pglite),
    transaction: (work) => pglite.transaction((tx) => work(sqlOf(tx))),
    listen: (channel, listener) => pglite.listen(channel, listener),
    close: () => pglite.close(),
  };
}

function sqlOf(connection: Pick<PGlite, 'query'>): Sql {
  return {
    query: async <Row>(text: string, values: unknown[] = []) =>
      (await connection.query<Row>(text, values)).rows,
    forQueue: { executeSql: (text, values = []) => connection.query(text, values) },
  };
}
