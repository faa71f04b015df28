import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaOf } from '../../shared/geometry.ts';
import { cut, halved, paste, tileWithin, tilesOf } from './tiles.ts';

const side = fc.integer({ min: 1, max: 60 });
const sizes = fc.record({ width: side, height: side });

describe('tiles', () => {
  it('halve the longer side', () => {
    expect(halved({ width: 9, height: 4 })).toEqual({ width: 5, height: 4 });
    expect(halved({ width: 4, height: 8 })).toEqual({ width: 4, height: 4 });
    expect(tileWithin({ width: 9, height: 4 }, 12)).toEqual({ width: 3, height: 4 });
  });

  it('stay within the pixels that they may have and are never without any', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 4000 }), (size, pixels) => {
        const tile = tileWithin(size, pixels);
        expect(areaOf(tile)).toBeLessThanOrEqual(Math.max(1, pixels));
        expect(areaOf(tile)).toBeGreaterThan(0);
      }),
    );
  });

  it('cut out and put back, give the picture again', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4000 }), (size, pixels) => {
        const tile = tileWithin(size, pixels);
        const picture = Float32Array.from({ length: areaOf(size) * 3 }, (_, i) => i);
        const copy = new Float32Array(picture.length).fill(-1);
        for (const place of tilesOf(size, tile)) {
          expect(place).toMatchObject(tile);
          paste(copy, size.width, place, cut(picture, size.width, place));
        }
        expect(copy).toEqual(picture);
      }),
    );
  });
});
