/** Before all tests: the kernels and the programs as they stand, and an empty database to copy. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

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
  return () => rm(folder, { recursive: true, force: true });
}
