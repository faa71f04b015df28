import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeApi, unreachable } from '../fake-api.testing.ts';
import { idOf, panoramaOf } from '../panoramas.testing.ts';
import { History } from './history.ts';

const POLL_MS = 4000;
/** Made at a minute of its own. */
const at = (minute: number, changes: Parameters<typeof panoramaOf>[0] = {}) =>
  panoramaOf({
    id: idOf(minute),
    status: 'succeeded',
    createdAt: new Date(Date.UTC(2026, 4, 4, 10, minute)).toISOString(),
    ...changes,
  });

function setUp(count: number) {
  const fake = new FakeApi();
  fake.pageSize = 3;
  for (let minute = 1; minute <= count; minute++) fake.panoramas.set(idOf(minute), at(minute));
  const ready = signal(true);
  const history = new History(signal(fake), ready, POLL_MS);
  const ids = () => history.panoramas.value.map(({ id }) => Number(id.slice(-3)));
  return { fake, ready, history, ids };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the history', () => {
  it('[UI26] is newest first and goes on page by page to its end', async () => {
    const { history, ids } = setUp(8);
    const undo = history.start();
    await settle();
    expect(ids()).toEqual([8, 7, 6]);
    await history.loadMore();
    expect(ids()).toEqual([8, 7, 6, 5, 4, 3]);
    await history.loadMore();
    expect(ids()).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(history.hasMore.value).toBe(false);
    undo();
  });

  it('[UI26] a new look brings what is new, drops what was deleted and keeps the older pages', async () => {
    const { fake, history, ids } = setUp(6);
    const undo = history.start();
    await settle();
    await history.loadMore();
    fake.panoramas.delete(idOf(5));
    fake.panoramas.set(idOf(7), at(7));
    await history.refresh();
    expect(ids()).toEqual([7, 6, 4, 3, 2, 1]);
    history.forget(idOf(6));
    await history.refresh();
    expect(ids()).not.toContain(6);
    undo();
  });

  it('[UI27] is looked at again while something is at work, and not afterwards', async () => {
    const { fake, history } = setUp(1);
    fake.panoramas.set(idOf(2), at(2, { status: 'running' }));
    const undo = history.start();
    await settle();
    expect(fake.count('list')).toBe(1);
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(fake.count('list')).toBe(2);
    fake.panoramas.set(idOf(2), at(2));
    await vi.advanceTimersByTimeAsync(POLL_MS);
    expect(history.panoramas.value[0]?.status).toBe('succeeded');
    await vi.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(fake.count('list')).toBe(3);
    undo();
  });

  it('[UI27] what has ended stays so, whatever an older answer says', async () => {
    const { history } = setUp(0);
    history.take(at(1));
    history.take(at(1, { status: 'running' }));
    expect(history.panoramas.value[0]?.status).toBe('succeeded');
    await settle();
  });

  it('[UI27] a look that fails is told, keeps what there was, and is made good when the server is back', async () => {
    const { fake, ready, history, ids } = setUp(2);
    const undo = history.start();
    await settle();
    fake.fail = () => unreachable();
    await history.refresh();
    expect(history.error.value).not.toBeNull();
    expect(ids()).toEqual([2, 1]);
    fake.fail = () => null;
    ready.value = false;
    ready.value = true;
    await settle();
    expect(history.error.value).toBeNull();
    undo();
  });
});
