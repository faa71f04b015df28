/** Both databases for tests, new and empty. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import type { Database } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { createDatabase } from './postgres.testing.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';

/** Resolves to a new database, which `afterEach` or `afterAll` closes. */
export type OpenNew = () => Promise<OpenedDatabase>;

export interface OpenedDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** The same tests on the embedded database and on PostgreSQL, where there is one. */
export function describeOnEach(title: string, tests: (openNew: OpenNew) => void): void {
  describe(`${title} (PGlite)`, () => tests(newEmbedded));
  const url = inject('postgres');
  describe.skipIf(url === null)(`${title} (PostgreSQL)`, () => tests(() => newPostgres(url ?? '')));
}

/** Options for tests: an error that nobody waits for fails the test run. */
export function optionsFor(url: string): PostgresOptions {
  const onError = (error: unknown) => {
    throw error;
  };
  return { url, applicationName: 'panorama test', patienceMs: 60_000, onError };
}

async function newEmbedded(): Promise<OpenedDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'panorama-database-'));
  await cp(inject('database'), join(folder, 'database'), { recursive: true });
  const maker = new URL('no-maker.js', import.meta.url);
  const database = await openEmbedded({ folder: join(folder, 'database'), maker });
  const close = async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { database, close };
}

async function newPostgres(url: string): Promise<OpenedDatabase> {
  const database = await openPostgres(optionsFor(await createDatabase(url)));
  return { database, close: () => database.close() };
}
