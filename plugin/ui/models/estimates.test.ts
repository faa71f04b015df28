import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Size } from '../../../shared/geometry.ts';
import { FakeApi, unreachable } from '../fake-api.testing.ts';
import { estimateOf } from '../panoramas.testing.ts';
import { Composer } from './composer.ts';
import { EstimateBoard } from './estimates.ts';

const DELAY_MS = 300;

function setUp() {
  const fake = new FakeApi();
  const api = signal(fake);
  const ready = signal(true);
  const photoSize = signal<Size | null>({ width: 1600, height: 1200 });
  const composer = new Composer();
  const board = new EstimateBoard({ api, ready, photoSize, composer }, DELAY_MS);
  return { fake, ready, photoSize, composer, board };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('estimates', () => {
  it('[UI15] a row of changes is one question for each preset', async () => {
    const { fake, composer, board } = setUp();
    fake.estimateFor = ({ request }) =>
      estimateOf({ memoryBytes: request.width, scales: request.preset === 'draft' ? 0 : 7 });
    const undo = board.start();
    for (const width of [1500, 1600, 1700]) {
      composer.setFrame({ width, height: 500 });
      await vi.advanceTimersByTimeAsync(DELAY_MS / 2);
    }
    expect(fake.count('estimate')).toBe(0);
    expect(board.asking.value).toBe(true);
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(fake.count('estimate')).toBe(4);
    expect(board.asking.value).toBe(false);
    expect(board.current.value?.memoryBytes).toBe(1700);
    expect(board.estimates.value.draft?.scales).toBe(0);
    composer.preset.value = 'draft';
    expect(board.current.value?.scales).toBe(0);
    undo();
  });

  it('[UI15] an answer to an older question is not shown', async () => {
    const { fake, composer, board } = setUp();
    fake.estimateFor = ({ request }) => estimateOf({ memoryBytes: request.width });
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    fake.delay = () => gate;
    const undo = board.start();
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    fake.delay = () => Promise.resolve();
    composer.setFrame({ width: 999, height: 500 });
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(board.current.value?.memoryBytes).toBe(999);
    undo();
  });

  it('[UI16] without a photo, a server or a whole request nothing is asked', async () => {
    const { fake, ready, photoSize, composer, board } = setUp();
    photoSize.value = null;
    const undo = board.start();
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    photoSize.value = { width: 100, height: 100 };
    ready.value = false;
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    ready.value = true;
    composer.width.type('');
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(fake.count('estimate')).toBe(0);
    composer.width.type('800');
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(board.current.value).not.toBeNull();
    photoSize.value = null;
    expect(board.current.value).toBeNull();
    undo();
  });

  it('[UI16] a question that fails says so, and the next change asks again', async () => {
    const { fake, composer, board } = setUp();
    fake.fail = () => unreachable();
    const undo = board.start();
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(board.failed.value).toBe(true);
    fake.fail = () => null;
    composer.setVariants(2);
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(board.failed.value).toBe(false);
    undo();
  });
});
