/** Blobs as files of a folder, which several processes may share. */
import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { copyFile, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { systemCode, writeFailure } from '../disk/errors.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { syncFolder, TEMPORARY, temporaryBeside, writeWhole } from '../disk/write-whole.ts';
import { checkKey, isKey, type BlobInfo, type Blobs, type OpenBlob } from './blobs.ts';

/** What is being deleted. */
const TRASH = '.trash';
const LEFT_MS = 60 * 60 * 1000;

export class FolderBlobs implements Blobs {
  /**
   * @param place an absolute path; the folder is made when something is written
   * @param leftMs what is older was left by a process that ended
   */
  constructor(
    readonly place: string,
    private readonly leftMs = LEFT_MS,
  ) {}

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
        await syncFolder(dirname(path));
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
    try {
      const found = await file.stat();
      if (found.isFile()) {
        const stream = Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>;
        return { stream, sizeBytes: found.size };
      }
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    return null;
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    for (const entry of (await orNull(entriesOf(this.path(prefix)))) ?? []) {
      const key = `${prefix}/${entry.name}`;
      if (!isKey(key)) continue;
      if (entry.isDirectory()) {
        yield* this.list(key);
        continue;
      }
      const found = await orNull(stat(this.path(key)));
      if (found) yield { key, sizeBytes: found.size, modifiedAt: found.mtime };
    }
  }

  async touch(key: string): Promise<void> {
    // A hint for others, never worth an error.
    const now = await this.now().catch(() => null);
    if (now) await utimes(this.path(key), now, now).catch(() => undefined);
  }

  /** By the clock of who keeps the folder: each of the processes that share it may have another. */
  private async now(): Promise<Date> {
    const path = temporaryBeside(join(this.place, 'clock'));
    const file = await open(path, 'wx');
    try {
      return (await file.stat()).ctime;
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
  }

  /** Gone at once under its key, whatever happens before its bytes are: what is left of them is swept. */
  async remove(key: string): Promise<void> {
    const path = this.path(key);
    const trash = join(this.place, TRASH, `${key.replaceAll('/', '-')}-${randomBytes(4).toString('hex')}`);
    try {
      await makeFolder(dirname(trash));
      await rename(path, trash);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return;
      throw writeFailure('what is removed', error);
    }
    await syncFolder(dirname(path));
    // Over NFS a folder stays as long as somebody reads a file of it.
    await rm(trash, { recursive: true, force: true }).catch(() => undefined);
  }

  async check(): Promise<void> {
    const key = `check-${randomBytes(6).toString('hex')}`;
    await this.put(key, '', 'a trial file');
    await this.remove(key);
  }

  async sweep(): Promise<void> {
    // A full disk may take no file; sweeping makes room on it.
    const now = await this.now().catch(() => new Date());
    const before = now.getTime() - this.leftMs;
    for await (const path of this.leftovers(this.place)) {
      try {
        if ((await stat(path)).ctime.getTime() <= before) await rm(path, { recursive: true, force: true });
      } catch {
        // Gone meanwhile, or still held by somebody: the next sweep tries again.
      }
    }
  }

  /** What may have been left. Folders that cannot be read, as a disk has its own, are none of this program's. */
  private async *leftovers(folder: string): AsyncIterable<string> {
    const inTrash = folder === join(this.place, TRASH);
    for (const entry of await entriesOf(folder).catch(() => [])) {
      const path = join(folder, entry.name);
      if (inTrash || TEMPORARY.test(entry.name)) yield path;
      else if (entry.isDirectory()) yield* this.leftovers(path);
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
  const temporary = temporaryBeside(path);
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

const entriesOf = (folder: string): Promise<Dirent[]> => readdir(folder, { withFileTypes: true });

/** What is read, or null where it is not there. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error))) return null;
    throw error;
  }
}
