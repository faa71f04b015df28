import { describe, expect, it } from 'vitest';
import { Pacer } from './pacer.ts';
import { rowBand } from './row-band.ts';
import { rowFreedom } from './row-freedom.ts';
import { drawn } from '../images/pictures.testing.ts';
import { landscape } from './pictures.testing.ts';
import type { Level } from './levels.ts';

const PACER = new Pacer();

describe('rowFreedom', () => {
  it('[PAINT13] is 0 for sky over ground and for a flat colour', async () => {
    expect(await rowFreedom(landscape(80, 60), PACER)).toBe(0);
    expect(
      await rowFreedom(
        drawn(80, 60, () => [90, 90, 90]),
        PACER,
      ),
    ).toBe(0);
  });

  it('[PAINT13] is 1 where columns mean more, and in between where the picture slants', async () => {
    expect(
      await rowFreedom(
        drawn(80, 60, (x) => [x, 60, 2 * x]),
        PACER,
      ),
    ).toBe(1);
    const slanting = await rowFreedom(
      drawn(80, 60, (x, y) => [x + 0.9 * y, 60, 60]),
      PACER,
    );
    expect(slanting).toBeGreaterThan(0.3);
    expect(slanting).toBeLessThan(1);
  });

  it('[PAINT13] lets patches come from rows farther away', () => {
    const photo = { x: 50, y: 0, width: 80, height: 100 };
    const level: Level = {
      frame: { width: 180, height: 100 },
      photo,
      kept: photo,
      radius: 4,
      stride: 1,
      exact: true,
      passes: 1,
      blends: true,
    };
    const bound = rowBand(level, true, 0);
    const free = rowBand(level, true, 1);
    expect([bound.low[50], bound.high[50]]).toEqual([38, 62]);
    expect([free.low[50], free.high[50]]).toEqual([4, 95]);
  });
});
