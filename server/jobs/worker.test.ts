import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { requireRequest } from '../../shared/request.ts';
import { webhookSchema } from '../../shared/webhook.ts';
import { FolderBlobs } from '../blobs/folder-blobs.ts';
import { DatabaseError } from '../database/errors.ts';
import { describeOnEach, type OpenedDatabase } from '../database/opened.testing.ts';
import { UndoStack } from '../undo-stack.ts';
import { openBoss } from './boss.ts';
import { Fleet, type WorkerFacts } from './fleet.ts';
import { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import { Paces } from './paces.ts';
import { Queue } from './queue.ts';
import { priorityOf, Records, type NewRecord } from './records.ts';
import { newRecord } from './records.testing.ts';
import { Webhooks } from './webhooks.ts';
import { Worker, type WorkerOptions } from './worker.ts';

/**
 * A stand-in for the job's program: it trains for as many milliseconds as the seed says, delivers a picture, and is done;
 * one that finds its picture delivered is done at once. The first time of an odd seed the store is away.
 */
const PROGRAM = `
import { existsSync, writeFileSync } from 'node:fs';
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.send({ type: 'stopped' }, () => process.exit(1)));
process.once('message', async ({ id, request: { seed }, blobs, delivered }) => {
  const mark = blobs + '/away-' + id;
  if (seed % 2 === 1 && !existsSync(mark)) {
    writeFileSync(mark, '');
    const error = { code: 'store-away', kind: 'machine', message: 'store: away' };
    return process.send({ type: 'failed', error }, () => process.exit(1));
  }
  if (!delivered.includes(1)) {
    process.send({ type: 'progress', progress: { phase: 'train', fraction: 0.1 } });
    process.send({ type: 'variant', variant: { n: 1, width: 64, height: 64, upscaled: 1 }, preview: 'data:,' });
    await new Promise((resolve) => setTimeout(resolve, seed));
  }
  process.send({ type: 'done', report: { phases: {}, modelFound: null }, peakBytes: 1 }, () => process.exit());
});
process.send({ type: 'ready' });
`;
const LONG = 100_000;

describeOnEach('workers', (openNew) => {
  let folder: string;
  let opened: OpenedDatabase;
  let undo: UndoStack;
  let records: Records;
  let queue: Queue;
  let common: Pick<
    WorkerOptions,
    'database' | 'records' | 'files' | 'queue' | 'paces' | 'webhooks' | 'program' | 'engine'
  >;
  let happened: string[];

  const log = {
    accepted: () => undefined,
    started: (id: string) => void happened.push(`started ${id}`),
    line: (_: string, line: string) => void happened.push(`said ${line}`),
    crashed: (id: string) => void happened.push(`crashed ${id}`),
    done: () => undefined,
    ended: (id: string, status: string) => void happened.push(`${status} ${id}`),
    told: (id: string, attempt: number) => void happened.push(`told ${id} ${attempt}`),
    notTold: (id: string, attempt: number, { code }: { code: string }, seconds: number | null) =>
      void happened.push(`${code} ${id} ${attempt} ${seconds === null ? 'for good' : 'again'}`),
    evicted: () => undefined,
    warning: (message: string) => void happened.push(message),
    bug: (_: string | null, message: string) => void happened.push(`bug ${message}`),
  } as unknown as JobLog;

  beforeEach(async () => {
    undo = new UndoStack();
    happened = [];
    folder = await mkdtemp(join(tmpdir(), 'panorama-worker-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    opened = await openNew();
    undo.push(() => opened.close());
    const { database } = opened;
    const { boss, close } = await openBoss(database, (error) => void happened.push(String(error)));
    undo.push(close);
    records = new Records(database, () => 1);
    queue = await Queue.open(boss, database);
    const webhooks = await Webhooks.open(boss, database, records, log);
    const program = join(folder, 'program.mjs');
    await writeFile(program, PROGRAM);
    const files = await JobFiles.open(new FolderBlobs(folder), folder);
    const paces = await Paces.load(database);
    common = {
      database,
      records,
      files,
      queue,
      paces,
      webhooks,
      program: pathToFileURL(program),
      engine: 'cpu',
    };
  });

  afterEach(() => undo.undo());

  async function startWorker(
    changes: Partial<WorkerOptions> = {},
  ): Promise<{ worker: Worker; close: () => Promise<void> }> {
    const limits = { jobs: 1, memoryBytes: 4e9, perOwner: 100, drainMs: 0 };
    const started = await Worker.open({ ...common, name: randomUUID(), ...limits, log, ...changes });
    undo.push(started.close);
    return started;
  }

  async function add(
    ms: number,
    changes: Partial<NewRecord> = {},
    preset: 'draft' | 'fast' = 'fast',
  ): Promise<string> {
    const request = requireRequest({ width: 64, height: 64, preset, seed: ms });
    const record = newRecord({ request, createdAt: await records.now(), ...changes });
    await opened.database.transaction(async (sql) => {
      await records.insert(record, sql);
      await queue.add({ ...record, priority: priorityOf(request) }, sql);
    });
    return record.id;
  }

  const statusOf = async (id: string) => (await records.get(id))?.panorama.status;
  const untilStatus = (id: string, status: string) =>
    vi.waitFor(async () => expect(await statusOf(id), happened.join('\n')).toBe(status), {
      timeout: 60_000,
      interval: 50,
    });
  /** Told when it is written; that no more are, is seen when all is over. */
  const untilTold = (ends: number) =>
    vi.waitFor(
      () => expect(happened.filter((line) => line.startsWith('succeeded'))).toHaveLength(ends),
      10_000,
    );
  const startsOf = (ids: readonly string[]) =>
    happened.filter((line) => line.startsWith('started ')).map((line) => ids.indexOf(line.slice(8)));

  it('[WORK4] take as many jobs at once as they may, drafts before trainings, the oldest first', async () => {
    const ids = [await add(200), await add(200), await add(200), await add(200, {}, 'draft')];
    const { worker } = await startWorker({ jobs: 2 });
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, worker.running)), 5);
    for (const id of ids) await untilStatus(id, 'succeeded');
    clearInterval(watching);
    expect(startsOf(ids)).toEqual([3, 0, 1, 2]);
    expect(most).toBe(2);
    await untilTold(4);
  });

  it('[WORK5] stop a run that is canceled, wherever that is said, and go on with the next', async () => {
    const [first, second] = [await add(LONG), await add(0)];
    const { worker } = await startWorker();
    await untilStatus(first, 'running');
    expect(await records.cancel(first)).toBe(true);
    await untilStatus(second, 'succeeded');
    expect(await statusOf(first)).toBe('canceled');
    await vi.waitFor(async () => expect(await records.isReleased(first)).toBe(true), 10_000);
    await vi.waitUntil(() => worker.running === 0, 10_000);
    expect(await queue.fetch({ perOwner: 1, tooLarge: [] })).toBe(null);
  });

  it('[WORK5] stop one that is canceled before its run has begun', async () => {
    const id = await add(LONG);
    let canceled = false;
    const slow = Object.create(records, {
      start: {
        value: async (...args: Parameters<Records['start']>) => {
          const started = await records.start(...args);
          if (!canceled) canceled = await records.cancel(id);
          // What is told of it arrives before the answer.
          await new Promise((resolve) => setTimeout(resolve, 200));
          return started;
        },
      },
    }) as Records;
    const { worker } = await startWorker({ records: slow });
    await untilStatus(id, 'canceled');
    await vi.waitUntil(() => worker.running === 0, 10_000);
    expect(startsOf([id])).toEqual([]);
    expect(await opened.database.query(`SELECT FROM pgboss.job WHERE state < 'completed'`)).toEqual([]);
  });

  it('[WORK6] lose a job that is delivered again, and stop it; the other one ends it, once', async () => {
    const id = await add(LONG);
    const a = await startWorker();
    await untilStatus(id, 'running');
    const { variants } = (await vi.waitFor(async () => {
      const panorama = (await records.get(id))?.panorama;
      expect(panorama?.variants).toHaveLength(1);
      return panorama;
    }, 20_000)) ?? { variants: [] };
    expect(variants[0]?.n).toBe(1);
    // As if its lease had run out.
    await queue.add({ id, priority: 0, owner: 'somebody', memoryBytes: 1e9 }, opened.database);
    await startWorker();
    await untilStatus(id, 'succeeded');
    await vi.waitUntil(() => a.worker.running === 0, 10_000);
    await untilTold(1);
    expect(happened.filter((line) => line === `started ${id}`)).toHaveLength(2);
  });

  it('[WORK6] are not stopped by what is told of an earlier run before theirs has begun', async () => {
    // One connection does nothing else while a transaction holds it.
    if (opened.database.backend === 'pglite') return;
    await startWorker();
    const id = await opened.database.transaction(async (sql) => {
      await sql.query(`SELECT pg_advisory_xact_lock(hashtext('panorama.start'))`);
      const added = await add(0);
      const taken = async () =>
        expect(await opened.database.query(`SELECT FROM pgboss.job WHERE state = 'active'`)).toHaveLength(1);
      await vi.waitFor(taken, 20_000);
      await opened.database.query(`SELECT pg_notify('panorama_stopped', $1)`, [added]);
      // Told after it, and so after the worker has asked.
      let told = false;
      await opened.database.listen('told', () => (told = true));
      await opened.database.query(`SELECT pg_notify('told', '')`);
      await vi.waitUntil(() => told, 20_000);
      return added;
    });
    await untilStatus(id, 'succeeded');
    const tries = await opened.database.query('SELECT retry_count AS again FROM pgboss.job');
    expect(tries).toEqual([{ again: 0 }]);
    expect(startsOf([id])).toEqual([0]);
  });

  it('[WORK6] take over at once what an earlier worker of their name held', async () => {
    const id = await add(LONG);
    const other = await add(LONG);
    await startWorker({ name: 'the-same' });
    await untilStatus(id, 'running');
    await vi.waitFor(async () => expect((await records.get(id))?.panorama.variants).toHaveLength(1), 20_000);
    await startWorker({ name: 'the-same' });
    await untilStatus(id, 'succeeded');
    expect(startsOf([id, other]).slice(0, 2)).toEqual([0, 0]);
  });

  it('[WORK7] hand back what does not end in time when they stop; the next one goes on with it first', async () => {
    const id = await add(LONG);
    const { close } = await startWorker();
    await untilStatus(id, 'running');
    await vi.waitFor(async () => expect((await records.get(id))?.panorama.variants).toHaveLength(1), 20_000);
    const other = await add(0, {}, 'draft');
    await close();
    expect(await statusOf(id)).toBe('queued');
    await startWorker();
    await untilStatus(id, 'succeeded');
    await untilStatus(other, 'succeeded');
    expect(startsOf([id, other])).toEqual([0, 0, 1]);
  });

  it('[WORK7] let what runs end within the time that it is given, and take nothing more', async () => {
    const id = await add(1000);
    const { close } = await startWorker({ drainMs: 60_000 });
    await untilStatus(id, 'running');
    const other = await add(0);
    await close();
    expect([await statusOf(id), await statusOf(other)]).toEqual(['succeeded', 'queued']);
  });

  it('[WORK7] hand back also what they were taking at that moment', async () => {
    const id = await add(LONG);
    let taking: () => void = () => undefined;
    const taken = new Promise<void>((resolve) => (taking = resolve));
    const slow = Object.create(queue, {
      fetch: {
        value: async (...args: Parameters<Queue['fetch']>) => {
          const delivery = await queue.fetch(...args);
          if (delivery) taking();
          await new Promise((resolve) => setTimeout(resolve, 300));
          return delivery;
        },
      },
    }) as Queue;
    const { close, worker } = await startWorker({ queue: slow });
    await taken;
    await close();
    expect([worker.running, await statusOf(id)]).toEqual([0, 'queued']);
    expect(await queue.fetch({ perOwner: 1, tooLarge: [] })).toMatchObject({ id });
  });

  it('[WORK11] write what a run tells when the database is back that was away, and end it once', async () => {
    const id = await add(0);
    let left = 2;
    const away = Object.create(records, {
      variant: {
        value: async (...args: Parameters<Records['variant']>) => {
          if (left-- > 0) throw new DatabaseError('database-away', 'database: away');
          await records.variant(...args);
        },
      },
    }) as Records;
    await startWorker({ records: away });
    await untilStatus(id, 'succeeded');
    expect((await records.get(id))?.panorama.variants).toHaveLength(1);
    expect(startsOf([id])).toEqual([0]);
    expect(left).toBe(-1);
  });

  it('[WORK11] stop a run of which something cannot be written, and have it made again', async () => {
    const id = await add(LONG);
    let fails = true;
    const broken = Object.create(records, {
      variant: {
        value: async (...args: Parameters<Records['variant']>) => {
          if (fails) throw new Error('it cannot be written');
          await records.variant(...args);
        },
      },
    }) as Records;
    const { worker } = await startWorker({ records: broken });
    await vi.waitUntil(() => happened.some((line) => line.includes('goes back to the queue')), 20_000);
    await vi.waitUntil(() => worker.running === 0, 10_000);
    fails = false;
    // When its lease has run out.
    await vi.waitFor(async () => expect((await records.get(id))?.panorama.variants).toHaveLength(1), 40_000);
    expect(startsOf([id])).toEqual([0, 0]);
    await records.cancel(id);
  });

  it('[WORK8] leave an owner’s jobs beyond the limit, and jobs that are too large, to later and to others', async () => {
    const mine = [await add(LONG, { owner: 'me' }), await add(0, { owner: 'me' })];
    const large = await add(0, { memoryBytes: 8e9 });
    const yours = await add(0, { owner: 'you' });
    await startWorker({ jobs: 2, perOwner: 1 });
    await untilStatus(yours, 'succeeded');
    expect(await Promise.all([...mine, large].map(statusOf))).toEqual(['running', 'queued', 'queued']);
    await startWorker({ memoryBytes: 16e9, perOwner: 1 });
    await untilStatus(large, 'succeeded');
    await records.cancel(mine[0] ?? '');
    await untilStatus(mine[1] ?? '', 'succeeded');
  });

  it('[WORK8] leave to later what a larger worker left, which holds up nothing of its owner’s', async () => {
    const large = await add(LONG, { memoryBytes: 8e9 });
    const limits = { worker: 'large', perOwner: 1, memoryBytes: 16e9 };
    expect(await records.start({ id: large, run: randomUUID() }, limits)).toMatchObject({ interruptions: 0 });
    const other = await add(0);
    await startWorker({ perOwner: 1 });
    await untilStatus(other, 'succeeded');
    expect(await statusOf(large)).toBe('queued');
    expect(startsOf([large, other])).toEqual([1]);
  });

  it('[WORK9] give a job back, and try it again, whose store was away', async () => {
    const id = await add(1);
    await startWorker();
    await untilStatus(id, 'succeeded');
    expect(startsOf([id])).toEqual([0, 0]);
    expect(happened.filter((line) => line.includes('the store is away'))).toHaveLength(1);
  });

  it('[WORK10] go by the database’s clock, whatever that of their own process says', async () => {
    // An embedded database has no clock but its process's.
    if (opened.database.backend === 'pglite') return;
    const id = await add(LONG);
    const { worker } = await startWorker();
    await untilStatus(id, 'running');
    undo.push(() => void vi.useRealTimers());
    const next: string[] = [];
    for (const days of [400, -400]) {
      vi.useFakeTimers({ now: Date.now() + days * 24 * 3600 * 1000, toFake: ['Date'] });
      const { close } = await startWorker();
      next.push(await add(0));
      await untilStatus(next.at(-1) ?? '', 'succeeded');
      // Both together are longer than a lease, in which neither takes the other's.
      await new Promise((resolve) => setTimeout(resolve, 6000));
      await close();
      vi.useRealTimers();
    }
    expect([await statusOf(id), worker.running]).toEqual(['running', 1]);
    expect(startsOf([id, ...next])).toEqual([0, 1, 2]);
    for (const done of next) {
      const { startedAt, endedAt } = (await records.get(done))?.panorama ?? {};
      for (const time of [startedAt, endedAt]) {
        expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(3600 * 1000);
      }
    }
  });

  it('[FLEET1] declare themselves, are counted, and are gone when they close', async () => {
    const facts: WorkerFacts = {
      name: 'a',
      version: '1',
      engine: 'cpu',
      device: 'a processor',
      memoryBytes: 4e9,
      jobs: 3,
    };
    const { database } = opened;
    const onError = (error: unknown) => void happened.push(String(error));
    const none = await Fleet.open(database, null, onError);
    undo.push(none.close);
    expect([none.fleet.slots, none.fleet.memoryBytes, none.fleet.workers]).toEqual([1, null, []]);
    const a = await Fleet.open(database, facts, onError);
    const b = await Fleet.open(database, { ...facts, name: 'b', memoryBytes: 8e9 }, onError);
    undo.push(b.close);
    expect([b.fleet.slots, b.fleet.memoryBytes]).toEqual([6, 8e9]);
    // One that is silent takes no jobs, and may come back for a week.
    await database.query(`UPDATE panorama.workers SET seen_at = now() - interval '1 hour' WHERE name = 'b'`);
    const c = await Fleet.open(database, null, onError);
    undo.push(c.close);
    expect([c.fleet.workers, c.fleet.memoryBytes]).toEqual([[facts], 8e9]);
    await database.query(`UPDATE panorama.workers SET seen_at = now() - interval '8 days' WHERE name = 'b'`);
    await a.close();
    const d = await Fleet.open(database, null, onError);
    undo.push(d.close);
    expect([d.fleet.slots, d.fleet.memoryBytes]).toEqual([1, null]);
  });

  it('[TELL1] tell the end to who asked for it: once, signed, and again where it was not taken', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const received: { id: string; type: string; panorama: string }[] = [];
    let refuse = 1;
    const receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        const told = webhookSchema.parse(new Webhook(secret).verify(body, headers));
        received.push({ id: headers['webhook-id'] ?? '', type: told.type, panorama: told.data.id });
        response.writeHead(refuse-- > 0 ? 500 : 204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    undo.push(() => void receiver.close());
    const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    await common.webhooks.work({ secret, allowPrivate: true });
    const first = await add(0, { webhook });
    await startWorker();
    await untilStatus(first, 'succeeded');
    await vi.waitUntil(() => received.length === 2, 60_000);
    expect(received[1]).toEqual({ ...received[0], type: 'panorama.succeeded', panorama: first });
    // As if its process had ended after it had seen to the next attempt: the job is delivered again.
    await opened.database.query(
      `UPDATE pgboss.job SET state = 'retry', completed_on = NULL WHERE name = 'webhooks' AND data->>'attempt' = '1'`,
    );
    const delivered = `SELECT FROM pgboss.job WHERE name = 'webhooks' AND state = 'completed'`;
    await vi.waitFor(async () => expect(await opened.database.query(delivered)).toHaveLength(2), 20_000);
    expect(received).toHaveLength(2);
    const canceled = await add(LONG, { webhook });
    await common.webhooks.ending((sql) => records.cancel(canceled, sql), canceled);
    await vi.waitUntil(() => received.length === 3, 60_000);
    expect(received[2]).toMatchObject({ type: 'panorama.canceled', panorama: canceled });
    await vi.waitUntil(() => happened.includes(`told ${canceled} 1`), 10_000);
    expect(happened.filter((line) => /^(told|webhook)/.test(line))).toEqual([
      `webhook-refused ${first} 1 again`,
      `told ${first} 2`,
      `told ${canceled} 1`,
    ]);
  });

  it('[TELL2] tell nothing to a private address, nothing of what did not end, and nothing of what is forgotten', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const webhook = 'http://127.0.0.1:9/hook';
    const id = await add(0, { webhook });
    const failed = common.webhooks.ending(async (sql) => {
      await records.cancel(id, sql);
      throw new Error('it did not end');
    }, id);
    await expect(failed).rejects.toThrow('it did not end');
    expect(await statusOf(id)).toBe('queued');
    const forgotten = await add(0, { webhook });
    await common.webhooks.ending((sql) => records.cancel(forgotten, sql), forgotten);
    await records.remove(forgotten);
    await common.webhooks.ending((sql) => records.cancel(id, sql), id);
    await common.webhooks.work({ secret, allowPrivate: false });
    await vi.waitUntil(() => happened.some((line) => line.startsWith('webhook-')), 30_000);
    expect(happened).toEqual([`webhook-private ${id} 1 for good`]);
  });
});
