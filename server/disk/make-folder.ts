import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './errors.ts';
import { syncFolder } from './write-whole.ts';

/**
 * Makes a folder with all above it, to last through a power cut, readable by its owner alone where `mode` says so.
 * Folder by folder: Node 20's recursive mkdir never ends where a file system such as /proc refuses one. Rejects with the
 * system's error.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  try {
    await makeOne(path, mode);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path), mode);
    await makeOne(path, mode).catch((again: unknown) => {
      if (systemCode(again) !== 'EEXIST') throw again;
    });
  }
}

async function makeOne(path: string, mode: number): Promise<void> {
  await mkdir(path, mode);
  await syncFolder(dirname(path));
}
