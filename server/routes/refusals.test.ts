import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { receive } from './upload.ts';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { PHOTO_LIMITS } from '../../shared/protocol.ts';
import { pngClaiming } from '../images/crafted-files.testing.ts';
import {
  ended,
  formOf,
  newDataFolder,
  put,
  refusal,
  removeFolder,
  smallPhoto,
  startServer,
  TOKEN,
  until,
  type TestServer,
} from '../server.testing.ts';

const DRAFT = { width: 64, height: 32, preset: 'draft' } as const;

let server: TestServer;
let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  server = await startServer({ MEMORY: 2 ** 30 });
  photo = await smallPhoto();
});

afterAll(async () => {
  // Through all of it the server stood, and nothing was left.
  const { id } = await put(server, photo, DRAFT);
  expect((await until(server, id, ended)).status).toBe('succeeded');
  expect(await readdir(join(server.folder, 'uploads'))).toEqual([]);
  expect(await readdir(join(server.folder, 'jobs'))).toEqual([id]);
  await server.close();
  await removeFolder(server.folder);
});

const send = (form: BodyInit, headers: Record<string, string> = {}, id: string = randomUUID()) =>
  server.call(`/v1/panoramas/${id}`, { method: 'PUT', body: form, headers });

describe('who may call', () => {
  it('[AUTH1] refuses calls without the token, with another, and with what is none', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN]) {
      for (const path of ['/v1/server', '/v1/panoramas', '/metrics', '/v1/nothing']) {
        const response = await fetch(server.url + path, { headers: { authorization } });
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
        expect(await refusal(response), `${authorization} ${path}`).toMatchObject({
          status: 401,
          code: 'unauthorized',
        });
      }
    }
    expect((await fetch(`${server.url}/v1/server?token=${TOKEN}`)).status).toBe(401);
  });

  it('[AUTH2] refuses requests that were sent to another name', async () => {
    const status = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const call = httpRequest(`${server.url}/healthz`, { headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        call.on('error', reject).end();
      });
    for (const host of ['evil.example', 'localhost.evil.example', 'evil.example:80']) {
      expect(await status(host), host).toBe(421);
    }
    for (const host of [
      'localhost',
      'LOCALHOST:1',
      '127.0.0.1:9',
      '[::1]:80',
      'test-machine',
      '192.168.1.7',
    ]) {
      expect(await status(host), host).toBe(200);
    }
  });

  it('[AUTH3] lets pages of any origin read every answer, errors too, and asks no token of a preflight', async () => {
    const origin = 'null';
    const preflight = await fetch(`${server.url}/v1/panoramas/${randomUUID()}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,last-event-id',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Last-Event-ID/i);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE');
    for (const path of ['/v1/server', '/v1/panoramas/x', '/nothing', `/v1/panoramas/${randomUUID()}`]) {
      for (const authorization of ['Bearer wrong', `Bearer ${TOKEN}`]) {
        const response = await fetch(server.url + path, { headers: { origin, authorization } });
        expect(response.headers.get('access-control-allow-origin'), path).toBe('*');
        expect(response.headers.get('access-control-allow-credentials')).toBe(null);
      }
    }
  });

  it('[AUTH4] answers a burst of 10,000 requests with 429 and when to come back, and goes on', async () => {
    const limited = await startServer({ RATE_LIMIT: 100 });
    try {
      const statuses = new Map<number, number>();
      for (let batch = 0; batch < 100; batch++) {
        const answers = await Promise.all(
          Array.from({ length: 100 }, async () => {
            const answer = await limited.call('/v1/server');
            if (answer.status === 429) {
              expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
              expect(await refusal(answer)).toMatchObject({ code: 'too-many-requests' });
            } else await answer.arrayBuffer();
            return answer.status;
          }),
        );
        for (const status of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      expect([...statuses.keys()].toSorted()).toEqual([200, 429]);
      expect(statuses.get(429)).toBeGreaterThan(9000);
      // Whoever watches the server is not held off.
      expect((await limited.call('/healthz')).status).toBe(200);
    } finally {
      await limited.close();
      await removeFolder(limited.folder);
    }
  });
});

describe('what is wrong with a call', () => {
  it('[REFUSE1] refuses ids that are no UUIDs, whatever they hold', async () => {
    for (const id of [
      '1',
      'x'.repeat(2000),
      '..',
      '%2e%2e',
      '..%2f..%2fetc',
      `${randomUUID()}.png`,
      '%00',
      "' OR 1=1",
    ]) {
      for (const [method, rest] of [
        ['GET', ''],
        ['GET', '/events'],
        ['DELETE', ''],
        ['POST', '/cancel'],
      ] as const) {
        const response = await server.call(`/v1/panoramas/${id}${rest}`, { method });
        expect([400, 404], `${method} ${id}`).toContain(response.status);
        expect(['invalid-id', 'not-found', 'invalid-request']).toContain((await refusal(response)).code);
      }
    }
    expect(await refusal(await send(formOf(photo, DRAFT), {}, 'no-uuid'))).toMatchObject({
      code: 'invalid-id',
    });
  });

  it('[REFUSE2] names what is wrong with a request, and unknown fields', async () => {
    for (const [request, code, message] of [
      ['{', 'invalid-json', 'request: expected JSON'],
      ['', 'invalid-json', 'JSON'],
      ['[]', 'invalid-request', 'expected an object'],
      [{}, 'invalid-request', 'width: expected a whole number from 16 to 8192, got nothing'],
      [{ width: 15, height: 9000 }, 'invalid-request', 'height'],
      [{ ...DRAFT, widht: 3 }, 'invalid-request', 'widht: expected only the fields'],
      [{ ...DRAFT, variants: 2 }, 'invalid-request', 'variants'],
      [{ width: 64, height: 64, training: { epochs: 1, magic: true } }, 'invalid-request', 'training.magic'],
    ] as const) {
      expect(await refusal(await send(formOf(photo, request))), JSON.stringify(request)).toMatchObject({
        status: 400,
        code,
        message: expect.stringContaining(message) as string,
      });
    }
  });

  it('[REFUSE3] refuses other bodies than a form of one image and one request', async () => {
    expect(await refusal(await send('{}', { 'content-type': 'application/json' }))).toMatchObject({
      status: 415,
      code: 'wrong-content-type',
    });
    expect(await refusal(await send(photo))).toMatchObject({ status: 415 });
    expect(await refusal(await send('x', { 'content-type': 'multipart/form-data' }))).toMatchObject({
      status: 415,
    });
    expect(
      await refusal(await send('nonsense', { 'content-type': 'multipart/form-data; boundary=x' })),
    ).toMatchObject({ status: 400 });
    const without = (name: string) => {
      const form = formOf(photo, DRAFT);
      form.delete(name);
      return form;
    };
    const withAlso = (name: string, value: string | Blob) => {
      const form = formOf(photo, DRAFT);
      form.append(name, value);
      return form;
    };
    for (const form of [
      without('image'),
      without('request'),
      new FormData(),
      withAlso('image', new Blob([photo])),
      withAlso('request', '{}'),
      withAlso('other', 'text'),
      withAlso('other', new Blob(['file'])),
    ]) {
      expect(await refusal(await send(form)), [...form.keys()].join()).toMatchObject({
        status: 400,
        code: 'invalid-upload',
      });
    }
    const asText = new FormData();
    asText.set('image', 'a text');
    asText.set('request', JSON.stringify(DRAFT));
    expect(await refusal(await send(asText))).toMatchObject({ status: 400, code: 'invalid-upload' });
    const estimate = (body: string, type: string) =>
      server.call('/v1/estimates', { method: 'POST', body, headers: { 'content-type': type } });
    expect(await refusal(await estimate('{', 'application/json'))).toMatchObject({
      status: 400,
      code: 'invalid-json',
    });
    expect(await refusal(await estimate('{}', 'text/plain'))).toMatchObject({ status: 415 });
    expect(await refusal(await estimate('x'.repeat(70_000), 'application/json'))).toMatchObject({
      status: 413,
      code: 'body-too-large',
    });
  });

  it('[REFUSE4] refuses pictures by their content, before any pixel is decoded', async () => {
    const text = Uint8Array.from(Buffer.from('this is no picture at all'));
    const svg = Uint8Array.from(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    for (const [bytes, status, code] of [
      [new Uint8Array(0), 400, 'empty'],
      [text, 415, 'not-a-picture'],
      [svg, 415, 'unsupported-format'],
      [photo.slice(0, 20), 400, 'damaged'],
      [await smallPhoto(1, 15, 15), 400, 'too-small'],
      [await smallPhoto(1, 640, 20), 400, 'too-narrow'],
      [Uint8Array.from(pngClaiming(30_000, 30_000)), 413, 'too-large'],
    ] as const) {
      expect(await refusal(await send(formOf(bytes, DRAFT))), code).toMatchObject({ status, code });
    }
  });

  it('[REFUSE4] takes a picture for what it is, whatever its sender calls it, and tells one that is cut short', async () => {
    const form = new FormData();
    form.set('request', JSON.stringify(DRAFT));
    form.set('image', new Blob([photo], { type: 'image/jpeg' }), '../../photo.exe');
    const id = randomUUID();
    expect((await send(form, {}, id)).status).toBe(201);
    expect((await until(server, id, ended)).status).toBe('succeeded');
    await server.call(`/v1/panoramas/${id}`, { method: 'DELETE' });

    const { id: cut } = await put(server, photo.slice(0, photo.length - 200), DRAFT);
    expect(await until(server, cut, ended)).toMatchObject({ status: 'failed', error: { code: 'damaged' } });
    await server.call(`/v1/panoramas/${cut}`, { method: 'DELETE' });
  });

  it('[REFUSE5] refuses a body over the limit, announced or not', async () => {
    const large = new Blob([new Uint8Array(PHOTO_LIMITS.bytes + 100_000)]);
    const form = new FormData();
    form.set('request', JSON.stringify(DRAFT));
    form.set('image', large);
    expect(await refusal(await send(form))).toMatchObject({ status: 413, code: 'body-too-large' });

    // In chunks, its length is not announced.
    const boundary = 'b';
    const chunks = [
      `--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="p"\r\n\r\n`,
      ...Array<string>(66).fill('x'.repeat(2 ** 20)),
    ];
    const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const call = httpRequest(
        `${server.url}/v1/panoramas/${randomUUID()}`,
        {
          method: 'PUT',
          headers: {
            authorization: `Bearer ${TOKEN}`,
            'content-type': `multipart/form-data; boundary=${boundary}`,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => resolve({ status: response.statusCode, text }));
        },
      );
      call.on('error', reject);
      for (const chunk of chunks) call.write(chunk);
      call.end(`\r\n--${boundary}--\r\n`);
    });
    expect(answer.status, answer.text).toBe(413);
  });

  it('[REFUSE6] refuses a job that cannot fit into its memory, saying what it needs', async () => {
    const response = await send(formOf(photo, { width: 8192, height: 8192 }));
    expect(await refusal(response)).toMatchObject({
      status: 422,
      code: 'needs-more-memory',
      message: expect.stringMatching(/at most 1\.0 GiB.*needs about [2-9]\.\d GiB/) as string,
    });
  });

  it('[REFUSE7] throws away an upload that breaks off', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `PUT /v1/panoramas/${randomUUID()} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n' +
        '--b\r\nContent-Disposition: form-data; name="image"; filename="p"\r\n\r\nsome bytes',
    );
    const uploads = () => readdir(join(server.folder, 'uploads'));
    await vi.waitUntil(async () => (await uploads()).length === 1, 10_000);
    socket.destroy();
    await vi.waitUntil(async () => (await uploads()).length === 0, 10_000);
  });
});

describe('receiving', () => {
  it('[REFUSE8] ends an upload whose next bytes do not come', async () => {
    const folder = await newDataFolder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(
          new TextEncoder().encode(
            '--b\r\nContent-Disposition: form-data; name="image"; filename="p"\r\n\r\nbytes',
          ),
        );
      },
    });
    const headers = new Headers({ 'content-type': 'multipart/form-data; boundary=b' });
    const { signal } = new AbortController();
    await expect(receive({ headers, body, signal }, folder, join(folder, 'photo'), 50)).rejects.toMatchObject(
      {
        code: 'upload-stalled',
      },
    );
    await removeFolder(folder);
  });
});

/** Whether this process may mount a file system of its own, as root may. */
async function mounted(sizeMebibytes: number): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'panorama-small-disk-'));
  try {
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${sizeMebibytes}m`, 'tmpfs', folder]);
    return folder;
  } catch {
    await removeFolder(folder);
    return null;
  }
}

describe('a full disk', () => {
  it('[REFUSE9] is told before an upload is read, where less than the reserve would be left', async () => {
    const full = await startServer({ DISK_RESERVE: 2 ** 60 });
    try {
      const form = formOf(photo, DRAFT);
      const response = await full.call(`/v1/panoramas/${randomUUID()}`, { method: 'PUT', body: form });
      expect(await refusal(response)).toMatchObject({ status: 507, code: 'disk-full' });
      expect(await readdir(join(full.folder, 'uploads'))).toEqual([]);
    } finally {
      await full.close();
      await removeFolder(full.folder);
    }
  });

  it('[REFUSE9] fails what it stops and nothing else: a small disk, filled', async (context) => {
    const disk = await mounted(96);
    if (disk === null) {
      console.warn('skipped: a small disk can be mounted by root only');
      return context.skip();
    }
    try {
      await cp(inject('database'), join(disk, 'database'), { recursive: true });
      const small = await startServer({ DISK_RESERVE: 0 }, disk);
      const filler = join(disk, 'filler');
      const leave = async (bytes: number) => {
        const { bavail, bsize } = await statfs(disk);
        await writeFile(filler, new Uint8Array(bavail * bsize - bytes));
      };
      // Room for a photo, none for its picture.
      await leave(300_000);
      const { id } = await put(small, photo, { width: 2000, height: 1000, preset: 'draft' });
      expect(await until(small, id, ended)).toMatchObject({ status: 'failed', error: { code: 'disk-full' } });
      expect((await readdir(join(disk, 'jobs', id))).toSorted()).not.toContain('variant-0');
      await rm(filler);
      await leave(0);
      const refused = await small.call(`/v1/panoramas/${randomUUID()}`, {
        method: 'PUT',
        body: formOf(photo, DRAFT),
      });
      expect(await refusal(refused)).toMatchObject({ status: 507, code: 'disk-full' });
      await rm(filler);
      const { id: next } = await put(small, photo, DRAFT);
      expect((await until(small, next, ended)).status).toBe('succeeded');
      await small.close();
    } finally {
      await promisify(execFile)('umount', ['-l', disk]);
      await removeFolder(disk);
    }
  });
});
