/** Files that are there whole or not at all, also after a power cut. */
import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFailure } from './errors.ts';

const TEMPORARY_EXTENSION = '.tmp';
/** What `temporaryBeside` names: others' files may end in the same. */
export const TEMPORARY = /\.[0-9a-f]{12}\.tmp$/;

/** The name of what becomes `path` when it is whole. */
export function temporaryBeside(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}${TEMPORARY_EXTENSION}`;
}

/**
 * Writes to a temporary file beside `path`, syncs it, renames it and syncs the folder.
 *
 * @throws DiskError where the system refuses; `what` names the file in its text
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | string,
  what: string,
  mode = 0o666,
): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(what, error);
  }
}

/** Makes what was renamed in a folder last through a power cut, where the platform lets folders be synced. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows cannot; the files themselves are safe.
  }
}

/** Removes what an interrupted write left in a folder. */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.endsWith(TEMPORARY_EXTENSION));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}
