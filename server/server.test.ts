/** The server as the process that users start, killed and stopped in every way. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasEnded, panoramaListSchema } from '../shared/protocol.ts';
import { processLives } from './disk/process-lives.ts';
import {
  get,
  newDataFolder,
  PROGRAMS,
  put,
  removeFolder,
  smallPhoto,
  until,
  type TestServer,
} from './server.testing.ts';

const TOKEN = 'a-token-for-the-process';
const TRAINED = { width: 160, height: 60, training: { epochs: 100, maxSize: 100 } } as const;
const DRAFT = { width: 64, height: 32, preset: 'draft' } as const;

interface Process {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly gone: Promise<number | NodeJS.Signals | null>;
}

const started: Process[] = [];
const folders: string[] = [];
let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  photo = await smallPhoto();
});

afterEach(async () => {
  for (const { child, gone } of started.splice(0)) {
    child.kill('SIGKILL');
    await gone;
  }
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

function run(args: readonly string[], env: Record<string, string> = {}): Process {
  const program = fileURLToPath(new URL('main.js', PROGRAMS));
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], HOME: tmpdir(), ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const gone = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const running = { child, stdout: () => stdout, stderr: () => stderr, gone };
  started.push(running);
  return running;
}

async function start(
  folder: string,
  args: readonly string[] = [],
): Promise<Process & { server: TestServer }> {
  const running = run(['--data-dir', folder, '--port', '0', '--token', TOKEN, '--rate-limit', '0', ...args]);
  await vi.waitUntil(() => running.stdout().includes('data:') || running.child.exitCode !== null, {
    timeout: 30_000,
    interval: 20,
  });
  const port = /localhost:(\d+)/.exec(running.stdout())?.[1];
  if (port === undefined) throw new Error(`it did not start: ${running.stderr()}`);
  const url = `http://127.0.0.1:${port}`;
  const call = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${TOKEN}`);
    return fetch(url + path, { ...init, headers });
  };
  const log = () =>
    running
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const server = {
    url,
    folder,
    call,
    close: async () => {},
    restart: () => Promise.reject(new Error('not here')),
  };
  return Object.assign(running, {
    server: Object.defineProperty(server, 'log', { get: log }) as unknown as TestServer,
  });
}

async function newFolder(): Promise<string> {
  const folder = await newDataFolder();
  folders.push(folder);
  return folder;
}

/** The newest process of a job that the log names. */
function jobPid({ log }: TestServer): number {
  return Number(log.filter(({ msg }) => msg === 'started').at(-1)?.['pid']);
}

/** Scales that were trained, by the events of a panorama that has ended. */
async function trainedScales(server: TestServer, id: string): Promise<number[]> {
  const text = await (await server.call(`/v1/panoramas/${id}/events`)).text();
  return [...text.matchAll(/^event: scale\ndata: (.*)$/gm)].map(
    ([, data = '']) => (JSON.parse(data) as { scale: number }).scale,
  );
}

async function picture(server: TestServer, id: string, n = 1): Promise<Buffer> {
  const response = await server.call(`/v1/panoramas/${id}/variants/${n}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

describe('starting', () => {
  it('[SERVE1] makes its data folder, a token for its owner alone, and prints where the page is', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'panorama-first-'));
    folders.push(parent);
    const folder = join(parent, 'data');
    const first = run(['--data-dir', folder, '--port', '0']);
    await vi.waitUntil(() => first.stdout().includes('data:'), { timeout: 60_000 });
    const token = (await readFile(join(folder, 'token'), 'utf8')).trim();
    expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
    expect(token.length).toBeGreaterThan(30);
    expect(first.stdout()).toMatch(new RegExp(`page: +http://localhost:\\d+/#token=${token}\n`));
    expect(first.stdout()).toMatch(/engine: cpu \(.+ cores\)/);
    expect(first.stdout()).toContain(folder);
    first.child.kill('SIGTERM');
    expect(await first.gone).toBe(0);
    // No lock, no temporary file is left, and the token is kept.
    expect((await readdir(folder)).toSorted()).toEqual(['database', 'token', 'uploads']);
    const second = run(['--data-dir', folder, '--port', '0']);
    await vi.waitUntil(() => second.stdout().includes('data:'), { timeout: 60_000 });
    expect(second.stdout()).toContain(token);
  });

  it('[SERVE2] refuses a folder that another server uses, in one line, and leaves it alone', async () => {
    const folder = await newFolder();
    const { server } = await start(folder);
    const second = run(['--data-dir', folder, '--port', '0']);
    expect(await second.gone).toBe(2);
    expect(second.stderr()).toMatch(
      /^panorama server: data folder .* process \d+; stop it, or choose another with DATA_DIR\n$/,
    );
    expect((await server.call('/readyz')).status).toBe(200);
  });

  it('[SERVE3] says in one line what keeps it from starting', async () => {
    const folder = await newFolder();
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.on('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    for (const [args, message] of [
      [['--data-dir', folder, '--port', String(port)], /in use; choose another with PORT/],
      [['--data-dir', file], /data folder .* cannot be written .* DATA_DIR/],
      [['--data-dir', '/proc/nowhere'], /data folder .* cannot be written .* DATA_DIR/],
      [['--data-dir', folder, '--engine', 'tensorflow'], /engine tensorflow cannot start/],
      [['--data-dir', folder, '--port', 'x', '--max-jobs', '0'], /PORT: expected .*; MAX_JOBS: expected/],
      [['--colour', 'red'], /--colour: there is no such flag/],
    ] as const) {
      const failing = run(args);
      expect(await failing.gone, args.join(' ')).toBe(2);
      expect(failing.stderr()).toMatch(message);
      expect(failing.stderr().trim().split('\n')).toHaveLength(1);
    }
    taken.close();
    expect(await readdir(folder)).not.toContain('lock');
  });
});

describe('what was acknowledged is finished', () => {
  it('[LAST1] goes on after kill −9 of the server: no scale twice, the same picture, the child gone', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    const undisturbed = await put(first.server, photo, { ...TRAINED, seed: 3 });
    await until(first.server, undisturbed.id, ({ status }) => status === 'succeeded');
    const wanted = await picture(first.server, undisturbed.id);
    await rm(join(folder, 'models'), { recursive: true });

    const { id } = await put(first.server, photo, { ...TRAINED, seed: 3 });
    const waiting = await put(first.server, photo, DRAFT);
    await until(first.server, id, ({ progress }) => (progress.scale ?? 0) >= 2);
    const pid = jobPid(first.server);
    first.child.kill('SIGKILL');
    await first.gone;
    await vi.waitUntil(() => !processLives(pid), 5000);

    const { server } = await start(folder);
    const done = await until(server, id, ({ status }) => status === 'succeeded');
    expect(done.variants.map(({ n }) => n)).toEqual([0, 1]);
    expect((await picture(server, id)).equals(wanted)).toBe(true);
    const scales = await trainedScales(server, id);
    expect(new Set(scales).size).toBe(scales.length);
    expect(scales.at(-1)).toBe(3);
    // The draft that waited overtakes trainings, not what was interrupted.
    await until(server, waiting.id, ({ status }) => status === 'succeeded');
    const list = panoramaListSchema.parse(await (await server.call('/v1/panoramas')).json());
    expect(list.panoramas.map((panorama) => panorama.id)).toEqual([waiting.id, id, undisturbed.id]);
  });

  it('[LAST2] runs a job again whose process is killed, and fails it as crashed the second time', async () => {
    const folder = await newFolder();
    const { server } = await start(folder);
    const { id } = await put(server, photo, TRAINED);
    await until(server, id, ({ status, phase }) => status === 'running' && phase !== null);
    const killed = jobPid(server);
    process.kill(killed, 'SIGKILL');
    await vi.waitUntil(() => jobPid(server) !== killed, 10_000);
    expect((await until(server, id, ({ status }) => status === 'succeeded')).error).toBe(null);

    // At once, before any step is finished: the draft is painted after half a second.
    const poison = await put(server, photo, { ...TRAINED, seed: 9 });
    const starts = () =>
      server.log.filter(({ msg, panorama }) => msg === 'started' && panorama === poison.id);
    for (let kills = 0; kills < 2; kills++) {
      await vi.waitUntil(() => starts().length > kills, { timeout: 10_000, interval: 10 });
      process.kill(Number(starts()[kills]?.['pid']), 'SIGKILL');
    }
    const failed = await until(server, poison.id, ({ status }) => hasEnded(status));
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'crashed' } });
    expect(failed.error?.message).toMatch(/killed.*twice; a smaller/);
    // The queue goes on.
    const next = await put(server, photo, DRAFT);
    await until(server, next.id, ({ status }) => status === 'succeeded');
  });

  it('[LAST3] keeps the order of what waits over a restart', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    // Keeps the queue waiting.
    await put(first.server, photo, { ...TRAINED, training: { epochs: 1000 } });
    const ids: string[] = [];
    for (let seed = 1; seed <= 6; seed++) ids.push((await put(first.server, photo, { ...DRAFT, seed })).id);
    first.child.kill('SIGKILL');
    await first.gone;
    const { server } = await start(folder);
    const list = panoramaListSchema.parse(await (await server.call('/v1/panoramas')).json());
    const running = list.panoramas.find(({ request }) => request.preset === 'fast')?.id ?? '';
    await server.call(`/v1/panoramas/${running}/cancel`, { method: 'POST' });
    for (const id of ids) await until(server, id, ({ status }) => status === 'succeeded');
    const ends = await Promise.all(ids.map(async (id) => (await get(server, id)).endedAt));
    expect(ends).toEqual(ends.toSorted());
  });

  it('[LAST3] hands back what runs when it is told to stop, and goes on with it first', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    const { id } = await put(first.server, photo, { ...TRAINED, seed: 4 });
    const other = await put(first.server, photo, { ...TRAINED, seed: 5 });
    await until(first.server, id, ({ progress }) => (progress.scale ?? 0) >= 2);
    const pid = jobPid(first.server);
    const stream = await first.server.call(`/v1/panoramas/${id}/events`);
    first.child.kill('SIGTERM');
    expect(await first.gone).toBe(0);
    expect(processLives(pid)).toBe(false);
    expect(await stream.text()).toContain('event: panorama');
    expect(await readdir(folder)).not.toContain('lock');

    const { server } = await start(folder);
    const again = await get(server, id);
    expect(['queued', 'running']).toContain(again.status);
    await until(server, id, ({ status }) => status === 'succeeded');
    expect((await get(server, other.id)).status).not.toBe('succeeded');
    const scales = await trainedScales(server, id);
    expect(new Set(scales).size).toBe(scales.length);
  });

  it('[LAST4] makes a lost or damaged database anew from the folders, history included', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    const done = await put(first.server, photo, DRAFT);
    const finished = await until(first.server, done.id, ({ status }) => status === 'succeeded');
    const open = await put(first.server, photo, TRAINED);
    const canceled = await put(first.server, photo, { ...TRAINED, seed: 2 });
    await first.server.call(`/v1/panoramas/${canceled.id}/cancel`, { method: 'POST' });
    first.child.kill('SIGKILL');
    await first.gone;
    for (const name of ['base', 'global', 'pg_wal'])
      await rm(join(folder, 'database', name), { recursive: true });

    const { server } = await start(folder);
    expect(await get(server, done.id)).toEqual(finished);
    expect((await get(server, canceled.id)).status).toBe('canceled');
    await until(server, open.id, ({ status }) => status === 'succeeded');
    expect((await readdir(folder)).some((name) => name.startsWith('database.damaged-'))).toBe(true);
  });

  it.runIf(process.platform === 'linux')('[LAST4] puts no database aside for a file beside it', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    const done = await put(first.server, photo, DRAFT);
    const finished = await until(first.server, done.id, ({ status }) => status === 'succeeded');
    const canceled = await put(first.server, photo, TRAINED);
    await first.server.call(`/v1/panoramas/${canceled.id}/cancel`, { method: 'POST' });
    first.child.kill('SIGKILL');
    await first.gone;
    // As a kill before that was kept leaves it, and a disk that is failing.
    await rm(join(folder, 'jobs', canceled.id, 'ended.json'), { force: true });
    const unreadable = join(folder, 'jobs', done.id, 'loop');
    await symlink('loop', unreadable);

    const failing = run(['--data-dir', folder, '--port', '0', '--token', TOKEN]);
    expect(await failing.gone).toBe(2);
    expect(failing.stderr()).toContain(`reading the panoramas: the system refused it (ELOOP) ${unreadable}`);
    await rm(unreadable);
    const { server } = await start(folder);
    expect(await get(server, done.id)).toEqual(finished);
    expect((await get(server, canceled.id)).status).toBe('canceled');
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('damaged'));
    expect(await readdir(join(folder, 'jobs', canceled.id))).toContain('ended.json');
  });

  it('[LAST5] takes up what was accepted but not yet queued, and forgets what was half forgotten', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    const kept = await put(first.server, photo, DRAFT);
    await until(first.server, kept.id, ({ status }) => status === 'succeeded');
    const forgotten = await put(first.server, photo, { ...DRAFT, seed: 2 });
    await until(first.server, forgotten.id, ({ status }) => status === 'succeeded');
    first.child.kill('SIGTERM');
    await first.gone;
    // As a kill between the two steps of forgetting, and of accepting, leaves it.
    const id = '11111111-1111-4111-8111-111111111111';
    const jobs = join(folder, 'jobs');
    await rm(join(jobs, forgotten.id), { recursive: true });
    await cp(join(jobs, kept.id), join(jobs, id), { recursive: true });
    for (const name of ['ended.json', 'variant-0']) await rm(join(jobs, id, name));
    await writeFile(join(folder, 'uploads', 'half'), 'received');

    const { server } = await start(folder);
    await until(server, id, ({ status }) => status === 'succeeded');
    expect((await server.call(`/v1/panoramas/${forgotten.id}`)).status).toBe(404);
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  });
});
