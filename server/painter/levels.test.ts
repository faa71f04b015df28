import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placePhoto } from '../../shared/geometry.ts';
import { planLevels } from './levels.ts';
import { rowBand } from './row-band.ts';

const size = (max: number) =>
  fc.record({ width: fc.integer({ min: 1, max }), height: fc.integer({ min: 1, max }) });

describe('planLevels', () => {
  it('[PAINT1] ends at exactly the frame, with patches that fit at every level', () => {
    fc.assert(
      fc.property(size(9000), size(9000), fc.boolean(), (frame, source, keep) => {
        const { photo } = placePhoto(source, frame, { x: 0.3, y: 0.8 }, 1.2);
        const levels = planLevels(frame, photo, keep, 'full');
        expect(levels.at(-1)!.frame).toEqual(frame);
        expect(levels.at(-1)!.photo).toEqual(photo);
        for (const level of levels) {
          const side = 2 * level.radius + 1;
          const { width, height } = level.frame;
          expect(side).toBeLessThanOrEqual(Math.min(width, height, level.photo.width, level.photo.height));
          const band = rowBand(level, keep);
          for (const y of [0, height >> 1, height - 1]) {
            expect(band.low[y]!).toBeLessThanOrEqual(band.high[y]!);
            expect(band.low[y]!).toBeGreaterThanOrEqual(level.radius);
            expect(band.high[y]!).toBeLessThanOrEqual(level.photo.height - 1 - level.radius);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('starts 32 pixels high and grows by about 1.4', () => {
    const levels = planLevels(
      { width: 1440, height: 491 },
      { x: 393, y: 0, width: 655, height: 491 },
      true,
      'full',
    );
    expect(levels.map(({ frame }) => frame.height)).toMatchInlineSnapshot(`
      [
        32,
        45,
        63,
        89,
        125,
        176,
        248,
        349,
        491,
      ]
    `);
    expect(levels.map(({ frame, photo }) => photo.height === frame.height)).not.toContain(false);
  });
});
