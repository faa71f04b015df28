/**
 * `npm run streams-test`: opens event streams on one API process, lets their panoramas move as a worker would, and tells
 * how long events take to arrive and what memory the process has.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { administer, createDatabase, NO_POSTGRES, startCluster } from '../database/postgres.testing.ts';
import { freePort, pause, residentMebibytes, startServerProcess } from './server-process.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '2000' },
    panoramas: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
  },
});
const [streams, panoramas, seconds] = [values.streams, values.panoramas, values.seconds].map(Number) as [
  number,
  number,
  number,
];
if (![streams, panoramas, seconds].every((number) => Number.isInteger(number) && number > 0)) {
  console.error('streams-test: --streams, --panoramas, --seconds: expected whole numbers from 1');
  process.exit(2);
}

const cluster = await startCluster();
if (!cluster) {
  console.error(NO_POSTGRES);
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), 'panorama-streams-'));
try {
  await test(await createDatabase(cluster.url));
} finally {
  await cluster.remove();
  await rm(folder, { recursive: true, force: true });
}
process.exit();

async function test(url: string): Promise<void> {
  const shared = { 'database-url': url, blobs: join(folder, 'blobs'), role: 'api' };
  const api = await startServerProcess(join(folder, 'api'), await freePort(), shared);
  const before = await residentMebibytes(api.pid);
  const ids = Array.from({ length: panoramas }, () => randomUUID());
  const request = JSON.stringify({ width: 150, height: 60 });
  for (const id of ids) {
    await administer(
      url,
      `INSERT INTO panorama.panoramas (id, fingerprint, request, image, estimated_seconds, priority, created_at, status,
        started_at, run) VALUES ('${id}', '${id}', '${request}'::jsonb, '{"width": 96, "height": 72}', 10, 0, now(),
        'running', now(), gen_random_uuid())`,
    );
  }

  /** When each state was written, by its fraction. */
  const written = new Map<number, number>();
  const delays: number[] = [];
  let open = 0;
  const closing = new AbortController();
  const follow = async (id: string): Promise<void> => {
    const response = await fetch(`${api.url}/v1/panoramas/${id}/events`, {
      headers: { authorization: `Bearer ${api.token}` },
      signal: closing.signal,
    });
    if (!response.ok || !response.body)
      throw new Error(`a stream was refused with status ${response.status}`);
    open++;
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      const now = performance.now();
      for (const [, fraction] of decoder.decode(chunk, { stream: true }).matchAll(/"fraction":([\d.]+)/g)) {
        const at = written.get(Number(fraction));
        if (at !== undefined) delays.push(now - at);
      }
    }
  };
  const following = Array.from({ length: streams }, (_, index) =>
    follow(ids[index % ids.length] ?? '').catch((error: unknown) => {
      if (!closing.signal.aborted) throw error;
    }),
  );
  while (open < streams) await pause(50);
  const opened = await residentMebibytes(api.pid);

  let most = opened;
  const rounds = seconds;
  for (let round = 1; round <= rounds; round++) {
    const fraction = round / (rounds + 1);
    written.set(fraction, performance.now());
    // All at once: as many changes in a moment as a worker for each panorama would write in half a second.
    await administer(url, `UPDATE panorama.panoramas SET fraction = ${fraction}, sequence = sequence + 1`);
    await pause(1000);
    most = Math.max(most, await residentMebibytes(api.pid));
  }
  await pause(2000);
  closing.abort();
  await Promise.all(following);
  await api.kill('SIGTERM');
  delays.sort((a, b) => a - b);
  const at = (share: number): string =>
    ((delays[Math.floor(share * (delays.length - 1))] ?? NaN) / 1000).toFixed(2);
  console.log(
    [
      `${streams} streams of ${panoramas} panoramas, all of which move ${rounds} times`,
      `memory: ${before.toFixed(0)} MiB before, ${opened.toFixed(0)} MiB with the streams open, at most ${most.toFixed(0)} MiB`,
      `events: ${delays.length} of ${streams * rounds}; median ${at(0.5)} s, 99 % ${at(0.99)} s, slowest ${at(1)} s`,
    ].join('\n'),
  );
}
