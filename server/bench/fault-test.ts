/**
 * `npm run fault-test`: sends jobs to an API process, which workers on one PostgreSQL make, while a random worker is
 * killed again and again and PostgreSQL is restarted, and sees that every panorama is made, once, and rightly.
 *
 * The jobs are small: drafts, and trainings of a few photos, most of which find their model made by another job.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requireRequest, type PanoramaRequest } from '../../shared/request.ts';
import {
  administer,
  createDatabase,
  NO_POSTGRES,
  startCluster,
  type Cluster,
} from '../database/postgres.testing.ts';
import { decodePicture } from '../images/decode.ts';
import { encodePicture } from '../images/encode.ts';
import { resample } from '../images/resample.ts';
import { ModelStore } from '../models/model-store.ts';
import { makePanorama } from '../panorama/make-panorama.ts';
import { partOf } from './part-of.ts';
import { freePort, pause, startServerProcess, type ServerProcess } from './server-process.ts';

const PHOTO = new URL('../../examples/mountain-pass.jpg', import.meta.url);
const PART = { width: 96, height: 72 };
/** So many jobs have the same photo and request; each photo has two requests, and so one model for twice as many. */
const ALIKE = 10;
/** How often it is looked at what moves. */
const LOOK_MS = 250;
/** Far more than it takes, for a machine that is busy with other things. */
const END_MS = 2 * 60 * 60 * 1000;

/** What the database itself writes down: each start of a run, and each end. */
const AUDIT = [
  'CREATE TABLE audit (id uuid, what text)',
  `CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.run IS NOT NULL AND NEW.run IS DISTINCT FROM OLD.run THEN INSERT INTO audit VALUES (NEW.id, 'run'); END IF;
    IF NEW.status <> OLD.status AND NEW.ended_at IS NOT NULL THEN INSERT INTO audit VALUES (NEW.id, NEW.status); END IF;
    RETURN NULL;
  END $$`,
  'CREATE TRIGGER audit AFTER UPDATE ON panorama.panoramas FOR EACH ROW EXECUTE FUNCTION audit()',
];

interface Kind {
  readonly photo: Uint8Array<ArrayBuffer>;
  readonly request: PanoramaRequest;
  /** As it is made where nothing happens. */
  readonly picture: Buffer;
}

interface Job {
  readonly id: string;
  readonly kind: Kind;
}

interface Looked {
  readonly id: string;
  readonly status: string;
  /** Of all that moves in it. */
  readonly state: string;
}

/** How long jobs that run were seen not to move. */
class Stalls {
  longestMs = 0;
  private moved = new Map<string, { state: string; at: number }>();

  see(running: readonly Looked[]): void {
    const now = performance.now();
    this.moved = new Map(
      running.map(({ id, state }) => {
        const before = this.moved.get(id);
        const at = before?.state === state ? before.at : now;
        this.longestMs = Math.max(this.longestMs, now - (before?.at ?? now));
        return [id, { state, at }];
      }),
    );
  }
}

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '500' },
    workers: { type: 'string', default: '3' },
    'kill-every': { type: 'string', default: '5' },
    restarts: { type: 'string', default: '2' },
  },
});
const count = wholeNumber('jobs', values.jobs, 1);
const workerCount = wholeNumber('workers', values.workers, 1);
const killEverySeconds = wholeNumber('kill-every', values['kill-every'], 1);
const restarts = wholeNumber('restarts', values.restarts, 0);

const cluster = await startCluster();
if (!cluster) {
  console.error(NO_POSTGRES);
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), 'panorama-fault-'));
try {
  process.exitCode = (await test(cluster)) ? 0 : 1;
} finally {
  await cluster.remove();
  await rm(folder, { recursive: true, force: true });
}
process.exit();

function wholeNumber(name: string, text: string, least: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= least) return number;
  console.error(`fault-test: --${name}: expected a whole number from ${least}, got ${JSON.stringify(text)}`);
  process.exit(2);
}

async function test(postgres: Cluster): Promise<boolean> {
  const kinds = await makeKinds(Math.ceil(count / ALIKE));
  console.log(`${count} jobs of ${kinds.length} kinds, each made undisturbed first`);
  const jobs = Array.from({ length: count }, (_, index): Job => {
    const kind = kinds[index % kinds.length];
    if (!kind) throw new Error('fault-test: no kinds');
    return { id: randomUUID(), kind };
  });

  const url = await createDatabase(postgres.url);
  const shared = { 'database-url': url, blobs: join(folder, 'blobs') };
  const start = async (name: string, settings: Record<string, string | number>): Promise<ServerProcess> =>
    startServerProcess(join(folder, name), await freePort(), { ...shared, ...settings });
  const api = await start('api', { role: 'api', 'max-queue': 2 * count });
  for (const statement of AUDIT) await administer(url, statement);
  const startWorker = (index: number): Promise<ServerProcess> =>
    start(`worker-${index}`, { role: 'worker', 'worker-name': `worker-${index}`, engine: 'cpu' });
  const workers = await Promise.all(Array.from({ length: workerCount }, (_, index) => startWorker(index)));

  const began = performance.now();
  const sending = send(api, jobs);
  const stalls = new Stalls();
  let [kills, restarted, ended] = [0, 0, 0];
  let nextKill = began + killEverySeconds * 1000;
  let slowestRestart = 0;
  const comingBack = new Map<number, Promise<void>>();
  while (ended < count && performance.now() - began < END_MS) {
    await pause(LOOK_MS);
    const looked = await look(url);
    if (looked === null) continue;
    ended = looked.ended;
    stalls.see(looked.running);
    if (restarted < restarts && ended >= ((restarted + 1) * count) / (restarts + 1)) {
      restarted++;
      await postgres.restart('immediate');
      console.log(`${ended} made: PostgreSQL restarted`);
    }
    const free = workers.map((_, index) => index).filter((index) => !comingBack.has(index));
    const victim = free[Math.floor(Math.random() * free.length)];
    if (performance.now() < nextKill || victim === undefined) continue;
    nextKill += killEverySeconds * 1000;
    kills++;
    const back = (async () => {
      await workers[victim]?.kill('SIGKILL');
      const worker = await startWorker(victim);
      workers[victim] = worker;
      slowestRestart = Math.max(slowestRestart, worker.readyMs);
      comingBack.delete(victim);
    })();
    comingBack.set(victim, back);
    if (kills % 20 === 0) console.log(`${ended} made, ${kills} workers killed`);
  }
  await sending;
  await Promise.all(comingBack.values());
  const minutes = (performance.now() - began) / 60_000;

  const problems = await examine(api, url, jobs);
  const runs = await audited(url, 'run');
  await Promise.all([...workers, api].map((server) => server.kill('SIGTERM')));
  const tries = [...runs.values()].reduce((sum, number) => sum + number, 0);
  console.log(
    [
      `${count} jobs, ${workerCount} workers, ${kills} workers killed, PostgreSQL restarted ${restarted} times, ${minutes.toFixed(1)} minutes`,
      `runs: ${tries}, of which ${tries - runs.size} again; most for one job: ${Math.max(...runs.values())}`,
      `longest stall of a running job: ${(stalls.longestMs / 1000).toFixed(1)} s; slowest start of a worker: ${(slowestRestart / 1000).toFixed(1)} s`,
      problems.length === 0
        ? 'all succeeded, once in history, each with the right picture'
        : `${problems.length} problems`,
      ...problems.map((problem) => `  ${problem}`),
    ].join('\n'),
  );
  return problems.length === 0;
}

/** A part of the photo for every two kinds, of which one in five is a draft. */
async function makeKinds(number: number): Promise<Kind[]> {
  const photo = await resample(await decodePicture(await readFile(PHOTO)), 400, 300);
  const models = ModelStore.inFolder(join(folder, 'undisturbed'));
  const kinds: Kind[] = [];
  for (let index = 0; index < number; index++) {
    const part = Math.floor(index / 2);
    const x = (part * 37) % (photo.width - PART.width);
    const y = (part * 53) % (photo.height - PART.height);
    const bytes = Uint8Array.from(await encodePicture(partOf(photo, { x, y, ...PART }), 'png'));
    const preset =
      index % 5 === 4 ? { preset: 'draft' as const } : { training: { epochs: 100, maxSize: 100 } };
    const request = requireRequest({ width: 150, height: 60, seed: 1 + (index % 2), ...preset });
    kinds.push({ photo: bytes, request, picture: await undisturbed(bytes, request, models) });
  }
  return kinds;
}

async function undisturbed(photo: Uint8Array, request: PanoramaRequest, models: ModelStore): Promise<Buffer> {
  let picture: Buffer | null = null;
  await makePanorama({
    photo,
    request,
    engine: 'cpu',
    models,
    signal: new AbortController().signal,
    onEvent(event) {
      if (event.type === 'variant' && event.n === lastVariant(request)) picture = Buffer.from(event.bytes);
    },
  });
  if (picture === null) throw new Error('fault-test: a job without a picture');
  return picture;
}

function lastVariant({ preset, variants }: PanoramaRequest): number {
  return preset === 'draft' ? 0 : variants;
}

/** Sends each job until the server says that it has it. */
async function send({ client }: ServerProcess, jobs: readonly Job[]): Promise<void> {
  for (const { id, kind } of jobs) {
    for (let sent = false; !sent;) {
      sent = await client.put(id, new Blob([kind.photo]), kind.request).then(
        () => true,
        () => pause(200).then(() => false),
      );
    }
  }
}

/** Null while the database is away. */
async function look(url: string): Promise<{ ended: number; running: Looked[] } | null> {
  try {
    const rows = await administer<Looked>(
      url,
      `SELECT id, status, concat_ws(' ', fraction, sequence, phase) AS state FROM panorama.panoramas
       WHERE status IN ('running', 'succeeded', 'failed', 'canceled')`,
    );
    const running = rows.filter(({ status }) => status === 'running');
    return { ended: rows.length - running.length, running };
  } catch {
    return null;
  }
}

/** How often something happened to each panorama. */
async function audited(url: string, what: string): Promise<Map<string, number>> {
  const rows = await administer<{ id: string; times: number }>(
    url,
    `SELECT id, count(*)::integer AS times FROM audit WHERE what = '${what}' GROUP BY id`,
  );
  return new Map(rows.map(({ id, times }) => [id, times]));
}

async function examine({ client }: ServerProcess, url: string, jobs: readonly Job[]): Promise<string[]> {
  const problems: string[] = [];
  const succeeded = await audited(url, 'succeeded');
  const history = new Map<string, number>();
  for (let cursor: string | undefined; ;) {
    const page = await client.list({ limit: 100, ...(cursor !== undefined && { cursor }) });
    for (const { id } of page.panoramas) history.set(id, (history.get(id) ?? 0) + 1);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  if (history.size !== jobs.length)
    problems.push(`${history.size} of ${jobs.length} panoramas are in the history`);
  for (const { id, kind } of jobs) {
    const panorama = await client.get(id).catch(() => null);
    if (panorama?.status !== 'succeeded') {
      problems.push(`${id}: ${panorama?.status ?? 'lost'} ${panorama?.error?.message ?? ''}`);
      continue;
    }
    if (history.get(id) !== 1) problems.push(`${id}: is in the history ${history.get(id) ?? 0} times`);
    if (succeeded.get(id) !== 1) problems.push(`${id}: succeeded ${succeeded.get(id) ?? 0} times`);
    const bytes = Buffer.from(await (await client.variant(id, lastVariant(kind.request))).arrayBuffer());
    if (!bytes.equals(kind.picture)) problems.push(`${id}: another picture than undisturbed`);
  }
  return problems;
}
