/** Several servers on one PostgreSQL and one store, as processes: two that answer clients, three that work. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PanoramaClient } from '../shared/client.ts';
import type { Panorama, StreamEvent } from '../shared/protocol.ts';
import { hasEnded } from '../shared/protocol.ts';
import { startS3Server, type S3Server } from './blobs/s3-server.testing.ts';
import { administer, createDatabase, startCluster, type Cluster } from './database/postgres.testing.ts';
import { newDataFolder, PROGRAMS, removeFolder, smallPhoto } from './server.testing.ts';

const TOKEN = 'a-token-for-several-servers';
const TRAINED = { width: 160, height: 60, training: { epochs: 100, maxSize: 100 } } as const;
const DRAFT = { width: 64, height: 32, preset: 'draft' } as const;

interface Server {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly gone: Promise<number | NodeJS.Signals | null>;
  /** Once it is ready. */
  readonly url: () => string;
  readonly client: () => PanoramaClient;
}

const cluster: Cluster | null = await startCluster();
let s3: S3Server;
let databaseUrl: string;
const servers: Server[] = [];
const folders: string[] = [];

beforeAll(async () => {
  s3 = await startS3Server();
});

afterAll(async () => {
  await s3.close();
  await cluster?.remove();
});

afterEach(async () => {
  for (const { child, gone } of servers.splice(0)) {
    child.kill('SIGKILL');
    await gone;
  }
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

async function run(role: 'api' | 'worker', settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = await newDataFolder();
  folders.push(folder);
  const env = {
    PATH: process.env['PATH'],
    HOME: tmpdir(),
    ROLE: role,
    PORT: '0',
    HOST: '127.0.0.1',
    TOKEN,
    DATA_DIR: join(folder, 'own'),
    DATABASE_URL: databaseUrl,
    BLOBS: s3.place,
    RATE_LIMIT: '0',
    ENGINE: 'cpu',
    ...s3.env,
    ...settings,
  };
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.js', PROGRAMS))], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const gone = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const url = (): string => `http://127.0.0.1:${/"port":(\d+)/.exec(stderr)?.[1]}`;
  const client = () => new PanoramaClient({ url: url(), token: TOKEN });
  const server = { child, stderr: () => stderr + stdout, gone, url, client };
  servers.push(server);
  return server;
}

async function start(
  role: 'api' | 'worker',
  settings: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const server = await run(role, settings);
  const ready = () => server.stderr().includes('"msg":"ready"') || server.child.exitCode !== null;
  await vi.waitUntil(ready, { timeout: 60_000, interval: 20 });
  expect(server.child.exitCode, server.stderr()).toBe(null);
  return server;
}

const logOf = ({ stderr }: Server): Record<string, unknown>[] =>
  stderr()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function followed(client: PanoramaClient, id: string): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of client.watch(id, AbortSignal.timeout(200_000))) events.push(event);
  return events;
}

const endOf = (events: readonly StreamEvent[]): Panorama | undefined =>
  events.flatMap((event) => (event.type === 'panorama' ? [event.panorama] : [])).at(-1);
const scalesOf = (events: readonly StreamEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'scale' ? [event.scale] : []));

describe.skipIf(!cluster)('several servers', () => {
  beforeEach(async () => {
    databaseUrl = await createDatabase(cluster?.url ?? '');
  });

  it('[SCALE1] make what was put anywhere, told and shown everywhere, with one training for one photo', async () => {
    const [a, b] = [await start('api'), await start('api')];
    const workers = await Promise.all([1, 2, 3].map((n) => start('worker', { WORKER_NAME: `worker-${n}` })));
    const photo = new Blob([await smallPhoto(7)]);
    const ids = Array.from({ length: 6 }, () => randomUUID());
    const requests = [TRAINED, { ...TRAINED, seed: 2 }, { ...TRAINED, width: 120 }, DRAFT, DRAFT, DRAFT];
    await Promise.all(
      ids.map((id, index) => (index % 2 === 0 ? a : b).client().put(id, photo, requests[index] ?? DRAFT)),
    );
    // Each is followed at the other server.
    const all = await Promise.all(ids.map((id, index) => followed((index % 2 === 0 ? b : a).client(), id)));
    expect(all.map(endOf).map((panorama) => panorama?.status)).toEqual(ids.map(() => 'succeeded'));
    const trained = all.flatMap(scalesOf);
    expect(trained.length).toBeGreaterThan(2);
    expect(new Set(trained).size).toBe(trained.length);

    for (const id of ids.slice(0, 3)) {
      const [here, there] = [await a.client().variant(id, 1), await b.client().variant(id, 1)];
      expect(here.size).toBeGreaterThan(1000);
      expect(Buffer.from(await here.arrayBuffer()).equals(Buffer.from(await there.arrayBuffer()))).toBe(true);
    }
    expect((await b.client().list()).panoramas.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const busy = workers.filter((worker) => logOf(worker).some(({ msg }) => msg === 'started'));
    expect(busy.length).toBeGreaterThan(1);
    await a.client().delete(ids[0] ?? '');
    await expect(b.client().get(ids[0] ?? '')).rejects.toThrow('there is none of this id');
  });

  it('[SCALE2] go on with a training, from its last finished scale, whose worker was killed', async () => {
    const api = await start('api');
    const first = await start('worker');
    const id = randomUUID();
    await api.client().put(id, new Blob([await smallPhoto(8)]), TRAINED);
    const following = followed(api.client(), id);
    const trains = async () => (await api.client().get(id)).progress.scale === 2;
    await vi.waitUntil(trains, { timeout: 100_000, interval: 50 });
    const second = await start('worker');
    first.child.kill('SIGKILL');
    const events = await following;
    expect(endOf(events)?.status).toBe('succeeded');
    expect(scalesOf(events)).toEqual(scalesOf(events).map((_, index) => index + 1));
    expect(logOf(second).filter(({ msg, panorama }) => msg === 'ended' && panorama === id)).toHaveLength(1);
  });

  it('[SCALE3] hand back at SIGTERM what does not end within DRAIN_SECONDS, and another one takes it at once', async () => {
    const api = await start('api');
    const first = await start('worker', { DRAIN_SECONDS: '0' });
    const id = randomUUID();
    await api.client().put(id, new Blob([await smallPhoto(9)]), TRAINED);
    const trains = async () => (await api.client().get(id)).phase === 'train';
    await vi.waitUntil(trains, { timeout: 100_000, interval: 50 });
    first.child.kill('SIGTERM');
    expect(await first.gone).toBe(0);
    expect((await api.client().get(id)).status).toBe('queued');
    await start('worker');
    await vi.waitUntil(async () => hasEnded((await api.client().get(id)).status), {
      timeout: 200_000,
      interval: 100,
    });
    expect((await api.client().get(id)).status).toBe('succeeded');
  });

  it('[SCALE4] answer 503 while the database is away, are not ready, and go on when it is back', async () => {
    const api = await start('api');
    const worker = await start('worker');
    const id = randomUUID();
    const photo = new Blob([await smallPhoto(10)]);
    await api.client().put(id, photo, TRAINED);
    const runs = async () => (await api.client().get(id)).status === 'running';
    await vi.waitUntil(runs, { timeout: 60_000, interval: 50 });
    await cluster?.stop('immediate');
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`${api.url()}/v1/panoramas/${id}`, { headers });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error: { code: 'database-away' } });
    expect((await fetch(`${api.url()}/readyz`)).status).toBe(503);
    expect((await fetch(`${worker.url()}/readyz`)).status).toBe(503);
    expect((await fetch(`${worker.url()}/healthz`)).status).toBe(200);
    await cluster?.start();
    const ends = async () => hasEnded((await api.client().get(id)).status);
    await vi.waitUntil(ends, { timeout: 200_000, interval: 200 });
    expect((await api.client().get(id)).status).toBe('succeeded');
    expect(worker.child.exitCode).toBe(null);
  });

  it('[SCALE5] end at start with one line where the database, the store or the schema is not to be had', async () => {
    const ends = async (settings: Readonly<Record<string, string>>): Promise<string> => {
      const server = await run('worker', settings);
      expect(await server.gone, server.stderr()).toBe(2);
      const lines = server
        .stderr()
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('{'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toContain('secret-password');
      return lines[0] ?? '';
    };
    const wrong = new URL(databaseUrl);
    wrong.password = 'secret-password';
    expect(await ends({ DATABASE_URL: wrong.href })).toMatch(/^panorama server: database/);
    expect(await ends({ BLOBS: 's3://no-such-bucket' })).toMatch(/^panorama server: .*no-such-bucket/);
    expect(await ends({ AWS_ACCESS_KEY_ID: 'SOMEBODY' })).toMatch(/^panorama server: .*credentials/);
    expect(await ends({ DATABASE_URL: '' })).toMatch(/^panorama server: ROLE.*DATABASE_URL/);
    await start('api');
    await administer(databaseUrl, 'UPDATE panorama.schema_version SET version = version + 1');
    expect(await ends({})).toMatch(/^panorama server: database: expected schema version/);
    await administer(databaseUrl, 'UPDATE panorama.schema_version SET version = version - 1');
  });

  it('[SCALE6] tell a worker’s figures, and nothing of panoramas', async () => {
    const worker = await start('worker');
    const headers = { authorization: `Bearer ${TOKEN}` };
    const figures = await (await fetch(`${worker.url()}/metrics`, { headers })).text();
    expect(figures).toMatch(/^panorama_running_jobs 0$/m);
    expect(figures).toMatch(/^panorama_workers 1$/m);
    expect((await fetch(`${worker.url()}/metrics`)).status).toBe(401);
    expect((await fetch(`${worker.url()}/v1/panoramas`, { headers })).status).toBe(404);
  });
});
