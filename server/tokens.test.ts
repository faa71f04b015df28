import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panoramaListSchema } from '../shared/protocol.ts';
import { formOf, refusal, smallPhoto, startServer, TOKEN, type TestServer } from './server.testing.ts';
import { readTokens } from './tokens.ts';

const [MINE, YOURS] = ['a-token-that-is-mine', 'a-token-that-is-yours'];

let folder: string;
const path = () => join(folder, 'tokens');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-tokens-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('the tokens of a file', () => {
  it('[TOKEN1] belong to the owners that it names', async () => {
    await writeFile(
      path(),
      `# for the studio\n\nme ${MINE}\r\n  you\t${YOURS}  \nme a-second-token-of-mine\n`,
    );
    const tokens = await readTokens(path(), null);
    expect([MINE, YOURS, 'a-second-token-of-mine', TOKEN].map((token) => tokens.ownerOf(token))).toEqual([
      'me',
      'you',
      'me',
      null,
    ]);
    expect((await readTokens(path(), TOKEN)).ownerOf(TOKEN)).toBe('default');
  });

  it.each([
    ['', 'at least one line'],
    ['# nobody\n', 'at least one line'],
    [`me ${MINE}\nyou\n`, 'line 2: expected a name and a token'],
    [`me ${MINE} more\n`, 'line 1: expected a name and a token'],
    [`m/e ${MINE}\n`, 'line 1: expected a name of'],
    ['me too-short\n', 'line 1: expected a token of 16'],
    [`me ${MINE}\nyou ${MINE}\n`, 'line 2: expected a token that no line before has'],
  ])('[TOKEN2] are refused by the line that is wrong, which is not repeated: %j', async (text, message) => {
    await writeFile(path(), text);
    const failure = (await readTokens(path(), null).catch((error: unknown) => error)) as Error;
    expect(failure.message).toContain(message);
    expect(failure.message).not.toMatch(/that-is-mine|too-short|\n/);
  });

  it('[TOKEN2] that cannot be read are told', async () => {
    await expect(readTokens(join(folder, 'none'), null)).rejects.toThrow('cannot be read (ENOENT)');
  });
});

describe('several owners', () => {
  let server: TestServer;

  beforeAll(async () => {
    await writeFile(path(), `me ${MINE}\nyou ${YOURS}\n`);
    server = await startServer({ TOKENS: path(), MAX_QUEUE_PER_TOKEN: 1 });
  });

  afterAll(() => server.close());

  const as = (token: string, place: string, init: RequestInit = {}) =>
    server.call(place, { ...init, headers: { authorization: `Bearer ${token}` } });

  it('[TOKEN3] do not see, follow, cancel, delete or take the place of each other’s panoramas', async () => {
    const id = randomUUID();
    const place = `/v1/panoramas/${id}`;
    const photo = await smallPhoto(21);
    const form = () => formOf(photo, { width: 64, height: 32, preset: 'draft' });
    expect((await as(MINE, place, { method: 'PUT', body: form() })).status).toBe(201);
    expect((await as(MINE, place, { method: 'PUT', body: form() })).status).toBe(200);
    const tries: [string, RequestInit][] = [
      [place, {}],
      [`${place}/events`, {}],
      [`${place}/variants/0`, {}],
      [`${place}/image`, {}],
      [`${place}/cancel`, { method: 'POST' }],
      [place, { method: 'DELETE' }],
    ];
    for (const [called, init] of tries) {
      expect(await refusal(await as(YOURS, called, init)), called).toMatchObject({
        status: 404,
        code: 'not-found',
      });
    }
    const taken = await as(YOURS, place, { method: 'PUT', body: form() });
    expect(await refusal(taken)).toMatchObject({ status: 409, code: 'id-taken' });
    const listed = async (token: string) =>
      panoramaListSchema
        .parse(await (await as(token, '/v1/panoramas')).json())
        .panoramas.map((item) => item.id);
    expect([await listed(MINE), await listed(YOURS), await listed(TOKEN)]).toEqual([[id], [], []]);
    expect((await as(MINE, place)).status).toBe(200);
  });

  it('[TOKEN4] have a queue of their own length', async () => {
    const photo = await smallPhoto(22);
    const put = (token: string) =>
      as(token, `/v1/panoramas/${randomUUID()}`, {
        method: 'PUT',
        body: formOf(photo, { width: 300, height: 200, training: { epochs: 1000 } }),
      });
    const mine = [await put(MINE), await put(MINE), await put(MINE)];
    expect(mine.map(({ status }) => status).slice(0, 1)).toEqual([201]);
    expect(await refusal(mine[2] ?? Response.error())).toMatchObject({ code: 'queue-full' });
    expect((await put(YOURS)).status).toBe(201);
  });
});

describe('a form with a webhook', () => {
  it('[TELL3] is refused where none are sent, and where the address is private', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const photo = await smallPhoto(23);
    for (const [changes, url, code] of [
      [{}, 'https://example.com/hook', 'webhooks-off'],
      [{ WEBHOOK_SECRET: secret }, 'http://127.0.0.1/hook', 'webhook-private'],
      [{ WEBHOOK_SECRET: secret }, 'ftp://example.com', 'webhook-url'],
    ] as const) {
      const server = await startServer(changes);
      const form = formOf(photo, { width: 64, height: 32, preset: 'draft' });
      form.set('webhook', url);
      const answer = await server.call(`/v1/panoramas/${randomUUID()}`, { method: 'PUT', body: form });
      expect(await refusal(answer)).toMatchObject({ status: 400, code });
      await server.close();
    }
  });
});
