import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Blobs, BlobInfo } from './blobs.ts';
import { openBlobs } from './open-blobs.ts';
import { startS3Server, type S3Server } from './s3-server.testing.ts';

let s3: S3Server;
let folder: string;

beforeAll(async () => {
  s3 = await startS3Server();
  folder = await mkdtemp(join(tmpdir(), 'panorama-blobs-'));
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await s3.close();
  await rm(folder, { recursive: true });
});

const text = (bytes: Uint8Array | null): string | null => bytes && new TextDecoder().decode(bytes);

async function all(blobs: Blobs, prefix: string): Promise<BlobInfo[]> {
  const found: BlobInfo[] = [];
  for await (const blob of blobs.list(prefix)) found.push(blob);
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
const keys = async (blobs: Blobs, prefix: string) => (await all(blobs, prefix)).map(({ key }) => key);

const PLACES: Readonly<Record<string, () => Promise<Blobs>>> = {
  'a folder': () => openBlobs(join(folder, 'store'), {}),
  'an S3 store': () => openBlobs(s3.place, s3.env),
};

describe.each(Object.entries(PLACES))('blobs in %s', (name, open) => {
  let blobs: Blobs;

  beforeAll(async () => {
    blobs = await open();
  });

  afterEach(async () => {
    for (const prefix of ['jobs', 'models']) await blobs.remove(prefix);
  });

  it('[BLOB1] gives back what was put, replaced, taken over from a file; null where there is none', async () => {
    expect(await blobs.get('jobs/a/photo')).toBe(null);
    expect(await blobs.read('jobs/a/photo')).toBe(null);
    const bytes = randomBytes(100_000);
    await blobs.put('jobs/a/photo', bytes, 'the photo');
    expect(Buffer.from((await blobs.get('jobs/a/photo')) ?? []).equals(bytes)).toBe(true);
    await blobs.put('jobs/a/photo', 'other', 'the photo');
    expect(text(await blobs.get('jobs/a/photo'))).toBe('other');
    await blobs.put('jobs/a/empty', '', 'nothing');
    expect(await blobs.get('jobs/a/empty')).toHaveLength(0);

    const path = join(folder, 'upload');
    await writeFile(path, bytes);
    await blobs.putFile('jobs/a/photo', path, 'the photo');
    const opened = await blobs.read('jobs/a/photo');
    expect(opened?.sizeBytes).toBe(bytes.length);
    const streamed = Buffer.from(await new Response(opened?.stream).arrayBuffer());
    expect(streamed.equals(bytes)).toBe(true);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await expect(blobs.putFile('jobs/a/photo', path, 'the photo')).rejects.toMatchObject({
      code: 'not-writable',
      message: expect.stringMatching(/^writing the photo: /) as string,
    });
  });

  it('[BLOB1] has nothing under what is only the beginning of a key, or goes on after one', async () => {
    await blobs.put('jobs/a/photo', 'x', 'the photo');
    for (const key of ['jobs/a', 'jobs/a/photo/more']) {
      expect(await blobs.get(key)).toBe(null);
      expect(await blobs.read(key)).toBe(null);
    }
    await blobs.remove('jobs/a/photo/more');
    expect(await keys(blobs, 'jobs/a/photo')).toEqual([]);
    expect(await keys(blobs, 'jobs')).toEqual(['jobs/a/photo']);
  });

  it('[BLOB2] lists what is under a prefix, at any depth, with size and time, and nothing beside it', async () => {
    expect(await keys(blobs, 'jobs')).toEqual([]);
    const before = Date.now() - 2000;
    for (const key of ['jobs/a/photo', 'jobs/a/variant-1', 'jobs/ab/photo', 'models/x.safetensors']) {
      await blobs.put(key, key, 'a test');
    }
    expect(await keys(blobs, 'jobs')).toEqual(['jobs/a/photo', 'jobs/a/variant-1', 'jobs/ab/photo']);
    expect(await keys(blobs, 'jobs/a')).toEqual(['jobs/a/photo', 'jobs/a/variant-1']);
    const [first] = await all(blobs, 'models');
    expect(first?.sizeBytes).toBe('models/x.safetensors'.length);
    expect(first?.modifiedAt.getTime()).toBeGreaterThan(before);
  });

  it('[BLOB2] [BLOB3] lists and removes, of any keys, those under a prefix', async () => {
    const name = fc.stringMatching(/^[ab.-]{1,3}$/).filter((text) => !['.', '..'].includes(text));
    const some = fc.uniqueArray(fc.tuple(name, name), { maxLength: 6, selector: (pair) => pair.join('/') });
    await fc.assert(
      fc.asyncProperty(some, name, async (pairs, chosen) => {
        const put = pairs.map((pair) => `jobs/${pair.join('/')}`).toSorted();
        await Promise.all(put.map((key) => blobs.put(key, 'x', 'a test')));
        const under = put.filter((key) => key.startsWith(`jobs/${chosen}/`));
        expect(await keys(blobs, `jobs/${chosen}`)).toEqual(under);
        await blobs.remove(`jobs/${chosen}`);
        expect(await keys(blobs, 'jobs')).toEqual(put.filter((key) => !under.includes(key)));
        await blobs.remove('jobs');
      }),
      { numRuns: 15 },
    );
  });

  it('[BLOB3] removes a blob or all under its key, and nothing whose name only begins so', async () => {
    for (const key of ['jobs/a/photo', 'jobs/a/variant-1', 'jobs/ab/photo', 'models/m']) {
      await blobs.put(key, 'x', 'a test');
    }
    await blobs.remove('jobs/a');
    await blobs.remove('models/m');
    await blobs.remove('jobs/none');
    expect([...(await keys(blobs, 'jobs')), ...(await keys(blobs, 'models'))]).toEqual(['jobs/ab/photo']);
  });

  it('[BLOB4] marks a blob as used now; one that is not there is no error', async () => {
    await blobs.put('models/m', 'x', 'a test');
    const [before] = await all(blobs, 'models');
    // The store of these tests takes a copy of a blob onto itself, and leaves its time as it was.
    const later = name === 'a folder' ? 1 : 0;
    await vi.waitFor(async () => {
      await blobs.touch('models/m');
      const [after] = await all(blobs, 'models');
      const wanted = (before?.modifiedAt.getTime() ?? NaN) + later;
      expect(after?.modifiedAt.getTime()).toBeGreaterThanOrEqual(wanted);
    }, 5000);
    expect(text(await blobs.get('models/m'))).toBe('x');
    await blobs.touch('models/none');
    expect(await keys(blobs, 'models')).toEqual(['models/m']);
  });

  it('[BLOB5] has, of several that are put at once under one key, one whole', async () => {
    const bodies = Array.from({ length: 8 }, (_, n) => String(n).repeat(50_000));
    await Promise.all(bodies.map((body) => blobs.put('jobs/a/photo', body, 'the photo')));
    expect(bodies).toContain(text(await blobs.get('jobs/a/photo')));
    expect(await keys(blobs, 'jobs')).toEqual(['jobs/a/photo']);
  });

  it('[BLOB6] can be checked, also by several at once, and keeps nothing of that', async () => {
    await Promise.all([blobs.check(), blobs.check(), blobs.check()]);
    await blobs.sweep();
    expect(await keys(blobs, 'jobs')).toEqual([]);
  });

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', 'a/.', 'a b', 'a\\b', '.trash', '.trash/a', 'a/b.tmp'])(
    '[BLOB7] takes no key that leads elsewhere: %j',
    async (key) => {
      await expect(blobs.get(key)).rejects.toThrow('internal: blobs: expected a key');
    },
  );
});

describe('the places of blobs', () => {
  it.each(['s3://', 's3://Big_Bucket', 's3://bucket/../x', 's3://bucket/a b', 's3:bucket'])(
    '[BLOB11] %s is refused',
    async (place) => {
      await expect(openBlobs(place, {})).rejects.toMatchObject({ code: 'store-refused' });
    },
  );

  it('[BLOB11] are named as they were given', async () => {
    for (const place of ['/some/folder', 's3://bucket', 's3://bucket/a/b']) {
      expect((await openBlobs(place, {})).place).toBe(place);
    }
  });
});
