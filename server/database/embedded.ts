/** The embedded PostgreSQL: PGlite on a folder, made in a process of its own, its schema brought up to date. */
import { PGlite } from '@electric-sql/pglite';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { fromPglite } from 'pg-boss';
import type { Database, Sql } from './database.ts';
import { DATABASE_OPTIONS } from './database-options.ts';
import { DatabaseError } from './errors.ts';
import { KeyedLock } from './keyed-lock.ts';
import { migrate } from './migrations.ts';
import { makeDatabase } from './make-database.ts';

export interface DatabasePlace {
  readonly folder: string;
  /** The bundled `database-maker.ts`. */
  readonly maker: URL;
}

/**
 * Opens the database of a folder, made first where there is none. Rejects with the database's own error where it is
 * damaged.
 *
 * @throws DatabaseError `database` where none can be made, or where it is a newer program's
 */
export async function openEmbedded({ folder, maker }: DatabasePlace): Promise<Database> {
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
    throw new DatabaseError('database', `database: it cannot be made in ${folder} (${reason})`, cause);
  }
}

async function open(folder: string): Promise<Database> {
  const pglite = await PGlite.create({ dataDir: folder, ...DATABASE_OPTIONS });
  const locks = new KeyedLock();
  const database: Database = {
    backend: 'pglite',
    query: (text, values) => sqlOf(pglite).query(text, values),
    forQueue: fromPglite(pglite),
    transaction: (work) => pglite.transaction((tx) => work(sqlOf(tx))),
    // No other process opens the folder.
    exclusively: (key, work) => locks.hold(key, work),
    listen: (channel, listener) => pglite.listen(channel, listener),
    close: () => pglite.close(),
  };
  try {
    await migrate(database);
  } catch (error) {
    await pglite.close().catch(() => undefined);
    throw error;
  }
  return database;
}

function sqlOf(connection: Pick<PGlite, 'query'>): Sql {
  return {
    query: async <Row>(text: string, values: unknown[] = []) =>
      (await connection.query<Row>(text, values)).rows,
    forQueue: { executeSql: (text, values = []) => connection.query(text, values) },
  };
}
