import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Panorama } from '../../shared/protocol.ts';
import type { Database } from '../database/database.ts';
import type { Record, Records } from './records.ts';
import { Watches, type WatchItem } from './watch.ts';

const ID = 'the-panorama';

/** Its records are read when the test says so. */
class Reads {
  readonly waiting: { resolve: (record: Record) => void; reject: (error: Error) => void }[] = [];

  readonly records = {
    get: () => new Promise((resolve, reject) => this.waiting.push({ resolve, reject })),
    scalesAfter: () => Promise.resolve([]),
  } as unknown as Records;

  async answer(fraction: number): Promise<void> {
    this.waiting.shift()?.resolve(recordOf(fraction));
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(): Promise<void> {
    this.waiting.shift()?.reject(new Error('it cannot be read'));
    await vi.advanceTimersByTimeAsync(0);
  }
}

const recordOf = (fraction: number): Record => ({
  panorama: { id: ID, status: 'running', progress: { fraction }, endedAt: null } as unknown as Panorama,
  fingerprint: '',
  owner: '',
  webhook: null,
  sequence: 1,
});

describe('those who watch', () => {
  const errors: unknown[] = [];
  let reads: Reads;
  let changed: () => void;
  let told: number[];
  let close: () => Promise<void>;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    errors.length = 0;
    reads = new Reads();
    told = [];
    const listeners = new Map<string, (payload: string) => void>();
    const database = {
      listen: (channel: string, listener: (payload: string) => void) => {
        listeners.set(channel, listener);
        return Promise.resolve(() => Promise.resolve());
      },
    } as unknown as Database;
    const opened = await Watches.open(database, reads.records, (error) => errors.push(error));
    close = opened.close;
    changed = () => listeners.get('panorama')?.(ID);
    void collect(opened.watches.follow(ID, 0, new AbortController().signal));
    await reads.answer(0);
    expect(told).toEqual([0]);
  });

  afterEach(async () => {
    await close();
    vi.useRealTimers();
  });

  async function collect(items: AsyncIterable<WatchItem>): Promise<void> {
    for await (const item of items) {
      if (item !== 'heartbeat' && item.event.type === 'panorama')
        told.push(item.event.panorama.progress.fraction);
    }
  }

  it('[SSE1] read one state after the other, however long a read takes, and the latest in the end', async () => {
    changed();
    for (let i = 0; i < 5; i++) {
      changed();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(reads.waiting).toHaveLength(1);
    await reads.answer(0.1);
    expect(reads.waiting).toHaveLength(1);
    await reads.answer(0.2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reads.waiting).toHaveLength(0);
    expect(told).toEqual([0, 0.1, 0.2]);
  });

  it('[SSE1] are told a change that could not be read, once it can be', async () => {
    changed();
    await reads.fail();
    await reads.fail();
    expect(errors).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4000);
    expect(reads.waiting).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2000);
    await reads.answer(0.3);
    expect(told).toEqual([0, 0.3]);
  });
});
