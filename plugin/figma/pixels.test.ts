import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TILE_SIDE, pixelsOf, placePhoto } from '../../shared/geometry.ts';
import { FRAME_SIDE } from '../../shared/request.ts';
import { SCALES, needsTiles, placeOf, planOf, tilesOf } from './pixels.ts';

/** As Figma has them: with fractions. */
const sizes = fc.record({
  width: fc.double({ min: 1, max: 20_000, noNaN: true }),
  height: fc.double({ min: 1, max: 20_000, noNaN: true }),
});

describe('pixels', () => {
  it('[FIG1] a frame of fractional size has round(width × scale) × round(height × scale) pixels', () => {
    expect(pixelsOf({ width: 375.5, height: 200.4 }, 1)).toEqual({ width: 376, height: 200 });
    expect(pixelsOf({ width: 375.5, height: 200.4 }, 2)).toEqual({ width: 751, height: 401 });
    expect(pixelsOf({ width: 33.333, height: 66.666 }, 3)).toEqual({ width: 100, height: 200 });
  });

  it('[FIG1] every plan has its pixels at its scale, within what server and Figma take', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.constantFrom(...SCALES),
        fc.boolean(),
        fc.boolean(),
        (size, wish, wanted, possible) => {
          const plan = planOf(size, wish, { wanted, possible });
          if (!plan.ok) {
            expect(Math.min(plan.pixels.width, plan.pixels.height)).toBeLessThan(FRAME_SIDE.min);
            return;
          }
          expect(plan.pixels).toEqual(pixelsOf(size, plan.scale));
          const longest = Math.max(plan.pixels.width, plan.pixels.height);
          expect(longest).toBeLessThanOrEqual(wanted && possible ? FRAME_SIDE.max : MAX_TILE_SIDE);
          expect(plan.tiles > 1).toBe(longest > MAX_TILE_SIDE);
          expect(plan.lowered).toBe(plan.scale !== wish);
          if (!needsTiles(size, wish)) expect(plan.scale).toBe(wish);
        },
      ),
    );
  });

  it('[FIG1] beyond 4096 px there are tiles, or the largest scale that fits', () => {
    const size = { width: 2560, height: 1440 };
    const both = { wanted: true, possible: true };
    expect(planOf(size, 2, both)).toMatchObject({ scale: 2, tiles: 2, lowered: false });
    expect(planOf(size, 2, { wanted: false, possible: true })).toMatchObject({
      scale: 1.6,
      pixels: { width: 4096, height: 2304 },
      tiles: 1,
      lowered: true,
    });
    expect(planOf(size, 2, { wanted: true, possible: false })).toMatchObject({ scale: 1.6, tiles: 1 });
    expect(planOf({ width: 6000, height: 300 }, 2, both)).toMatchObject({
      pixels: { width: 8192, height: 410 },
      tiles: 2,
    });
    expect(planOf({ width: 400, height: 10 }, 1, both)).toEqual({
      ok: false,
      pixels: { width: 400, height: 10 },
    });
  });

  it('[FIG1] tiles lie side by side and cover the picture', () => {
    const tiles = tilesOf({ width: 8191, height: 5000 });
    expect(tiles.map(({ column, row }) => [column, row])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    const area = tiles.reduce((sum, { rectangle }) => sum + rectangle.width * rectangle.height, 0);
    expect(area).toBe(8191 * 5000);
  });
});

describe('the place of the photo', () => {
  const lengths = fc.integer({ min: 50, max: 3000 });
  const rectangles = fc.record({ width: lengths, height: lengths });

  it('[FIG2] a layer that touches two edges of its frame gives the anchor and zoom that lay the photo there', () => {
    fc.assert(
      fc.property(rectangles, rectangles, fc.double({ min: 0, max: 1, noNaN: true }), (photo, frame, at) => {
        const { photo: layer } = placePhoto(photo, frame, { x: at, y: at }, 1);
        fc.pre(layer.width >= 20 && layer.height >= 20);
        const { anchor, zoom } = placeOf(photo, layer, frame);
        const again = placePhoto(photo, frame, anchor, zoom).photo;
        for (const side of ['x', 'y', 'width', 'height'] as const) {
          // A layer's sides are whole numbers here, so its scale is a little off.
          expect(Math.abs(again[side] - layer[side])).toBeLessThanOrEqual(
            0.03 * Math.max(frame.width, frame.height),
          );
        }
      }),
    );
  });

  it('[FIG2] a layer beside the middle keeps its side; one that shows a part keeps its middle', () => {
    const frame = { width: 1440, height: 600 };
    const photo = { width: 800, height: 600 };
    expect(placeOf(photo, { x: 0, y: 0, width: 800, height: 600 }, frame)).toEqual({
      anchor: { x: 0, y: 0.5 },
      zoom: 1,
    });
    expect(placeOf(photo, { x: 640, y: 0, width: 800, height: 600 }, frame).anchor.x).toBe(1);
    expect(placeOf(photo, { x: -100, y: -50, width: 1200, height: 900 }, frame).zoom).toBe(1.5);
    const part = placeOf(photo, { x: 0, y: 0, width: 400, height: 600 }, frame);
    expect(part).toEqual({ anchor: { x: 0, y: 0.5 }, zoom: 1 });
  });
});
