import { describe, expect, it } from 'vitest';
import { rowBand } from './row-band.ts';
import { rowFreedom } from './row-freedom.ts';
import { drawn } from '../images/pictures.testing.ts';
import { landscape } from './pictures.testing.ts';
import { levelOf } from './kernels/problems.testing.ts';

describe('rowFreedom', () => {
  it('[PAINT13] is 0 for sky over ground and for a flat colour', async () => {
    expect(await rowFreedom(landscape(80, 60))).toBe(0);
    expect(await rowFreedom(drawn(80, 60, () => [90, 90, 90]))).toBe(0);
  });

  it('[PAINT13] is 1 where columns mean more, and in between where the picture slants', async () => {
    expect(await rowFreedom(drawn(80, 60, (x) => [x, 60, 2 * x]))).toBe(1);
    const slanting = await rowFreedom(drawn(80, 60, (x, y) => [x + 0.9 * y, 60, 60]));
    expect(slanting).toBeGreaterThan(0.3);
    expect(slanting).toBeLessThan(1);
  });

  it('[PAINT13] lets patches come from rows farther away', () => {
    const photo = { x: 50, y: 0, width: 80, height: 100 };
    const frame = { width: 180, height: 100 };
    const level = levelOf({ frame, photo, kept: photo, radius: 4, stride: 1 });
    const bound = rowBand(level, true, 0);
    const free = rowBand(level, true, 1);
    expect([bound.low[50], bound.high[50]]).toEqual([38, 62]);
    expect([free.low[50], free.high[50]]).toEqual([4, 95]);
  });
});
