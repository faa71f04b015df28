/** Reading the photo and writing the pictures: all that can be wrong with a path is found before any work. */
import { randomBytes } from 'node:crypto';
import { rmSync, type BigIntStats } from 'node:fs';
import { open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { checkFileSize } from '../images/limits.ts';
import { systemCode } from '../disk/errors.ts';
import { syncFolder } from '../disk/write-whole.ts';
import { FileError } from './errors.ts';

/** Reads the photo. Throws `FileError` where there is no readable file, `ImageError` where it is too large. */
export async function readPhoto(path: string): Promise<Uint8Array> {
  const expected = `PHOTO: expected a picture at ${path}`;
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw new FileError('not-a-file', `${expected}, got a folder`);
    if (!status.isFile()) throw new FileError('not-a-file', `${expected}, got something that is not a file`);
    checkFileSize(status.size);
    return await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new FileError('missing', `${expected}, got no such file`, { cause: error });
    if (isSystemError(error)) {
      throw new FileError('unreadable', `${expected}, got a file that cannot be read (${code})`, {
        cause: error,
      });
    }
    throw error;
  }
}

/**
 * Throws `FileError` unless every one of `paths` can be written: its folder is there and takes a file, and the path
 * is free or a file other than the photo. Of a link, all this is asked of where it leads.
 */
export async function checkOutputs(paths: readonly string[], photoPath: string): Promise<void> {
  const photo = await stat(photoPath, { bigint: true });
  for (const path of paths) await checkOutput(path, photo);
}

async function checkOutput(path: string, photo: BigIntStats): Promise<void> {
  const folder = dirname(await writeTarget(path));
  const inFolder = await statIfThere(folder);
  if (inFolder === null) throw new FileError('missing', `--out: expected a folder at ${folder}, got none`);
  if (!inFolder.isDirectory())
    throw new FileError('not-a-file', `--out: expected a folder at ${folder}, got a file`);

  const there = await statIfThere(path);
  if (there?.isDirectory())
    throw new FileError('not-a-file', `--out: expected a file at ${path}, got a folder`);
  // Renaming onto a device or a pipe would replace it.
  if (there && !there.isFile()) {
    throw new FileError('not-a-file', `--out: expected a file at ${path}, got something that is not a file`);
  }
  if (there && there.dev === photo.dev && there.ino === photo.ino) {
    throw new FileError('same-file', `--out: expected a file other than the photo, got ${path}`);
  }

  await tryToWrite(folder, (cause) => {
    const message = `--out: expected a writable folder, got ${folder} (${systemCode(cause)})`;
    return new FileError('not-writable', message, { cause });
  });
}

/** Throws `failure`'s error unless a file can be made in the folder. */
async function tryToWrite(folder: string, failure: (cause: unknown) => FileError): Promise<void> {
  // Asking for permissions tells less than trying: there are read-only disks, and root is told yes.
  const probe = temporaryIn(folder);
  try {
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (error) {
    throw failure(error);
  } finally {
    temporaries.delete(probe);
  }
}

/**
 * Throws `FileError` where trained models could not be kept in `folder`: where it is there it must be a folder, else
 * the nearest one above it must let it be made. One that only lets itself be read is left to the job, which may
 * find its model in it.
 */
export async function checkModelsFolder(folder: string): Promise<void> {
  const failure = (expected: string, got: string, cause?: unknown): FileError => {
    const message = `models: expected ${expected}, got ${got}; DATA_DIR chooses another place`;
    return new FileError('not-writable', message, { kind: 'machine', cause });
  };
  for (let path = folder; ; path = dirname(path)) {
    const there = await stat(path).catch((error: unknown) => {
      const code = systemCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw failure(`a folder at ${folder}`, code, error);
    });
    if (there === null && path !== dirname(path)) continue;
    if (!there?.isDirectory()) throw failure(`a folder at ${path}`, there ? 'a file' : 'none');
    if (path === folder) return;
    return tryToWrite(path, (cause) =>
      failure(`to make ${folder}`, `${systemCode(cause)} in ${path}`, cause),
    );
  }
}

async function statIfThere(path: string): Promise<BigIntStats | null> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new FileError('not-writable', `--out: expected a path that can be written, got ${path} (${code})`, {
      cause: error,
    });
  }
}

/** Temporary files that are there now, for `removeTemporaries`. */
const temporaries = new Set<string>();

function temporaryIn(folder: string): string {
  const temporary = join(folder, `.panorama-${randomBytes(6).toString('hex')}.tmp`);
  temporaries.add(temporary);
  return temporary;
}

/** For a process that ends at once: removes what a write would have left behind. */
export function removeTemporaries(): void {
  for (const path of temporaries) rmSync(path, { force: true });
}

/** The file that a write to `path` makes or replaces: a link is followed, also to where there is no file yet. */
async function writeTarget(path: string): Promise<string> {
  const link = await readlink(path).catch(() => null);
  if (link === null) return path;
  try {
    return await realpath(path);
  } catch (error) {
    // Links that go round in a circle are told by whoever opens them.
    if (systemCode(error) !== 'ENOENT') return path;
    return writeTarget(resolve(await realpath(dirname(path)), link));
  }
}

/**
 * Writes a file whole or not at all: to a temporary file beside it, synced to disk, then renamed. A link is followed.
 * Throws `FileError` where the machine fails, and the signal's reason once it is aborted.
 */
export async function writeWhole(path: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  const target = await writeTarget(path);
  const temporary = temporaryIn(dirname(target));
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes, { signal });
      await file.sync();
    } finally {
      await file.close();
    }
    signal.throwIfAborted();
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(temporary, { force: true });
    if (signal.aborted || !isSystemError(error)) throw error;
    throw writeError(path, bytes.length, error);
  } finally {
    temporaries.delete(temporary);
  }
}

function writeError(path: string, sizeBytes: number, cause: unknown): FileError {
  const code = systemCode(cause);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const got = full ? 'a full disk' : code;
  const message = `write ${basename(path)}: expected to write ${sizeBytes} bytes in ${dirname(path)}, got ${got}`;
  return new FileError(full ? 'disk-full' : 'not-writable', message, { kind: 'machine', cause });
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'errno' in error;
}
