import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeOnEach, type OpenedDatabase } from '../database/opened.testing.ts';
import { Queue } from './queue.ts';

describeOnEach('the queue', (openNew) => {
  let opened: OpenedDatabase;
  let queue: Queue;
  let delivered: string[];
  let onJob: (id: string) => Promise<void>;

  beforeEach(async () => {
    opened = await openNew();
    delivered = [];
    onJob = () => Promise.resolve();
    queue = await Queue.open({
      database: opened.database,
      jobs: 1,
      onJob(id) {
        delivered.push(id);
        return onJob(id);
      },
      onError(error) {
        throw error;
      },
    });
    // As at the server's start. Its first use asks the database for more than the transaction of an addition may.
    await queue.replace([]);
  });

  afterEach(async () => {
    await queue.close();
    await opened.close();
  });

  const deliveries = (count: number) => vi.waitFor(() => expect(delivered).toHaveLength(count), 30_000);

  it('[DATA2] delivers by priority what was added in transactions, and what is handed back again', async () => {
    const { database } = opened;
    const [low, high, dropped] = [randomUUID(), randomUUID(), randomUUID()];
    await database.transaction((sql) => queue.add({ id: low, priority: 0 }, sql));
    await database.transaction((sql) => queue.add({ id: high, priority: 10 }, sql));
    const failed = database.transaction(async (sql) => {
      await queue.add({ id: dropped, priority: 20 }, sql);
      throw new Error('not added after all');
    });
    await expect(failed).rejects.toThrow('not added after all');
    onJob = () => (delivered.length === 1 ? Promise.reject(new Error('handed back')) : Promise.resolve());
    await queue.work();
    await deliveries(3);
    expect(delivered[0]).toBe(high);
    expect(delivered.slice(1).toSorted()).toEqual([low, high].toSorted());
  });

  it('[DATA2] holds what it is told to, the oldest first', async () => {
    const { database } = opened;
    await queue.add({ id: randomUUID(), priority: 0 }, database);
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    const day = (date: number) => new Date(Date.UTC(2026, 0, date));
    await queue.replace([
      { id: a, priority: 0, createdAt: day(2) },
      { id: b, priority: 0, createdAt: day(1) },
      { id: c, priority: 0, createdAt: day(3) },
    ]);
    await queue.remove(c);
    await queue.work();
    await deliveries(2);
    expect(delivered).toEqual([b, a]);
    await queue.add({ id: c, priority: 0 }, database);
    await deliveries(3);
    expect(delivered[2]).toBe(c);
  });
});
