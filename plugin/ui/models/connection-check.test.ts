import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROTOCOL_VERSION } from '../../../shared/protocol.ts';
import { serverInfoOf } from '../panoramas.testing.ts';
import {
  FakeEnvironment,
  IN_FIGMA,
  json,
  noAnswer,
  refusal,
  silence,
  type Answering,
} from './check-environment.testing.ts';
import { checkConnection } from './connection-check.ts';

const SERVER = 'https://panorama.example.com';
const TOKEN = 'the-token';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function check(
  environment: FakeEnvironment,
  url = SERVER,
  token = TOKEN,
  signal = new AbortController().signal,
) {
  return checkConnection({ url, token }, environment, signal);
}

/** The finding, where the server answers so to every call. */
async function findingFor(answer: Answering, token = TOKEN) {
  const environment = new FakeEnvironment(answer);
  const { finding } = await check(environment, SERVER, token);
  expect(environment.watching).toBe(0);
  return finding;
}

const html = (status = 200) =>
  new Response('<p>Hello</p>', { status, headers: { 'Content-Type': 'text/html' } });

describe('the check of a connection', () => {
  it('[SETUP4] a server that answers as ours is ready', async () => {
    const environment = new FakeEnvironment(() => json(serverInfoOf()));
    const result = await check(environment, ` ${SERVER}/v1/ `, ` ${TOKEN} `);
    expect(result).toMatchObject({
      finding: { cause: 'ready', info: serverInfoOf() },
      url: SERVER,
      also: [],
    });
    expect(environment.calls).toHaveLength(1);
    expect(environment.calls[0]?.url).toBe(`${SERVER}/v1/server`);
    expect(environment.calls[0]?.init.headers).toMatchObject({ Authorization: `Bearer ${TOKEN}` });
  });

  it('[SETUP4] what is no address is not called', async () => {
    const environment = new FakeEnvironment();
    expect(await check(environment, 'my server')).toMatchObject({
      finding: { cause: 'wrongAddress', found: 'malformed' },
      url: null,
    });
    expect(environment.calls).toEqual([]);
  });

  it('[SETUP4] another program is told by its answer: a page, JSON of another shape, a sign-in', async () => {
    const other = { cause: 'wrongAddress', found: 'otherProgram' };
    expect(await findingFor(() => html())).toEqual(other);
    expect(await findingFor(() => html(404))).toEqual(other);
    expect(await findingFor(() => html(401))).toEqual(other);
    expect(await findingFor(() => json({ hello: 'world' }))).toEqual(other);
    expect(await findingFor(() => json([]))).toEqual(other);
    expect(await findingFor(() => json({ protocol: PROTOCOL_VERSION }))).toEqual(other);
  });

  it('[SETUP4] of two versions it is told which is the older', async () => {
    const versions = { cause: 'versions', plugin: PROTOCOL_VERSION };
    const newer = serverInfoOf({ protocol: PROTOCOL_VERSION + 1 });
    expect(await findingFor(() => json(newer))).toEqual({
      ...versions,
      older: 'plugin',
      server: newer.protocol,
    });
    const older = { protocol: PROTOCOL_VERSION - 1 };
    expect(await findingFor(() => json(older))).toEqual({
      ...versions,
      older: 'server',
      server: older.protocol,
    });
  });

  it('[SETUP4] a missing token and a wrong one are told apart, and the server is found with neither', async () => {
    const refuse = () => refusal(401, 'unauthorized');
    expect(await findingFor(refuse)).toEqual({ cause: 'unauthorized', found: 'wrong' });
    expect(await findingFor(refuse, '  ')).toEqual({ cause: 'unauthorized', found: 'missing' });
    expect(await findingFor(refuse, 'two words')).toEqual({ cause: 'unauthorized', found: 'wrong' });
    expect(await findingFor(() => json(serverInfoOf()), '')).toEqual({
      cause: 'unauthorized',
      found: 'missing',
    });
  });

  it('[SETUP4] a busy server says for how long, one that fails with what', async () => {
    const after = { 'Retry-After': '60' };
    const busy = { cause: 'busy', retryAfterMs: 60_000 };
    expect(await findingFor(() => refusal(429, 'too-many-requests', after))).toEqual({
      ...busy,
      found: 'calls',
    });
    expect(await findingFor(() => refusal(503, 'queue-full', after))).toEqual({ ...busy, found: 'queue' });
    expect(await findingFor(() => refusal(503, 'stopping', after))).toEqual({ ...busy, found: 'later' });
    expect(await findingFor(() => new Response('', { status: 503, headers: after }))).toEqual({
      ...busy,
      found: 'later',
    });
    expect(await findingFor(() => refusal(503, 'stopping'))).toMatchObject({
      cause: 'busy',
      retryAfterMs: null,
    });
    expect(await findingFor(() => refusal(500, 'internal'))).toEqual({
      cause: 'serverError',
      found: 'failed',
      status: 500,
    });
    expect(await findingFor(() => html(502))).toEqual({
      cause: 'serverError',
      found: 'gateway',
      status: 502,
    });
    expect(await findingFor(() => refusal(421, 'wrong-host'))).toEqual({
      cause: 'wrongHost',
      host: 'panorama.example.com',
    });
  });

  it('[SETUP4] an answer that breaks off is none of another program', async () => {
    const broken = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.error(new TypeError('network error'));
          },
        }),
      );
    expect(await findingFor(broken)).toEqual({ cause: 'serverError', found: 'broken', status: 200 });
  });

  it('[SETUP5] a server that keeps silent is waited for once, then nothing else is tried', async () => {
    const environment = new FakeEnvironment(silence);
    const checked = check(environment);
    await vi.advanceTimersByTimeAsync(environment.timing.answerMs);
    expect(await checked).toMatchObject({
      finding: { cause: 'timedOut', waitedMs: 10_000 },
      suggestion: null,
    });
    expect(environment.calls).toHaveLength(1);
  });

  it('[SETUP5] a call that waits for the user’s leave is told as that', async () => {
    const environment = new FakeEnvironment(silence);
    const permissions = {
      'local-network-access': 'prompt',
      'local-network': 'granted',
      'loopback-network': 'prompt',
    } as const;
    environment.around = { ...IN_FIGMA, permissions };
    const checked = check(environment, 'localhost:8787');
    await vi.advanceTimersByTimeAsync(environment.timing.answerMs);
    expect((await checked).finding).toEqual({ cause: 'localNetworkPermission', found: 'asking' });
  });

  it('[SETUP5] a failed call is looked into from several sides, each for its time only', async () => {
    const environment = new FakeEnvironment((url, { mode }) =>
      mode === 'no-cors' && url.startsWith('https:') ? silence() : noAnswer(),
    );
    environment.name = 'notFound';
    const checked = check(environment, `${SERVER}:8443`);
    await vi.advanceTimersByTimeAsync(environment.timing.probeMs);
    const { finding, probes, message } = await checked;
    expect(finding).toEqual({ cause: 'nameNotFound', host: 'panorama.example.com' });
    expect(message).toContain('got no connection');
    const found = new Map(probes.map(({ what, result }) => [what, result]));
    expect(found.get(`GET ${SERVER}:8443/v1/server`)).toContain('Failed to fetch');
    expect(found.get(`GET ${SERVER}:8443/healthz (no-cors)`)).toBe('no answer');
    expect(found.get('name panorama.example.com')).toBe('notFound');
    expect(environment.calls.filter(({ init }) => init.headers !== undefined)).toHaveLength(1);
  });

  it('[SETUP5] what can be read, or answers at all, lies behind a wall for pages', async () => {
    const health = (url: string) => (url.endsWith('/healthz') ? json({ status: 'ok' }) : noAnswer());
    expect(await findingFor(health)).toEqual({ cause: 'cors', found: 'preflight' });
    const opaque: Answering = (url, { mode }) =>
      mode === 'no-cors' && url.startsWith(SERVER) ? html() : noAnswer();
    expect(await findingFor(opaque)).toEqual({ cause: 'cors', found: 'closed' });
  });

  it('[SETUP5] a call that the page’s own policy forbids is told as that', async () => {
    const environment = new FakeEnvironment();
    environment.forbidden.add(SERVER);
    expect((await check(environment)).finding).toEqual({ cause: 'notAllowed' });
    environment.forbidden.clear();
    environment.forbidden.add('https://another.example.com');
    expect((await check(environment)).finding.cause).not.toBe('notAllowed');
  });

  it('[SETUP7] where our server answers by the other scheme or at its usual port, that address is suggested', async () => {
    const only =
      (there: string): Answering =>
      (url) =>
        url === `${there}/healthz` ? json({ status: 'ok' }) : noAnswer();
    const at = async (address: string, there: string) =>
      (await check(new FakeEnvironment(only(there)), address)).suggestion;
    expect(await at('localhost', 'http://localhost:8787')).toBe('http://localhost:8787');
    expect(await at('https://localhost:8787', 'http://localhost:8787')).toBe('http://localhost:8787');
    expect(await at('http://panorama.example.com', SERVER)).toBe(SERVER);
    expect(await at('https://panorama.example.com', 'http://panorama.example.com:8787')).toBeNull();
    const redirected: Answering = (url) => (url === `${SERVER}/healthz` ? json({ status: 'ok' }) : html(301));
    const result = await check(new FakeEnvironment(redirected), 'http://panorama.example.com');
    expect(result).toMatchObject({
      finding: { cause: 'wrongAddress', found: 'otherProgram' },
      suggestion: SERVER,
    });
  });

  it('[SETUP9] an aborted check rejects with the reason, at whatever point, and lets go of all', async () => {
    for (const answer of [silence, (_: string, { mode }: RequestInit) => (mode ? silence() : noAnswer())]) {
      const environment = new FakeEnvironment(answer);
      const control = new AbortController();
      const checked = check(environment, SERVER, TOKEN, control.signal);
      const rejected = expect(checked).rejects.toThrow('enough');
      await vi.advanceTimersByTimeAsync(100);
      control.abort(new Error('enough'));
      await rejected;
      expect(environment.watching).toBe(0);
      expect(environment.calls.every(({ init }) => init.signal?.aborted)).toBe(true);
    }
  });
});
