import { readlinkSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FolderBlobs } from './folder-blobs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-blobs-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => void vi.useRealTimers());

async function keys(blobs: FolderBlobs, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of blobs.list(prefix)) found.push(key);
  return found.toSorted();
}

/** Sweeps as if what was written before were too old to be anybody's who still writes. */
const sweepLater = ({ place }: FolderBlobs) => new FolderBlobs(place, 0).sweep();

/** Another disk than the tests' folder, where there is one. */
const OTHER_DISK = '/dev/shm';
const device = async (path: string) => (await stat(path).catch(() => null))?.dev;
const otherDisk = ![undefined, await device(tmpdir())].includes(await device(OTHER_DISK));

describe('blobs in a folder', () => {
  it('[BLOB8] never shows what is half written, and sweeps only what is old', async () => {
    const blobs = new FolderBlobs(join(folder, 'swept'));
    await blobs.put('jobs/a/photo', 'x', 'a test');
    const path = (name: string) => join(folder, 'swept/jobs/a', name);
    const [old, young] = ['photo.123456789abc.tmp', 'photo.0123456789ab.tmp'];
    for (const name of [old, young]) await writeFile(path(name), 'half');
    expect(await keys(blobs, 'jobs')).toEqual(['jobs/a/photo']);
    const past = new Date(Date.now() - 2 * 3600 * 1000);
    await utimes(path(old), past, past);
    // The time that counts is of the last change of any kind, which nobody can set back.
    await blobs.sweep();
    expect((await readdir(join(folder, 'swept/jobs/a'))).toSorted()).toEqual(
      [young, old, 'photo'].toSorted(),
    );
    await sweepLater(blobs);
    expect(await readdir(join(folder, 'swept/jobs/a'))).toEqual(['photo']);
  });

  it('[BLOB8] sweeps what was being removed by a process that ended', async () => {
    const place = join(folder, 'removing');
    const blobs = new FolderBlobs(place);
    const trash = join(place, '.trash');
    await mkdir(join(trash, 'jobs-a-00000000'), { recursive: true });
    await writeFile(join(trash, 'jobs-a-00000000/photo'), 'x');
    await writeFile(join(trash, 'models-m-00000000'), 'x');
    await blobs.sweep();
    expect(await readdir(trash)).toHaveLength(2);
    await sweepLater(blobs);
    expect(await readdir(trash)).toEqual([]);
  });

  it('[BLOB13] goes by the folder’s clock, whatever that of a process says', async () => {
    const place = join(folder, 'clock');
    const blobs = new FolderBlobs(place);
    await blobs.put('models/m', 'x', 'a test');
    const half = join(place, 'models/m.123456789abc.tmp');
    await writeFile(half, 'half');
    for (const days of [-400, 400]) {
      vi.useFakeTimers({ now: Date.now() + days * 24 * 3600 * 1000, toFake: ['Date'] });
      await blobs.sweep();
      await blobs.touch('models/m');
      vi.useRealTimers();
      expect(await readFile(half, 'utf8')).toBe('half');
      expect(Math.abs((await stat(join(place, 'models/m'))).mtimeMs - Date.now())).toBeLessThan(3600 * 1000);
    }
    expect(await readdir(place)).toEqual(['models']);
  });

  it("[BLOB8] leaves alone what is not the store's, and does not list it", async () => {
    const place = join(folder, 'shared');
    const blobs = new FolderBlobs(place);
    await blobs.put('jobs/a/photo', 'x', 'a test');
    const others = ['jobs/a/of mine.txt', 'jobs/a folder/photo', 'database/half.tmp', 'jobs/a/notes.tmp'];
    for (const name of others) {
      await mkdir(dirname(join(place, name)), { recursive: true });
      await writeFile(join(place, name), 'x');
    }
    expect(await keys(blobs, 'jobs')).toEqual(['jobs/a/photo']);
    await sweepLater(blobs);
    for (const name of others) expect(await readFile(join(place, name), 'utf8')).toBe('x');
  });

  it.runIf(otherDisk)('[BLOB1] takes a file over from another disk', async () => {
    const elsewhere = await mkdtemp(join(OTHER_DISK, 'panorama-blobs-'));
    try {
      const path = join(elsewhere, 'upload');
      await writeFile(path, 'x');
      const blobs = new FolderBlobs(join(folder, 'disk'));
      await blobs.putFile('jobs/a/photo', path, 'the photo');
      expect(new TextDecoder().decode((await blobs.get('jobs/a/photo')) ?? undefined)).toBe('x');
      expect(await readdir(elsewhere)).toEqual([]);
      expect(await readdir(join(folder, 'disk/jobs/a'))).toEqual(['photo']);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  it.runIf(process.platform === 'linux')(
    '[BLOB12] syncs what is put, and every folder in which there is something new',
    async () => {
      const place = join(folder, 'synced');
      const some = await open(folder);
      const handles = Object.getPrototypeOf(some) as { sync: (this: { fd: number }) => Promise<void> };
      await some.close();
      const { sync } = handles;
      const synced: string[] = [];
      const spy = vi.spyOn(handles, 'sync').mockImplementation(function (this: { fd: number }) {
        synced.push(readlinkSync(`/proc/self/fd/${this.fd}`));
        return sync.call(this);
      });
      try {
        await new FolderBlobs(place).put('jobs/a/photo', 'x', 'the photo');
        const [, , , file] = synced;
        expect(synced).toEqual([folder, place, join(place, 'jobs'), file, join(place, 'jobs/a')]);
        expect(file?.startsWith(join(place, 'jobs/a/photo.'))).toBe(true);
        synced.length = 0;
        await new FolderBlobs(place).remove('jobs/a/photo');
        expect(synced).toContain(join(place, 'jobs/a'));
      } finally {
        spy.mockRestore();
      }
    },
  );

  it.skipIf(process.getuid?.() === 0)('[BLOB9] tells of a folder that must not be written', async () => {
    const place = await mkdtemp(join(folder, 'closed-'));
    await chmod(place, 0o500);
    await expect(new FolderBlobs(place).check()).rejects.toMatchObject({ code: 'not-writable' });
  });

  it('[BLOB9] tells of a place that is no folder', async () => {
    const place = join(folder, 'file');
    await writeFile(place, '');
    await expect(new FolderBlobs(place).check()).rejects.toMatchObject({ code: 'not-writable' });
  });
});
