import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { ClientError, PanoramaClient } from './client.ts';
import {
  ID,
  SERVER_INFO,
  TOKEN,
  answerError,
  answerJson,
  panorama,
  startServer,
  type TestServer,
} from './client-server.testing.ts';
import type { ClientTiming } from './client-wait.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

const QUICK: Partial<ClientTiming> = { backoffMs: 10, longestBackoffMs: 40, answerMs: 2000 };
const REQUEST = { width: 1440, height: 491 };
const PHOTO = new Blob(['the photo'], { type: 'image/jpeg' });

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server that answers so, and a client of it. */
async function start(
  answer: Parameters<typeof startServer>[0],
  timing: Partial<ClientTiming> = {},
): Promise<{ client: PanoramaClient; server: TestServer }> {
  server = await startServer(answer);
  const address = { url: `${server.url}/`, token: TOKEN };
  return { client: new PanoramaClient(address, fetch, { ...QUICK, ...timing }), server };
}

/** What a call fails with. */
async function failure(call: Promise<unknown>): Promise<ClientError> {
  const error = await call.then(
    (value) => new Error(`got the answer ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClientError);
  expect((error as ClientError).message).not.toContain('\n');
  return error as ClientError;
}

describe('PanoramaClient', () => {
  it('[CLIENT2] makes each call where the protocol has it, and reads its answer', async () => {
    const estimate = {
      seconds: { low: 20, high: 30 },
      draftSeconds: { low: 1, high: 2 },
      waitSeconds: { low: 0, high: 0 },
      memoryBytes: 1e9,
      upscaled: 1,
      scales: 5,
    };
    const { client, server } = await start(({ method, path }, response) => {
      if (path === '/v1/server') answerJson(response, SERVER_INFO);
      else if (path === '/v1/estimates') answerJson(response, estimate);
      else if (path.startsWith('/v1/panoramas?') || path === '/v1/panoramas') {
        answerJson(response, { panoramas: [panorama()], nextCursor: null });
      } else if (method === 'DELETE') response.writeHead(204).end();
      else answerJson(response, panorama(), method === 'POST' ? 202 : 201);
    });
    expect(await client.server()).toEqual(SERVER_INFO);
    expect(await client.estimate({ image: { width: 300, height: 200 }, request: REQUEST })).toEqual(estimate);
    expect(await client.put(ID, PHOTO, REQUEST)).toEqual(panorama());
    expect(await client.get(ID)).toEqual(panorama());
    expect(await client.list()).toEqual({ panoramas: [panorama()], nextCursor: null });
    await client.list({ limit: 5, cursor: 'a&b' });
    expect(await client.cancel(ID)).toEqual(panorama());
    expect(await client.delete(ID)).toBeUndefined();
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/server',
      'POST /v1/estimates',
      `PUT /v1/panoramas/${ID}`,
      `GET /v1/panoramas/${ID}`,
      'GET /v1/panoramas',
      'GET /v1/panoramas?limit=5&cursor=a%26b',
      `POST /v1/panoramas/${ID}/cancel`,
      `DELETE /v1/panoramas/${ID}`,
    ]);
    for (const { headers } of server.received) {
      expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
      expect(headers.cookie).toBeUndefined();
    }
    const [, question, put] = server.received;
    expect(question?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(question?.body.toString() ?? '')).toMatchObject({ request: REQUEST });
    expect(put?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    const form = put?.body.toString() ?? '';
    expect(form).toContain(`name="request"\r\n\r\n${JSON.stringify(REQUEST)}\r\n`);
    expect(form).toContain('name="image"; filename="photo"\r\nContent-Type: image/jpeg\r\n\r\nthe photo\r\n');
  });

  it('[CLIENT2] fetches pictures, whole and in tiles, and the photo', async () => {
    const { client, server } = await start(({ path }, response) => {
      response.writeHead(200, { 'Content-Type': 'image/png' }).end(`picture of ${path}`);
    });
    const whole = await client.variant(ID, 1);
    expect([whole.type, await whole.text()]).toEqual([
      'image/png',
      `picture of /v1/panoramas/${ID}/variants/1`,
    ]);
    await client.variant(ID, 2, { tile: { column: 1, row: 0 } });
    await client.photo(ID);
    expect(server.received.slice(1).map(({ path }) => path)).toEqual([
      `/v1/panoramas/${ID}/variants/2?tile=1,0`,
      `/v1/panoramas/${ID}/image`,
    ]);
  });

  it('[CLIENT2] asks fetch for no cookies and no cache, and follows no redirection with the token', async () => {
    const inits: RequestInit[] = [];
    const fake: typeof fetch = (_, init = {}) => {
      inits.push(init);
      return Promise.resolve(Response.json(SERVER_INFO));
    };
    await new PanoramaClient({ url: 'http://a.test', token: TOKEN }, fake).server();
    expect(inits[0]).toMatchObject({ credentials: 'omit', cache: 'no-store', redirect: 'manual' });

    const { client, server } = await start((_, response) =>
      response.writeHead(302, { Location: 'http://elsewhere.test/' }).end(),
    );
    const { code, message } = await failure(client.get(ID));
    expect(code).toBe('incompatible');
    expect(message).toBe(
      `${server.url}: expected Panorama Converter's server, got a redirection to http://elsewhere.test/; check the address`,
    );
    expect(server.received).toHaveLength(1);
  });

  it('[CLIENT3] says in one line that whoever answers is no server of this protocol', async () => {
    const answers: Record<string, [type: string, text: string, status?: number]> = {
      html: ['text/html; charset=utf-8', '<html>Welcome to nginx'],
      missing: ['text/html', '<html>404', 404],
      shape: ['application/json', '{"id":"x"}'],
      newer: ['application/json', `{"protocol":${PROTOCOL_VERSION + 1}}`],
      older: ['application/json', '{"protocol":0}'],
    };
    let answer = answers.html;
    const { client, server } = await start((_, response) => {
      const [type = '', text, status = 200] = answer ?? [];
      response.writeHead(status, { 'Content-Type': type }).end(text);
    });
    const told = async (name: string, call: () => Promise<unknown>) => {
      answer = answers[name];
      const { code, kind, message } = await failure(call());
      expect([code, kind, message.startsWith(`${server.url}: `)]).toEqual(['incompatible', 'machine', true]);
      return message.slice(server.url.length + 2);
    };
    const ours = "expected Panorama Converter's server, got";
    expect(await told('html', () => client.server())).toBe(
      `${ours} an answer in text/html (status 200); check the address`,
    );
    expect(await told('missing', () => client.get(ID))).toBe(
      `${ours} an answer in text/html (status 404); check the address`,
    );
    expect(await told('html', () => client.variant(ID, 1))).toContain('text/html (status 200)');
    expect(await told('shape', () => client.get(ID))).toMatch(/got an answer of another shape \(id: .+\)/);
    expect(await told('newer', () => client.server())).toBe(
      `expected protocol ${PROTOCOL_VERSION}, got ${PROTOCOL_VERSION + 1}; update this client`,
    );
    expect(await told('older', () => client.server())).toMatch(/got 0; update the server$/);
  });

  it('[CLIENT4] tells another token apart, and does not try one that no header can hold', async () => {
    const { client, server } = await start((_, response) => answerError(response, 401, 'unauthorized'));
    const error = await failure(client.server());
    expect(error).toMatchObject({
      code: 'unauthorized',
      kind: 'request',
      status: 401,
      server: { code: 'unauthorized' },
      message: `${server.url}: test: expected none, got unauthorized`,
    });
    for (const token of ['', 'two words', 'ключ', 'a\nb']) {
      const other = await failure(new PanoramaClient({ url: server.url, token }).server());
      expect(other.code).toBe('unauthorized');
      if (token !== '') expect(other.message).not.toContain(token);
    }
    expect(server.received).toHaveLength(1);
  });

  it('[CLIENT5] tells what keeps it from the server, with the reason kept', async () => {
    const { client, server } = await start(
      ({ path }, response) => {
        if (path.endsWith('/image')) {
          response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': '100' }).write('begun');
          setTimeout(() => response.destroy(), 20);
        } else if (path.includes('/variants/')) {
          response.writeHead(200, { 'Content-Type': 'image/png' }).write('begun, and no more');
        } else if (path.endsWith('/cancel')) {
          response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html>Bad Gateway');
        }
      },
      { answerMs: 100 },
    );
    const silent = await failure(client.get(ID));
    expect([silent.code, silent.kind]).toEqual(['unreachable', 'machine']);
    expect(silent.message).toMatch(/: expected an answer within 1 s, got none; check that the server runs$/);
    expect((await failure(client.variant(ID, 1))).message).toBe(silent.message);
    const broken = await failure(client.photo(ID));
    expect([broken.code, broken.cause instanceof Error]).toEqual(['unreachable', true]);
    expect(await failure(client.cancel(ID))).toMatchObject({
      code: 'unreachable',
      status: 502,
      message: `${server.url}: expected an answer, got 502 from a gateway before the server; check that the server runs`,
    });

    await server.close();
    // The first one may still try a connection that is open no more.
    await failure(client.server());
    const refused = await failure(client.server());
    expect(refused.message).toBe(
      `${server.url}: expected an answer, got no connection (ECONNREFUSED); check the address and that the server runs`,
    );
    expect(refused.cause).toBeInstanceOf(TypeError);
    const nowhere = await failure(new PanoramaClient({ url: 'localhost:x', token: TOKEN }).server());
    expect(nowhere.code).toBe('unreachable');
    expect(nowhere.message).toContain('expected an address such as http://localhost:8787');
  });

  it("[CLIENT6] hands on the server's own words where it refuses", async () => {
    let status = 400;
    const { client } = await start((_, response) => {
      const error = {
        code: 'invalid-request',
        message: 'width: expected 16',
        details: { problems: ['width'] },
      };
      answerJson(response, { error }, status);
    });
    const error = await failure(client.get(ID));
    expect(error).toMatchObject({
      code: 'refused',
      kind: 'request',
      status: 400,
      message: 'width: expected 16',
      server: { code: 'invalid-request', details: { problems: ['width'] } },
    });
    const kinds = [];
    for (status of [404, 409, 413, 415, 422, 429, 500, 503, 507])
      kinds.push((await failure(client.get(ID))).kind);
    expect(kinds.join(' ')).toBe('request request request request request machine machine machine machine');
  });

  it('[CLIENT7] sends a photo again where the connection breaks or the server is busy, the same each time', async () => {
    const { client, server } = await start((_, response, index) => {
      if (index === 0) response.destroy();
      else if (index === 1) answerError(response, 429, 'too-many-requests', { 'Retry-After': '0' });
      else if (index === 2) answerError(response, 503, 'stopping');
      else answerJson(response, panorama());
    });
    expect(await client.put(ID, PHOTO, REQUEST)).toEqual(panorama());
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array.from({ length: 4 }, () => `PUT /v1/panoramas/${ID}`),
    );
    for (const { body } of server.received) expect(body.toString()).toContain('the photo');
  });

  it('[CLIENT7] waits as long as the server asks, but not for minutes, and repeats nothing else', async () => {
    let retryAfter = '1';
    let status = 429;
    const { client, server } = await start((_, response, index) => {
      if (index === 1) answerJson(response, panorama());
      else answerError(response, status, 'busy', { 'Retry-After': retryAfter });
    });
    const begin = performance.now();
    await client.put(ID, PHOTO, REQUEST);
    expect(performance.now() - begin).toBeGreaterThan(990);
    for (retryAfter of ['60', new Date(Date.now() + 90_000).toUTCString()]) {
      const error = await failure(client.put(ID, PHOTO, REQUEST));
      expect(error.retryAfterMs).toBeGreaterThan(59_000);
    }
    for (status of [400, 409, 500]) await failure(client.put(ID, PHOTO, REQUEST));
    expect(server.received).toHaveLength(7);
  });

  it('[CLIENT7] gives up after a few attempts', async () => {
    const { client, server } = await start((_, response) => response.destroy());
    expect((await failure(client.put(ID, PHOTO, REQUEST))).code).toBe('unreachable');
    expect(server.received).toHaveLength(4);
    await failure(client.get(ID));
    expect(server.received).toHaveLength(5);
  });

  it("[CLIENT8] ends at once with the signal's reason, wherever it is, and closes the connection", async () => {
    const { client, server } = await start(({ method, path }, response) => {
      if (method === 'PUT') answerError(response, 429, 'busy', { 'Retry-After': '20' });
      if (path.endsWith('/image')) response.writeHead(200, { 'Content-Type': 'image/png' }).write('begun');
    });
    const reason = new Error('enough');
    const calls: ((signal: AbortSignal) => Promise<unknown>)[] = [
      (signal) => client.get(ID, signal),
      (signal) => client.photo(ID, signal),
      (signal) => client.put(ID, PHOTO, REQUEST, signal),
    ];
    for (const call of calls) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 100);
      const begin = performance.now();
      await expect(call(controller.signal)).rejects.toBe(reason);
      expect(performance.now() - begin).toBeLessThan(1000);
    }
    await expect.poll(server.cut).toBe(2);
    await expect(client.get(ID, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.received).toHaveLength(3);
    // Even where fetch is deaf to its signal.
    const deaf = new PanoramaClient({ url: 'http://a.test', token: TOKEN }, () => new Promise(() => {}));
    await expect(deaf.get(ID, AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('[CLIENT9] is made of shared/ and zod alone, so that it runs in a browser', async () => {
    const { metafile } = await build({
      entryPoints: [new URL('client.ts', import.meta.url).pathname],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'esm',
    });
    const foreign = Object.keys(metafile.inputs).filter(
      (path) => !/^(shared|node_modules\/zod)\//.test(path),
    );
    expect(foreign).toEqual([]);
  });
});
