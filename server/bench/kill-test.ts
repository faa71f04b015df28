/**
 * `npm run kill-test`: kills the server, the process of its job, and both, at random moments over a set of jobs, and
 * sees that every acknowledged panorama is made, once, rightly, and without training a scale again.
 *
 * A job whose process crashes twice without finishing a step has failed, as it should; so of the processes no one is
 * killed that was killed before.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasEnded, type Panorama } from '../../shared/protocol.ts';
import { requireRequest, type PanoramaRequest } from '../../shared/request.ts';
import { decodePicture } from '../images/decode.ts';
import { encodePicture } from '../images/encode.ts';
import { resample } from '../images/resample.ts';
import { ModelStore } from '../models/model-store.ts';
import { makePanorama } from '../panorama/make-panorama.ts';
import { processLives } from '../disk/process-lives.ts';
import { partOf } from './part-of.ts';
import { freePort, pause, startServerProcess, type ServerProcess } from './server-process.ts';

const VICTIMS = ['server', 'job', 'both'] as const;
type Victim = (typeof VICTIMS)[number];

const PHOTO = new URL('../../examples/mountain-pass.jpg', import.meta.url);
/** Every job has a part of the photo of its own, and so a training of its own. */
const PART = { width: 120, height: 90 };
/** Longer than a step of a job, shorter than a job. */
const DELAY_MS = { min: 300, max: 5000 };
/** Far more than it takes, for a machine that is busy with other things. */
const END_MS = 60 * 60 * 1000;

interface Job {
  readonly id: string;
  readonly photo: Uint8Array<ArrayBuffer>;
  readonly request: PanoramaRequest;
}

interface Summary {
  readonly victim: Victim;
  readonly kills: number;
  readonly jobs: number;
  readonly problems: readonly string[];
  /** Kills that met a job in its training. */
  readonly inTraining: number;
  readonly longestRestartMs: number;
}

const { values } = parseArgs({ options: { kills: { type: 'string', default: '20' } } });
const kills = Number(values.kills);
if (!(Number.isInteger(kills) && kills > 0)) throw new Error('--kills: expected a whole number from 1');

const jobs = await makeJobs(kills + 4);
console.log(`${jobs.length} jobs, made undisturbed first`);
const wanted = await makeUndisturbed(jobs);
const summaries: Summary[] = [];
for (const victim of VICTIMS) {
  const summary = await test(victim);
  summaries.push(summary);
  const { problems, inTraining, longestRestartMs } = summary;
  console.log(
    `${victim.padEnd(7)} ${summary.kills} kills (${inTraining} in training) over ${summary.jobs} jobs, longest restart ` +
      `${(longestRestartMs / 1000).toFixed(1)} s: ${problems.length === 0 ? 'all made once and rightly, no scale twice' : `${problems.length} problems`}`,
  );
  for (const problem of problems) console.log(`  ${problem}`);
}
process.exit(summaries.some(({ problems }) => problems.length > 0) ? 1 : 0);

async function makeJobs(count: number): Promise<Job[]> {
  const photo = await resample(await decodePicture(await readFile(PHOTO)), 400, 300);
  const request = requireRequest({ width: 200, height: 80, training: { epochs: 100, maxSize: 100 } });
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const x = Math.floor((index * (photo.width - PART.width)) / count);
      const y = (index * 53) % (photo.height - PART.height);
      const bytes = await encodePicture(partOf(photo, { x, y, ...PART }), 'png');
      return { id: randomUUID(), photo: Uint8Array.from(bytes), request };
    }),
  );
}

/** Each job's picture as it is made where nothing happens. */
async function makeUndisturbed(all: readonly Job[]): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'panorama-undisturbed-'));
  const pictures = new Map<string, Buffer>();
  try {
    for (const { id, photo, request } of all) {
      await makePanorama({
        photo,
        request,
        engine: 'cpu',
        models: ModelStore.inFolder(folder),
        signal: new AbortController().signal,
        onEvent(event) {
          if (event.type === 'variant' && event.n === 1) pictures.set(id, Buffer.from(event.bytes));
        },
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return pictures;
}

async function test(victim: Victim): Promise<Summary> {
  const folder = await mkdtemp(join(tmpdir(), `panorama-kill-${victim}-`));
  const port = await freePort();
  let server = await startServerProcess(folder, port);
  let longestRestartMs = 0;
  let inTraining = 0;
  let done = 0;
  const spared = new Set<string>();
  // Half of them are there before the first kill, the others come while it goes on.
  const late = jobs.slice(jobs.length / 2);
  for (const job of jobs.slice(0, jobs.length / 2)) await acknowledged(() => server, job);
  const coming = (async () => {
    for (const job of late) {
      await pause(2000 * Math.random());
      await acknowledged(() => server, job);
    }
  })();

  const deadline = Date.now() + END_MS;
  while (done < kills && Date.now() < deadline) {
    await pause(DELAY_MS.min + Math.random() * (DELAY_MS.max - DELAY_MS.min));
    const running = (await all(server)).find(({ status }) => status === 'running');
    if (!running) continue;
    if (victim !== 'server') {
      if (spared.has(running.id)) continue;
      const pids = await server.jobs();
      if (pids.length === 0) continue;
      spared.add(running.id);
      for (const pid of pids) if (processLives(pid)) process.kill(pid, 'SIGKILL');
    }
    if (running.phase === 'train') inTraining++;
    if (victim !== 'job') {
      await server.kill('SIGKILL');
      server = await startServerProcess(folder, port);
      longestRestartMs = Math.max(longestRestartMs, server.readyMs);
    }
    done++;
  }
  await coming;
  while ((await all(server)).some(({ status }) => !hasEnded(status)) && Date.now() < deadline)
    await pause(500);
  const problems = await examine(server);
  await server.kill('SIGTERM');
  await rm(folder, { recursive: true, force: true });
  return { victim, kills: done, jobs: jobs.length, problems, inTraining, longestRestartMs };
}

/** Sends a job until the server says that it has it. */
async function acknowledged(server: () => ServerProcess, { id, photo, request }: Job): Promise<void> {
  for (;;) {
    try {
      await server().client.put(id, new Blob([photo]), request);
      return;
    } catch {
      await pause(200);
    }
  }
}

async function all({ client }: ServerProcess): Promise<readonly Panorama[]> {
  return (await client.list({ limit: 100 })).panoramas;
}

async function examine(server: ServerProcess): Promise<string[]> {
  const { client } = server;
  const problems: string[] = [];
  const history = await all(server);
  const ids = history.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) problems.push('a panorama is in the history twice');
  if (ids.length !== jobs.length)
    problems.push(`${ids.length} of ${jobs.length} panoramas are in the history`);
  for (const { id } of jobs) {
    const panorama = history.find((item) => item.id === id);
    if (panorama?.status !== 'succeeded') {
      problems.push(`${id}: ${panorama?.status ?? 'lost'} ${panorama?.error?.message ?? ''}`);
      continue;
    }
    const picture = Buffer.from(await (await client.variant(id, 1)).arrayBuffer());
    if (!wanted.get(id)?.equals(picture)) problems.push(`${id}: another picture than without a kill`);
    const scales: number[] = [];
    for await (const event of client.watch(id, new AbortController().signal)) {
      if (event.type === 'scale') scales.push(event.scale);
    }
    if (new Set(scales).size !== scales.length) problems.push(`${id}: trained scales ${scales.join(', ')}`);
  }
  return problems;
}
