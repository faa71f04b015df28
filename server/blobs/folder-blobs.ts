/** Blobs as files of a folder, which several processes may share. */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { copyFile, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { systemCode, writeFailure } from '../disk/errors.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { touch } from '../disk/touch.ts';
import { syncFolder, writeWhole } from '../disk/write-whole.ts';
import { checkKey, type BlobInfo, type Blobs, type OpenBlob } from './blobs.ts';

const TEMPORARY_EXTENSION = '.tmp';
/** What is being deleted; no key begins with it. */
const TRASH = '.trash';
/** What is older was left by a process that ended. */
const LEFT_MS = 60 * 60 * 1000;

export class FolderBlobs implements Blobs {
  /** @param place an absolute path; the folder is made when something is written */
  constructor(readonly place: string) {}

  async put(key: string, bytes: Uint8Array | string, what: string): Promise<void> {
    const path = this.path(key);
    await this.folderOf(path, what);
    await writeWhole(path, bytes, what);
  }

  async putFile(key: string, source: string, what: string): Promise<void> {
    const path = this.path(key);
    await this.folderOf(path, what);
    try {
      await rename(source, path).catch(async (error: unknown) => {
        if (systemCode(error) !== 'EXDEV') throw error;
        await copyWhole(source, path);
        await rm(source);
      });
      await syncFolder(dirname(path));
    } catch (error) {
      throw writeFailure(what, error);
    }
  }

  async get(key: string): Promise<Uint8Array | null> {
    return orNull(readFile(this.path(key)));
  }

  async read(key: string): Promise<OpenBlob | null> {
    const file = await orNull(open(this.path(key), 'r'));
    if (!file) return null;
    const { size } = await file.stat();
    const stream = Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>;
    return { stream, sizeBytes: size };
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    const entries = (await orNull(readdir(this.path(prefix), { withFileTypes: true }))) ?? [];
    for (const entry of entries) {
      const key = `${prefix}/${entry.name}`;
      if (entry.isDirectory()) yield* this.list(key);
      else if (!entry.name.endsWith(TEMPORARY_EXTENSION)) {
        const found: Stats | null = await orNull(stat(this.path(key)));
        if (found) yield { key, sizeBytes: found.size, modifiedAt: found.mtime };
      }
    }
  }

  async touch(key: string): Promise<void> {
    await touch(this.path(key));
  }

  /** Gone at once under its key, whatever happens before its bytes are. */
  async remove(key: string): Promise<void> {
    const path = this.path(key);
    const trash = join(this.place, TRASH, `${key.replaceAll('/', '-')}-${randomBytes(4).toString('hex')}`);
    try {
      await makeFolder(dirname(trash));
      await rename(path, trash);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      throw writeFailure('what is removed', error);
    }
    await syncFolder(dirname(path));
    await rm(trash, { recursive: true, force: true });
  }

  async check(): Promise<void> {
    const key = `check-${randomBytes(6).toString('hex')}`;
    await this.put(key, '', 'a trial file');
    await this.remove(key);
  }

  async sweep(): Promise<void> {
    const before = Date.now() - LEFT_MS;
    const entries = (await orNull(readdir(this.place, { withFileTypes: true, recursive: true }))) ?? [];
    for (const entry of entries) {
      const inTrash = entry.parentPath === join(this.place, TRASH);
      if (!inTrash && !entry.name.endsWith(TEMPORARY_EXTENSION)) continue;
      const path = join(entry.parentPath, entry.name);
      const found: Stats | null = await orNull(stat(path));
      if (found && found.ctimeMs < before) await rm(path, { recursive: true, force: true });
    }
  }

  private path(key: string): string {
    return join(this.place, ...checkKey(key).split('/'));
  }

  private async folderOf(path: string, what: string): Promise<void> {
    try {
      await makeFolder(dirname(path));
    } catch (error) {
      throw writeFailure(what, error);
    }
  }
}

/** To another disk: written beside its place first, as everything is. */
async function copyWhole(source: string, path: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY_EXTENSION}`;
  try {
    await copyFile(source, temporary);
    const file = await open(temporary, 'r+');
    await file.sync().finally(() => file.close());
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** What is read, or null where it is not there. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
    throw error;
  }
}
