import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Blobs, BlobInfo } from './blobs.ts';
import { FolderBlobs } from './folder-blobs.ts';
import { openBlobs } from './open-blobs.ts';
import { S3Blobs } from './s3-blobs.ts';
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

  it('[BLOB2] lists more than a page of a store', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => blobs.put(`jobs/many/${n}`, 'x', 'a test')));
    expect(await keys(blobs, 'jobs/many')).toHaveLength(40);
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

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', 'a/.', 'a b', 'a\\b'])(
    '[BLOB7] takes no key that leads elsewhere: %j',
    async (key) => {
      await expect(blobs.get(key)).rejects.toThrow('internal: blobs: expected a key');
    },
  );
});

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
    vi.useFakeTimers({ now: Date.now() + 2 * 3600 * 1000, toFake: ['Date'] });
    try {
      await blobs.sweep();
    } finally {
      vi.useRealTimers();
    }
    expect(await readdir(join(folder, 'swept/jobs/a'))).toEqual(['photo']);
  });

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

describe('a store that does not do what it should', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse, asked: number) => void;

  async function failing(
    answer: Answer,
  ): Promise<{ blobs: S3Blobs; asked: () => number; close: () => void }> {
    let asked = 0;
    const server = createServer((request, response) => {
      request.resume();
      answer(request, response, ++asked);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const place = { bucket: 'bucket', prefix: '', endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' };
    const close = () => {
      server.closeAllConnections();
      server.close();
    };
    return { blobs: new S3Blobs(place, { attemptMs: 300, attempts: 3 }), asked: () => asked, close };
  }

  const says =
    (status: number, code: string): Answer =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>so it is</Message></Error>`);
    };

  it.each([
    [403, 'AccessDenied', 'store-refused', /credentials \(AccessDenied\)/],
    [403, 'RequestTimeTooSkewed', 'store-refused', /clock/],
    [404, 'NoSuchBucket', 'store-refused', /no such bucket/],
    [507, 'InsufficientStorage', 'store-full', /no room left/],
    [413, 'EntityTooLarge', 'store-full', /no room left/],
    [400, 'QuotaExceeded', 'store-full', /no room left/],
    [503, 'SlowDown', 'store-away', /does not answer as it should/],
    [500, 'InternalError', 'store-away', /does not answer as it should/],
    [405, 'MethodNotAllowed', 'store-refused', /MethodNotAllowed, status 405/],
  ])('[BLOB10] %i %s is told as %s, in one line', async (status, code, expected, message) => {
    const { blobs, close } = await failing(says(status, code));
    const failure: unknown = await blobs.put('a', 'x', 'the picture').catch((error: unknown) => error);
    close();
    expect(failure).toMatchObject({
      code: expected,
      kind: 'machine',
      message: expect.stringMatching(message) as string,
    });
    const { message: said } = failure as Error;
    expect(said).toMatch(/^writing the picture: /);
    expect(said).not.toMatch(/\n|S3RVER/);
  });

  it('[BLOB10] is asked again where that may help', async () => {
    const { blobs, asked, close } = await failing((request, response, count) => {
      if (count < 3) says(503, 'SlowDown')(request, response, count);
      else response.end();
    });
    await blobs.put('a', 'x', 'the picture');
    close();
    expect(asked()).toBe(3);
  });

  it('[BLOB10] that never answers is left after its time, so often as is tried', async () => {
    const { blobs, asked, close } = await failing(() => undefined);
    await expect(blobs.put('a', 'x', 'the picture')).rejects.toMatchObject({ code: 'store-away' });
    close();
    expect(asked()).toBe(3);
  });

  it('[BLOB10] that is not there is away', async () => {
    const { blobs, close } = await failing(() => undefined);
    close();
    await expect(blobs.get('a')).rejects.toMatchObject({ code: 'store-away' });
  });
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
