import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  estimateSchema,
  panoramaListSchema,
  panoramaSchema,
  serverInfoSchema,
} from '../../shared/protocol.ts';
import { FRAME_SIDE, MODES } from '../../shared/request.ts';
import {
  ended,
  formOf,
  get,
  livingJobs,
  pause,
  put,
  refusal,
  removeFolder,
  smallPhoto,
  startServer,
  until,
  type TestServer,
} from '../server.testing.ts';

const DRAFT = { width: 200, height: 80, preset: 'draft' } as const;
const TRAINED = { width: 160, height: 60, training: { epochs: 100, maxSize: 100 } } as const;

let server: TestServer;
let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  server = await startServer();
  photo = await smallPhoto();
});

afterAll(async () => {
  await server.close();
  await removeFolder(server.folder);
});

describe('putting a panorama', () => {
  it('[HTTP1] answers 201 with the panorama, which is made to exactly its size', async () => {
    const made = await put(server, photo, DRAFT);
    expect(made).toMatchObject({ status: 'queued', image: { width: 64, height: 48 }, variants: [] });
    const done = await until(server, made.id, ended);
    expect(done).toMatchObject({ status: 'succeeded', error: null, progress: { fraction: 1 } });
    expect(done.variants).toEqual([
      {
        n: 0,
        width: 200,
        height: 80,
        upscaled: expect.any(Number) as number,
        url: `/v1/panoramas/${made.id}/variants/0`,
      },
    ]);
    const picture = await server.call(done.variants[0]?.url ?? '');
    expect(picture.headers.get('content-type')).toBe('image/png');
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 200, height: 80 });
    expect(Number(picture.headers.get('content-length'))).toBe(bytes.length);
    expect(done.preview).toMatch(/^data:image\/webp;base64,/);
  });

  it('[HTTP2] answers 200 to the same again and 409 to anything else under its id', async () => {
    const { id } = await put(server, photo, DRAFT);
    const path = `/v1/panoramas/${id}`;
    const again = await server.call(path, {
      method: 'PUT',
      body: formOf(photo, { preset: 'draft', height: 80, width: 200 }),
    });
    expect(again.status).toBe(200);
    expect(panoramaSchema.parse(await again.json()).id).toBe(id);
    for (const [other, request] of [
      [photo, { ...DRAFT, width: 201 }],
      [await smallPhoto(2), DRAFT],
    ] as const) {
      const response = await server.call(path, { method: 'PUT', body: formOf(other, request) });
      expect(await refusal(response)).toMatchObject({ status: 409, code: 'id-taken' });
    }
    const many = await Promise.all(
      Array.from({ length: 8 }, () => server.call(path, { method: 'PUT', body: formOf(photo, DRAFT) })),
    );
    expect(many.map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
  });

  it('[HTTP2] makes one of many that come at once', async () => {
    const path = `/v1/panoramas/${randomUUID()}`;
    const many = await Promise.all(
      Array.from({ length: 8 }, () => server.call(path, { method: 'PUT', body: formOf(photo, DRAFT) })),
    );
    expect(many.map(({ status }) => status).toSorted()).toEqual([...Array<number>(7).fill(200), 201]);
  });

  it('[HTTP1] takes the photo in any order of the form, and answers nothing before all of it is there', async () => {
    const form = new FormData();
    form.set('image', new Blob([photo]));
    form.set('request', JSON.stringify(DRAFT));
    const response = await server.call(`/v1/panoramas/${randomUUID()}`, { method: 'PUT', body: form });
    expect(response.status).toBe(201);
  });

  it('[HTTP3] tells the photo as it was sent, and what there is not with 404', async () => {
    const { id } = await put(server, photo, DRAFT);
    const sent = await server.call(`/v1/panoramas/${id}/image`);
    expect(sent.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await sent.arrayBuffer()).equals(Buffer.from(photo))).toBe(true);
    const unknown = randomUUID();
    for (const [method, path] of [
      ['GET', `/v1/panoramas/${unknown}`],
      ['GET', `/v1/panoramas/${unknown}/events`],
      ['GET', `/v1/panoramas/${unknown}/image`],
      ['GET', `/v1/panoramas/${unknown}/variants/0`],
      ['GET', `/v1/panoramas/${id}/variants/7`],
      ['POST', `/v1/panoramas/${unknown}/cancel`],
      ['DELETE', `/v1/panoramas/${unknown}`],
      ['GET', '/v1/nothing'],
      ['GET', '/nothing'],
    ] as const) {
      expect(await refusal(await server.call(path, { method })), path).toMatchObject({
        status: 404,
        code: 'not-found',
      });
    }
  });
});

describe('the history', () => {
  it('[HTTP4] lists the newest first, page by page, each once', async () => {
    const other = await startServer();
    try {
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.unshift((await put(other, photo, { ...DRAFT, seed: n })).id);
      const found: string[] = [];
      for (let cursor = ''; ;) {
        const response = await other.call(`/v1/panoramas?limit=2${cursor && `&cursor=${cursor}`}`);
        const page = panoramaListSchema.parse(await response.json());
        found.push(...page.panoramas.map(({ id }) => id));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      expect(found).toEqual(ids);
      for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=abc', 'what=1']) {
        expect(await refusal(await other.call(`/v1/panoramas?${query}`)), query).toMatchObject({
          status: 400,
          code: 'invalid-request',
        });
      }
    } finally {
      await other.close();
      await removeFolder(other.folder);
    }
  });
});

describe('canceling and forgetting', () => {
  it('[HTTP5] cancels what waits and what runs, within seconds, and may be repeated', async () => {
    const running = await put(server, photo, { ...TRAINED, seed: 5 });
    const waiting = await put(server, photo, { ...TRAINED, seed: 6 });
    await until(server, running.id, ({ phase }) => phase === 'train');
    expect(await get(server, waiting.id)).toMatchObject({ status: 'queued', queuePosition: 1 });
    expect(livingJobs(server)).toHaveLength(1);
    for (const { id } of [waiting, running, running]) {
      const response = await server.call(`/v1/panoramas/${id}/cancel`, { method: 'POST' });
      expect(response.status).toBe(202);
      expect(panoramaSchema.parse(await response.json())).toMatchObject({
        status: 'canceled',
        queuePosition: null,
      });
    }
    const start = Date.now();
    while (livingJobs(server).length > 0) await pause(20);
    expect(Date.now() - start).toBeLessThan(10_000);
    // The next one has its turn.
    const next = await put(server, photo, DRAFT);
    expect((await until(server, next.id, ended)).status).toBe('succeeded');
    expect((await get(server, running.id)).status).toBe('canceled');
  });

  it('[HTTP6] forgets a panorama with its files, also while it runs', async () => {
    const { id } = await put(server, photo, { ...TRAINED, seed: 7 });
    await until(server, id, ({ variants }) => variants.length > 0);
    const response = await server.call(`/v1/panoramas/${id}`, { method: 'DELETE' });
    expect(response.status).toBe(204);
    expect(livingJobs(server)).toEqual([]);
    expect((await server.call(`/v1/panoramas/${id}`)).status).toBe(404);
    expect(await readdir(join(server.folder, 'jobs'))).not.toContain(id);
    expect(await readdir(join(server.folder, '.trash'))).toEqual([]);
    // Its id is free again.
    const again = await put(server, photo, DRAFT, id);
    expect((await until(server, again.id, ended)).status).toBe('succeeded');
  });
});

describe('pictures in tiles', () => {
  it('[HTTP7] cuts a tile of a large picture, and gives a small one whole', async () => {
    const wide = await put(server, photo, { width: 4100, height: 40, preset: 'draft' });
    const done = await until(server, wide.id, ended);
    const url = done.variants[0]?.url ?? '';
    const whole = sharp(Buffer.from(await (await server.call(url)).arrayBuffer()));
    const tile = await server.call(`${url}?tile=1,0`);
    expect(tile.headers.get('content-type')).toBe('image/png');
    const cut = await sharp(Buffer.from(await tile.arrayBuffer()))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(cut.info).toMatchObject({ width: 2050, height: 40 });
    const wanted = await whole.extract({ left: 2050, top: 0, width: 2050, height: 40 }).raw().toBuffer();
    expect(cut.data.equals(wanted)).toBe(true);
    expect(await refusal(await server.call(`${url}?tile=2,0`))).toMatchObject({ status: 404 });
    expect(await refusal(await server.call(`${url}?tile=1`))).toMatchObject({
      status: 400,
      code: 'invalid-request',
    });

    // Another picture under the same id has its own tiles, also where the first one's were asked for.
    const webp = { width: 4100, height: 40, preset: 'draft', format: 'webp' } as const;
    const tileOf = async (id: string) => {
      await until(server, id, ended);
      const bytes = await (await server.call(`/v1/panoramas/${id}/variants/0?tile=0,0`)).arrayBuffer();
      return sharp(Buffer.from(bytes)).raw().toBuffer();
    };
    const { id } = await put(server, photo, webp);
    const before = await tileOf(id);
    await server.call(`/v1/panoramas/${id}`, { method: 'DELETE' });
    await put(server, await smallPhoto(7), webp, id);
    expect((await tileOf(id)).equals(before)).toBe(false);

    const small = await put(server, photo, DRAFT);
    const smallUrl = (await until(server, small.id, ended)).variants[0]?.url ?? '';
    const [a, b] = await Promise.all([smallUrl, `${smallUrl}?tile=0,0`].map((path) => server.call(path)));
    expect(await b?.text()).toBe(await a?.text());
  });
});

describe('the server itself', () => {
  it('[HTTP8] tells version, engine, device, queue and limits', async () => {
    const info = serverInfoSchema.parse(await (await server.call('/v1/server')).json());
    expect(info).toMatchObject({
      version: '0.0.0-test',
      protocol: 1,
      engine: 'cpu',
      limits: { jobs: 1, variants: 8 },
    });
    expect(info.device).toMatch(/cores$/);
  });

  it('[HTTP9] estimates a job before it is sent', async () => {
    const ask = async (request: object, image = { width: 1600, height: 1200 }) => {
      const body = JSON.stringify({ image, request });
      const headers = { 'content-type': 'application/json' };
      return server.call('/v1/estimates', { method: 'POST', body, headers });
    };
    const estimate = async (request: object) => estimateSchema.parse(await (await ask(request)).json());
    const small = await estimate({ width: 1440, height: 491 });
    const draft = await estimate({ width: 1440, height: 491, preset: 'draft' });
    const large = await estimate({ width: 8192, height: 4096, preset: 'classic' });
    expect(small.seconds.low).toBeLessThan(small.seconds.high);
    expect(draft).toMatchObject({ scales: 0 });
    expect(draft.seconds.high).toBeLessThan(small.seconds.low);
    expect(large.seconds.low).toBeGreaterThan(small.seconds.high);
    expect(large.memoryBytes).toBeGreaterThan(small.memoryBytes);
    expect(large.upscaled).toBeGreaterThan(3);
    expect(await refusal(await ask({ width: 1440 }))).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(await refusal(await ask({ width: 1440, height: 491, colour: 'red' }))).toMatchObject({
      message: expect.stringContaining('request.colour') as string,
    });
  });

  it('[HTTP10] describes every call in OpenAPI, and tells health and figures', async () => {
    const described = (await (
      await server.call('/openapi.json', { headers: { authorization: 'none' } })
    ).json()) as {
      paths: Record<string, object>;
    };
    const calls = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(calls.toSorted()).toEqual([
      'delete /v1/panoramas/{id}',
      'get /v1/panoramas',
      'get /v1/panoramas/{id}',
      'get /v1/panoramas/{id}/events',
      'get /v1/panoramas/{id}/image',
      'get /v1/panoramas/{id}/variants/{n}',
      'get /v1/server',
      'post /v1/estimates',
      'post /v1/panoramas/{id}/cancel',
      'put /v1/panoramas/{id}',
    ]);
    // With every field of the request, its limits and its defaults.
    expect(described.paths['/v1/panoramas/{id}']).toHaveProperty(
      'put.requestBody.content.multipart/form-data.schema.properties.request.properties',
      expect.objectContaining({
        width: { type: 'integer', minimum: FRAME_SIDE.min, maximum: FRAME_SIDE.max },
        mode: { type: 'string', enum: [...MODES], default: 'extend' },
      }),
    );
    expect((await server.call('/healthz', { headers: { authorization: 'none' } })).status).toBe(200);
    expect((await server.call('/readyz', { headers: { authorization: 'none' } })).status).toBe(200);
    const figures = await (await server.call('/metrics')).text();
    for (const name of [
      'panorama_jobs{status="queued"}',
      'panorama_ended_total{status="succeeded"',
      'panorama_phase_seconds_bucket',
      'process_resident_memory_bytes',
    ]) {
      expect(figures).toContain(name);
    }
  });
});
