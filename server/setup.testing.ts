/** Before all tests: the kernels and the programs as they stand, an empty database to copy, and a PostgreSQL. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { NO_POSTGRES, startCluster } from './database/postgres.testing.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of an empty database, which takes seconds to make. */
    database: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = promisify(execFile);
  const root = fileURLToPath(new URL('..', import.meta.url));
  await run(process.execPath, ['build.mjs'], { cwd: root });
  const folder = await mkdtemp(join(tmpdir(), 'panorama-database-'));
  const database = join(folder, 'database');
  await run(process.execPath, [join(root, 'dist/server/database-maker.js'), database]);
  project.provide('database', database);
  const cluster = await startCluster();
  if (!cluster) console.warn(`\n${NO_POSTGRES}\n`);
  project.provide('postgres', cluster?.url ?? null);
  return async () => {
    await cluster?.remove();
    await rm(folder, { recursive: true, force: true });
  };
}
