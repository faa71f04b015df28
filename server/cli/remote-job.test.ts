import type { ServerResponse } from 'node:http';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ENDED,
  SERVER_INFO,
  TOKEN,
  answerError,
  answerJson,
  at,
  beginStream,
  changed,
  panorama,
  scale,
  sse,
  startServer,
  type Received,
  type TestServer,
} from '../../shared/client-server.testing.ts';
import type { ErrorKind } from '../../shared/errors.ts';
import type { Panorama, StreamEvent, Variant } from '../../shared/protocol.ts';
import type { RunJob } from './job.ts';
import { runCli } from './run.ts';

const QUICK = {
  backoffMs: 10,
  longestBackoffMs: 40,
  answerMs: 2000,
  firstEventMs: 1000,
  patienceMs: 500,
};

let folder: string;
let server: TestServer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-remote-'));
  await writeFile(join(folder, 'photo.jpg'), 'the photo');
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** How the server answers, where it differs. */
type Answers = Partial<
  Record<
    'server' | 'put' | 'events' | 'variant' | 'cancel',
    (response: ServerResponse, nth: number, call: Received) => unknown
  >
>;

async function start(answers: Answers): Promise<TestServer> {
  const counts: Partial<Record<keyof Answers, number>> = {};
  server = await startServer((call, response) => {
    const what = kindOf(call);
    const nth = counts[what] ?? 0;
    counts[what] = nth + 1;
    const answer = answers[what];
    if (answer) answer(response, nth, call);
    else if (what === 'server') answerJson(response, SERVER_INFO);
    else if (what === 'put') answerJson(response, panorama({ status: 'queued' }), 201);
    else if (what === 'cancel') answerJson(response, panorama(), 202);
    else if (what === 'variant') answerPicture(response, call);
    else tell(response, ENDED);
  });
  return server;
}

function kindOf({ method, path }: Received): keyof Answers {
  if (path === '/v1/server') return 'server';
  if (path.endsWith('/events')) return 'events';
  if (path.endsWith('/cancel')) return 'cancel';
  return method === 'PUT' ? 'put' : 'variant';
}

function answerPicture(response: ServerResponse, { path }: Received): void {
  response
    .writeHead(200, { 'Content-Type': 'image/png' })
    .end(`variant ${path.slice(path.lastIndexOf('/') + 1)}`);
}

function tell(response: ServerResponse, ...events: StreamEvent[]): ServerResponse {
  beginStream(response);
  for (const [i, event] of events.entries()) response.write(sse(i + 1, event));
  return response;
}

const variants = (...ns: number[]): Variant[] =>
  ns.map((n) => ({ n, width: 1440, height: 491, upscaled: 1, url: `/v1/panoramas/x/variants/${n}` }));

const succeeded = (...ns: number[]) => changed({ ...ENDED.panorama, variants: variants(0, ...ns) });
const QUEUED: Partial<Panorama> = { status: 'queued', phase: null, startedAt: null };

const never: RunJob = () => Promise.reject(new Error('the local job was started'));

async function run(args = '', options: { signal?: AbortSignal; url?: string; graceMs?: number } = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await runCli(
    ['photo.jpg', '--size', '1440x491', ...args.split(' ').filter(Boolean)],
    {
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text) },
      env: { PANORAMA_SERVER: options.url ?? server?.url, PANORAMA_TOKEN: TOKEN },
      platform: 'linux',
      home: folder,
      folder,
      version: '1.2.3',
      signal: options.signal ?? new AbortController().signal,
      graceMs: options.graceMs ?? 5000,
      clientTiming: QUICK,
    },
    never,
  );
  return { status, out: out.join(''), err: err.join('') };
}

const files = async () => (await readdir(folder)).toSorted();
const read = (name: string) => readFile(join(folder, name), 'utf8');
const calls = ({ received }: TestServer, what: keyof Answers) =>
  received.filter((call) => kindOf(call) === what);

describe('panorama --server', () => {
  it('[CLI48] sends the photo, shows the queue and the progress, writes the draft, then the results', async () => {
    let atVariant1: Promise<string> | undefined;
    const { received } = await start({
      events: (response) =>
        tell(
          response,
          changed({ ...QUEUED, queuePosition: 3 }),
          changed({ ...QUEUED, queuePosition: 1, remaining: null }),
          at(0.1),
          changed({ variants: variants(0) }),
          scale(2),
          succeeded(2, 1),
        ),
      variant: (response, _, call) => {
        if (call.path.endsWith('/1')) atVariant1 = read('photo-panorama.png');
        answerPicture(response, call);
      },
    });
    expect(await run('--variants 2 --seed 7')).toEqual({
      status: 0,
      out: 'photo-panorama.png  1440×491\nphoto-panorama-2.png  1440×491\n',
      err:
        'sending\nqueued 3rd (20–30 s left)\nqueued 1st\ntraining 2/5 (10%, 20–30 s left)\n' +
        'draft: photo-panorama.png\nwriting (100%)\n',
    });
    expect(await atVariant1).toBe('variant 0');
    expect([await read('photo-panorama.png'), await read('photo-panorama-2.png')]).toEqual([
      'variant 1',
      'variant 2',
    ]);
    expect(await files()).toEqual(['photo-panorama-2.png', 'photo-panorama.png', 'photo.jpg']);
    const put = received.find(({ method }) => method === 'PUT');
    expect(put?.body.toString()).toMatch(/"seed":7,"variants":2[^]+the photo/);
    // It stays in the server's history.
    expect(received.filter(({ method }) => method === 'DELETE' || method === 'POST')).toEqual([]);
    expect(received.map(kindOf).join(' ')).toBe('server put events variant variant variant');
  });

  it('[CLI49] tells programs where the job is, its place in the queue, and the rest as ever', async () => {
    const { received, url } = await start({
      events: (response) =>
        tell(response, changed({ ...QUEUED, queuePosition: 2 }), at(0.5), scale(2), succeeded(1)),
    });
    const { status, out, err } = await run('--json');
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const id = received.find(({ method }) => method === 'PUT')?.path.slice('/v1/panoramas/'.length);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    const remaining = { low: 20, high: 30 };
    const picture = { type: 'variant', width: 1440, height: 491, upscaled: 1, path: 'photo-panorama.png' };
    expect([status, err]).toEqual([0, '']);
    expect(events).toEqual([
      { type: 'sending' },
      { type: 'job', id, server: url },
      { type: 'queued', position: 2, remaining },
      { type: 'progress', phase: 'train', fraction: 0.5, scale: 2, scales: 5, remaining },
      scale(2),
      { type: 'progress', phase: 'encode', fraction: 1 },
      { ...picture, n: 0 },
      { ...picture, n: 1 },
      { type: 'done', paths: ['photo-panorama.png'] },
    ]);
    expect(await run('--quiet')).toEqual({ status: 0, out: '', err: '' });
  });

  it('[CLI50] ends with 2 where the photo or the request is wrong, before or while it is worked on', async () => {
    let answers: Answers = {};
    const names: (keyof Answers)[] = ['server', 'put', 'events'];
    await start(
      Object.fromEntries(
        names.map((name) => [
          name,
          (response: ServerResponse, nth: number, call: Received) => {
            const answer = answers[name];
            if (answer) answer(response, nth, call);
            else if (name === 'server') answerJson(response, SERVER_INFO);
            else answerJson(response, panorama());
          },
        ]),
      ),
    );
    const ending = async (how: Answers) => {
      answers = how;
      const { status, err } = await run();
      expect(err.match(/^panorama: /gm)).toHaveLength(1);
      return [status, err.replace(/^(?!panorama: ).*\n/gm, '').replaceAll(server?.url ?? '', 'URL')];
    };
    const refusing = (status: number, code: string) => (response: ServerResponse) =>
      answerError(response, status, code);
    const failing = (code: string, message: string, kind: ErrorKind) => (response: ServerResponse) =>
      tell(response, changed({ status: 'failed', error: { code, message, kind } }));
    const refused = (code: string) => `panorama: test: expected none, got ${code}\n`;

    expect(await ending({ put: refusing(415, 'not-a-picture') })).toEqual([2, refused('not-a-picture')]);
    expect(await ending({ put: refusing(422, 'needs-more-memory') })).toEqual([
      2,
      refused('needs-more-memory'),
    ]);
    expect(await ending({ server: refusing(401, 'unauthorized') })).toEqual([
      2,
      'panorama: URL: test: expected none, got unauthorized\n',
    ]);
    const photo = 'photo: expected a whole picture, got a damaged one';
    expect(await ending({ events: failing('damaged', photo, 'request') })).toEqual([
      2,
      `panorama: ${photo}\n`,
    ]);
    expect(await ending({ events: failing('training-diverged', 'training: try 0.0001', 'request') })).toEqual(
      [2, 'panorama: training: try 0.0001\n'],
    );

    expect(await ending({ put: refusing(507, 'disk-full') })).toEqual([1, refused('disk-full')]);
    expect(await ending({ events: failing('damaged', 'model: damaged', 'machine') })).toEqual([
      1,
      'panorama: model: damaged\n',
    ]);
    expect(await ending({ events: refusing(404, 'not-found') })).toEqual([1, refused('not-found')]);
    expect(await ending({ events: (response) => tell(response, changed({ status: 'canceled' })) })).toEqual([
      1,
      'panorama: job: expected its end, got it canceled at the server\n',
    ]);
    expect(await ending({ server: (response) => response.end('<html>') })).toEqual([
      1,
      "panorama: URL: expected Panorama Converter's server, got an answer without a type (status 200); check the address\n",
    ]);
    expect(await files()).toEqual(['photo.jpg']);
  });

  it('[CLI50] tells programs the code that the server gave', async () => {
    await start({ put: (response) => answerError(response, 409, 'id-taken') });
    const { status, out } = await run('--json');
    expect([status, out.split('\n')[1]]).toEqual([
      2,
      '{"type":"error","code":"id-taken","message":"test: expected none, got id-taken"}',
    ]);
  });

  it('[CLI50] ends with 1 where there is no server, before anything is sent', async () => {
    const started = await start({});
    const { url } = started;
    await started.close();
    expect(await run('', { url })).toEqual({
      status: 1,
      out: '',
      err: `panorama: ${url}: expected an answer, got no connection (ECONNREFUSED); check the address and that the server runs\n`,
    });
  });

  it('[CLI51] cancels the job where it is interrupted, and keeps the draft', async () => {
    const interruption = new AbortController();
    const started = await start({
      events: (response) => {
        tell(response, changed({ variants: variants(0) }), at(0.6));
        setTimeout(() => interruption.abort(), 200);
      },
    });
    expect(await run('', { signal: interruption.signal })).toMatchObject({
      status: 130,
      out: '',
      err: expect.stringMatching(/interrupted; the draft is at photo-panorama.png\n$/) as string,
    });
    expect(calls(started, 'cancel')).toHaveLength(1);
    expect(await read('photo-panorama.png')).toBe('variant 0');
  });

  it('[CLI51] cancels what may have been sent, also where it arrives late', async () => {
    const interruption = new AbortController();
    const started = await start({
      put: () => setTimeout(() => interruption.abort(), 20),
      cancel: (response, nth) => {
        if (nth === 0) answerError(response, 404, 'not-found');
        else answerJson(response, panorama(), 202);
      },
    });
    expect(await run('--quiet', { signal: interruption.signal })).toMatchObject({
      status: 130,
      err: 'panorama: interrupted; nothing was written\n',
    });
    expect(calls(started, 'cancel')).toHaveLength(2);
  });

  it('[CLI51] says where the job goes on that could not be canceled, and waits no longer than the grace', async () => {
    let cancel: (response: ServerResponse) => unknown = (response) => answerError(response, 500, 'internal');
    let interruption = new AbortController();
    await start({
      events: (response) => {
        tell(response, at(0.6));
        setTimeout(() => interruption.abort(), 50);
      },
      cancel: (response) => cancel(response),
    });
    const { status, err } = await run('--quiet', { signal: interruption.signal });
    expect(status).toBe(130);
    expect(err).toMatch(
      /^panorama: interrupted; nothing was written; the job could not be canceled at http:\/\/127[^ ]+ as [0-9a-f-]{36}\n$/,
    );
    cancel = () => undefined;
    interruption = new AbortController();
    const begin = performance.now();
    expect((await run('--quiet', { signal: interruption.signal, graceMs: 300 })).status).toBe(130);
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  it('[CLI52] goes on after breaks of the connection, and fetches a picture again that broke off', async () => {
    const started = await start({
      events: (response, nth) => {
        if (nth === 0) {
          tell(response, at(0.1));
          setTimeout(() => response.destroy(), 20);
        } else if (nth === 1) response.destroy();
        else tell(response, succeeded(1));
      },
      variant: (response, nth, call) => {
        if (nth > 1) return answerPicture(response, call);
        response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': '9' }).write('vari');
        setTimeout(() => response.destroy(), 20);
      },
    });
    expect((await run('--quiet')).status).toBe(0);
    expect(await read('photo-panorama.png')).toBe('variant 1');
    expect(calls(started, 'variant')).toHaveLength(4);
  });

  it('[CLI52] gives up a server that stays away, and says that the job goes on there', async () => {
    const started = await start({
      events: (response) => {
        tell(response, changed({ variants: variants(0) }));
        setTimeout(() => void started.close(), 100);
      },
    });
    const { url } = started;
    const { status, err } = await run('--quiet');
    expect(status).toBe(1);
    expect(err.replaceAll(url, 'URL')).toMatch(
      /^panorama: URL: expected an answer, got no connection [^;]+; check [^;]+; the job goes on at URL as [0-9a-f-]{36}; the draft is at photo-panorama.png\n$/,
    );
  });
});
