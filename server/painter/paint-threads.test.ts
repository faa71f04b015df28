import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Mode } from '../../shared/request.ts';
import { draftLayout } from './draft-layout.ts';
import type { Quality } from './levels.ts';
import { paint } from './paint.ts';
import { landscape } from './pictures.testing.ts';

describe('paint and its threads', () => {
  const running = new Set<Worker>();
  const started = (worker: Worker) => {
    running.add(worker);
    worker.once('exit', () => running.delete(worker));
  };
  beforeEach(() => {
    process.on('worker', started);
  });
  afterEach(() => {
    process.off('worker', started);
    vi.restoreAllMocks();
  });

  it.each<[Mode, Quality, boolean]>([
    ['extend', 'full', true],
    ['retarget', 'draft', false],
    ['reimagine', 'full', false],
  ])('[PAINT14] paints the same with 1, 2 and 3 threads: %s, %s', async (mode, quality, keep) => {
    const source = landscape(60, 66);
    const frame = { width: 140, height: 82 };
    const photo = { x: 40, y: 10, width: 60, height: 66 };
    const layout = await draftLayout(source, frame, photo, mode);
    const [one, ...others] = await Promise.all(
      [1, 2, 3].map((threads) => paint({ layout, source, frame, photo, keep, quality, threads })),
    );
    for (const other of others) expect(Buffer.compare(other.data, one!.data)).toBe(0);
  });

  it.each(['early', 'late'] as const)(
    '[PAINT5] an abort %s in a large painting leaves no thread behind',
    async (when) => {
      const controller = new AbortController();
      const reason = new Error('stop');
      const source = landscape(600, 450);
      const frame = { width: 1800, height: 450 };
      const photo = { x: 200, y: 0, width: 600, height: 450 };
      let abortedAt = 0;
      let threads = 0;
      const painting = paint({
        ...{ layout: source, source, frame, photo, keep: true, quality: 'draft' },
        threads: 3,
        signal: controller.signal,
        onProgress: (fraction) => {
          if (abortedAt > 0 || fraction < (when === 'late' ? 0.35 : 0)) return;
          abortedAt = performance.now();
          threads = running.size;
          controller.abort(reason);
        },
      });
      await expect(painting).rejects.toBe(reason);
      expect(performance.now() - abortedAt).toBeLessThan(1000);
      expect(threads).toBe(3);
      expect(running.size).toBe(0);
    },
  );

  it('[PAINT16] memory that the system refuses ends a painting in one line, and its threads', async () => {
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
    });
    const source = landscape(70, 60);
    const photo = { x: 40, y: 0, width: 70, height: 60 };
    const asked = { layout: source, source, frame: { width: 150, height: 60 }, photo, keep: true };
    const error: unknown = await paint(asked).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'PainterError', code: 'out-of-memory', kind: 'machine' });
    expect((error as Error).message).toMatch(/^paint: [^\n]+$/);
    expect(running.size).toBe(0);
  });
});
