import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEach, type OpenedDatabase } from '../database/opened.testing.ts';
import { openBoss } from './boss.ts';
import { Records } from './records.ts';
import { newRecord } from './records.testing.ts';
import { Queue, type FetchLimits, type Queued } from './queue.ts';

const ANY: FetchLimits = { perOwner: 100, tooLarge: [] };
const queued = (changes: Partial<Queued> = {}): Queued => ({
  id: randomUUID(),
  priority: 0,
  owner: 'somebody',
  memoryBytes: 1e9,
  ...changes,
});

describeOnEach('the queue', (openNew) => {
  let opened: OpenedDatabase;
  let queue: Queue;
  let closeBoss: () => Promise<void>;

  beforeEach(async () => {
    opened = await openNew();
    const onError = (error: unknown) => {
      throw error;
    };
    const { boss, close } = await openBoss(opened.database, onError);
    closeBoss = close;
    queue = await Queue.open(boss, opened.database);
  });

  afterEach(async () => {
    await closeBoss();
    await opened.close();
  });

  /** The ids that are delivered one after the other until none is. */
  const deliveries = async (limits = ANY): Promise<string[]> => {
    const ids: string[] = [];
    for (;;) {
      const delivery = await queue.fetch(limits);
      if (!delivery) return ids;
      ids.push(delivery.id);
    }
  };

  it('[DATA2] delivers by priority what was added in transactions, and nothing of one that failed', async () => {
    const { database } = opened;
    const [low, high, dropped] = [queued(), queued({ priority: 10 }), queued({ priority: 20 })];
    await database.transaction((sql) => queue.add(low, sql));
    await database.transaction((sql) => queue.add(high, sql));
    const failed = database.transaction(async (sql) => {
      await queue.add(dropped, sql);
      throw new Error('not added after all');
    });
    await expect(failed).rejects.toThrow('not added after all');
    expect(await deliveries()).toEqual([high.id, low.id]);
  });

  it('[DATA2] holds what it is told to, the oldest first', async () => {
    const { database } = opened;
    await queue.add(queued(), database);
    const [a, b, c] = [queued(), queued(), queued()];
    const day = (date: number) => new Date(Date.UTC(2026, 0, date));
    await queue.replace([
      { ...a, createdAt: day(2) },
      { ...b, createdAt: day(1) },
      { ...c, createdAt: day(3) },
    ]);
    await queue.remove(c.id);
    expect(await deliveries()).toEqual([b.id, a.id]);
    await queue.add(c, database);
    expect(await deliveries()).toEqual([c.id]);
  });

  it('[QUEUE1] delivers a job again that is given back, and not one that is done', async () => {
    const job = queued();
    await queue.add(job, opened.database);
    const first = await queue.fetch(ANY);
    expect(await first?.renew()).toBe(true);
    await first?.later();
    expect(await first?.renew()).toBe(false);
    const again = () => queue.fetch(ANY);
    await expect.poll(async () => (await again())?.id, { timeout: 20_000, interval: 200 }).toBe(job.id);
    await first?.done();
    // The first delivery has no word in the second's.
    await opened.database.query(`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 hour'`);
    expect(await queue.fetch(ANY)).toBe(null);
  });

  it('[QUEUE4] takes up what waits and is missing in it, and leaves the rest alone', async () => {
    const { database } = opened;
    const records = new Records(database, () => 1);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const record = newRecord({ createdAt: await records.now() });
      await records.insert(record);
      await queue.add(queued({ id: record.id }), database);
      ids.push(record.id);
    }
    expect(await queue.restore()).toEqual([]);
    const [missing = '', ended = ''] = ids;
    for (const id of [missing, ended]) await queue.remove(id);
    await records.cancel(ended);
    expect(await queue.restore()).toEqual([missing]);
    expect(await deliveries()).toEqual([missing, ids[2]]);
  });

  it('[QUEUE2] leaves an owner’s jobs whose others run already, and goes on with another’s', async () => {
    const mine = [queued({ owner: 'me' }), queued({ owner: 'me' }), queued({ owner: 'me' })];
    const yours = queued({ owner: 'you' });
    for (const job of [...mine, yours]) await queue.add(job, opened.database);
    expect(await deliveries({ ...ANY, perOwner: 2 })).toEqual([mine[0]?.id, mine[1]?.id, yours.id]);
    expect(await deliveries()).toEqual([mine[2]?.id]);
  });

  it('[QUEUE3] leaves jobs that are too large here in their place, for another worker', async () => {
    const [large, small] = [queued({ memoryBytes: 8e9, priority: 10 }), queued()];
    for (const job of [large, small]) await queue.add(job, opened.database);
    expect(await deliveries({ ...ANY, tooLarge: [8e9] })).toEqual([small.id]);
    expect(await deliveries()).toEqual([large.id]);
  });

  it('[QUEUE5] lets a job run for longer than a day, as long as it is renewed', async () => {
    const { database } = opened;
    await queue.add(queued(), database);
    const delivery = await queue.fetch(ANY);
    const since = async () => {
      const [row] = await database.query<{ hours: number }>(
        `SELECT round(extract(epoch FROM now() - started_on) / 3600)::integer AS hours FROM pgboss.job`,
      );
      return row?.hours;
    };
    await database.query(`UPDATE pgboss.job SET started_on = now() - interval '23 hours'`);
    expect(await since()).toBe(23);
    expect(await delivery?.renew()).toBe(true);
    expect(await since()).toBe(0);
  });
});
