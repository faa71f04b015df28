/** `npm run bench:server`: how the server answers under load, restarts, rests and cancels. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePicture } from '../images/decode.ts';
import { encodePicture } from '../images/encode.ts';
import { resample } from '../images/resample.ts';
import { processLives } from '../disk/process-lives.ts';
import {
  freePort,
  pause,
  residentMebibytes,
  startServerProcess,
  type ServerProcess,
} from './server-process.ts';

const PHOTO = new URL('../../examples/mountain-pass.jpg', import.meta.url);
const STREAMS = 50;
const ASKED = 500;
const QUEUED = 1000;
const TIMED_PUTS = 200;
const CANCELS = 5;

const bytes = await readFile(PHOTO);
const photo = new Blob([bytes]);
const tiny = await resample(await decodePicture(bytes), 160, 120);
const small = new Blob([Uint8Array.from(await encodePicture(tiny, 'jpeg'))]);
const folder = await mkdtemp(join(tmpdir(), 'panorama-bench-server-'));
const port = await freePort();
let server = await startServerProcess(folder, port);
console.log(`first start, database made: ${seconds(server.readyMs)}`);
await pause(5000);
console.log(`at rest: ${(await residentMebibytes(server.pid)).toFixed(0)} MiB`);

console.log(`\n${STREAMS} event streams, one job training`);
const watched = await put(server, 1, 1000);
await running(server, watched);
const readers = Array.from({ length: STREAMS }, () => new AbortController());
const streams = readers.map(({ signal }) => drain(server, watched, signal));
await pause(500);
console.log(`GET /v1/server: ${quantiles(await timed(ASKED, 20, () => server.client.server()))}`);
console.log(`server now: ${(await residentMebibytes(server.pid)).toFixed(0)} MiB`);

console.log('\nCancel until the process is gone');
for (const reader of readers) reader.abort();
await Promise.allSettled(streams);
const cancels: number[] = [];
for (let n = 0; n < CANCELS; n++) {
  const id = n === 0 ? watched : await put(server, 1, 1000 - n * 100);
  await running(server, id);
  await pause(1000);
  const pids = await server.jobs();
  const start = performance.now();
  await server.client.cancel(id);
  while (pids.some(processLives)) await pause(5);
  cancels.push(performance.now() - start);
}
console.log(`longest of ${CANCELS}: ${Math.max(...cancels).toFixed(0)} ms`);

console.log(`\n${QUEUED} jobs in the queue, one training`);
for (let n = 0; n < QUEUED; n++) await put(server, n, 1000, small);
for (const sent of [small, photo]) {
  const times = await timed(TIMED_PUTS, 0, (n) => put(server, n, 1000, sent));
  console.log(`PUT, photo of ${Math.round(sent.size / 1024)} kB: ${quantiles(times)}`);
}
console.log(`GET /v1/server: ${quantiles(await timed(ASKED, 5, () => server.client.server()))}`);
console.log(`GET /v1/panoramas: ${quantiles(await timed(50, 5, () => server.client.list({ limit: 20 })))}`);
await server.kill('SIGKILL');
server = await startServerProcess(folder, port);
console.log(`restart after kill −9: ${seconds(server.readyMs)}`);
await server.kill('SIGTERM');
await rm(folder, { recursive: true, force: true });
process.exit();

async function put({ client }: ServerProcess, seed: number, epochs: number, sent = photo): Promise<string> {
  const id = randomUUID();
  await client.put(id, sent, { width: 1440, height: 491, seed, training: { epochs } });
  return id;
}

async function running({ client }: ServerProcess, id: string): Promise<void> {
  while ((await client.get(id)).phase !== 'train') await pause(50);
}

async function drain({ client }: ServerProcess, id: string, signal: AbortSignal): Promise<void> {
  for await (const _ of client.watch(id, signal));
}

/** Milliseconds of `count` calls one after the other, `pauseMs` between them. */
async function timed(
  count: number,
  pauseMs: number,
  call: (n: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    await call(n);
    times.push(performance.now() - start);
    await pause(pauseMs);
  }
  return times;
}

function quantiles(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1)} ms`;
  return `median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} (${sorted.length} calls)`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
