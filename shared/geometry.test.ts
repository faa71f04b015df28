import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipToFrame, frameAtLevel, MAX_TILE_SIDE, placePhoto, tileAt, tileGrid } from './geometry.ts';
import type { Rectangle, Size } from './geometry.ts';

const side = fc.integer({ min: 16, max: 8192 });
const size = fc.record({ width: side, height: side });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const anchor = fc.record({ x: share, y: share });
const zoom = fc.double({ min: 1, max: 100, noNaN: true });

const contains = (frame: Size, { x, y, width, height }: Rectangle): boolean =>
  x >= 0 && y >= 0 && x + width <= frame.width && y + height <= frame.height;
const covers = (frame: Size, { x, y, width, height }: Rectangle): boolean =>
  x <= 0 && y <= 0 && x + width >= frame.width && y + height >= frame.height;
const isWhole = (rectangle: Rectangle): boolean => Object.values(rectangle).every(Number.isSafeInteger);

describe('placePhoto', () => {
  it('[SIZE1] a photo that is fitted lies inside the frame and touches two opposite edges', () => {
    fc.assert(
      fc.property(size, size, anchor, (source, frame, at) => {
        const { photo } = placePhoto(source, frame, at, 1);
        expect(isWhole(photo)).toBe(true);
        expect(contains(frame, photo)).toBe(true);
        expect(photo.width === frame.width || photo.height === frame.height).toBe(true);
      }),
    );
  });

  it('[SIZE2] zoom enlarges up to covering the frame and never beyond', () => {
    fc.assert(
      fc.property(size, size, anchor, zoom, (source, frame, at, factor) => {
        const { photo, scale } = placePhoto(source, frame, at, factor);
        const [fitted, covering] = [1, 1e9].map((extreme) => placePhoto(source, frame, at, extreme));
        expect(scale).toBeGreaterThanOrEqual(fitted?.scale ?? NaN);
        expect(scale).toBeLessThanOrEqual(covering?.scale ?? NaN);
        expect(covers(frame, covering?.photo ?? photo)).toBe(true);
        expect(photo.width <= frame.width || photo.height <= frame.height).toBe(true);
        expect(clipToFrame(photo, frame)).not.toBeNull();
      }),
    );
  });

  it('[SIZE3] anchors 0 and 1 touch the edges, 0.5 is the middle to half a pixel', () => {
    fc.assert(
      fc.property(size, size, zoom, (source, frame, factor) => {
        const first = placePhoto(source, frame, { x: 0, y: 0 }, factor).photo;
        const last = placePhoto(source, frame, { x: 1, y: 1 }, factor).photo;
        const middle = placePhoto(source, frame, { x: 0.5, y: 0.5 }, factor).photo;
        expect(first.x === 0 && first.y === 0).toBe(true);
        expect([last.x + last.width, last.y + last.height]).toEqual([frame.width, frame.height]);
        expect(Math.abs(2 * middle.x + middle.width - frame.width)).toBeLessThanOrEqual(1);
        expect(Math.abs(2 * middle.y + middle.height - frame.height)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('[SIZE4] keeps the photo’s proportions to half a pixel, and a photo of the frame’s size as it is', () => {
    fc.assert(
      fc.property(size, size, anchor, zoom, (source, frame, at, factor) => {
        const { photo, scale } = placePhoto(source, frame, at, factor);
        expect(Math.abs(photo.width - Math.max(1, source.width * scale))).toBeLessThanOrEqual(0.5);
        expect(Math.abs(photo.height - Math.max(1, source.height * scale))).toBeLessThanOrEqual(0.5);
        expect(placePhoto(frame, frame, at, factor)).toEqual({ photo: { x: 0, y: 0, ...frame }, scale: 1 });
      }),
    );
  });
});

describe('clipToFrame', () => {
  const place = fc.integer({ min: -200, max: 200 });
  const length = fc.integer({ min: 1, max: 100 });
  const rectangle = fc.record({ x: place, y: place, width: length, height: length });

  it('[SIZE5] gives the pixels that both have, or null where there are none', () => {
    fc.assert(
      fc.property(rectangle, fc.record({ width: length, height: length }), (given, frame) => {
        const clipped = clipToFrame(given, frame);
        const shared = (from: number, extent: number, limit: number) =>
          Math.max(0, Math.min(from + extent, limit) - Math.max(from, 0));
        const area = shared(given.x, given.width, frame.width) * shared(given.y, given.height, frame.height);
        expect(clipped ? clipped.width * clipped.height : 0).toBe(area);
        if (!clipped) return;
        expect(contains(frame, clipped)).toBe(true);
        expect(clipToFrame(clipped, frame)).toEqual(clipped);
        const moved = { ...clipped, x: clipped.x - given.x, y: clipped.y - given.y };
        expect(contains(given, moved)).toBe(true);
      }),
    );
  });
});

describe('frameAtLevel', () => {
  it('[SIZE6] gives the photo exactly the level’s size, and frame and photo at least a pixel', () => {
    const levelSide = fc.integer({ min: 11, max: 250 });
    fc.assert(
      fc.property(
        size,
        size,
        anchor,
        zoom,
        fc.record({ width: levelSide, height: levelSide }),
        (source, frame, at, factor, level) => {
          const { photo } = placePhoto(source, frame, at, factor);
          const scaled = frameAtLevel(frame, photo, level);
          expect(isWhole({ ...scaled.photo, ...scaled.frame, x: scaled.photo.x, y: scaled.photo.y })).toBe(
            true,
          );
          expect({ width: scaled.photo.width, height: scaled.photo.height }).toEqual(level);
          expect(Math.min(scaled.frame.width, scaled.frame.height)).toBeGreaterThanOrEqual(1);
          // The photo's share of the frame stays, to the pixel that rounding may cost.
          expect(
            Math.abs(scaled.frame.width - (frame.width * level.width) / photo.width),
          ).toBeLessThanOrEqual(1);
          expect(Math.abs(scaled.photo.x - (photo.x * level.width) / photo.width)).toBeLessThanOrEqual(0.5);
        },
      ),
    );
  });

  it('[SIZE7] a photo that fits lies inside the frame at every level, to a pixel', () => {
    fc.assert(
      fc.property(size, size, anchor, (source, frame, at) => {
        const { photo } = placePhoto(source, frame, at, 1);
        const level = { width: 100, height: 67 };
        const scaled = frameAtLevel(frame, photo, level);
        expect(scaled.photo.x).toBeGreaterThanOrEqual(0);
        expect(scaled.photo.y).toBeGreaterThanOrEqual(0);
        expect(scaled.photo.x + level.width).toBeLessThanOrEqual(scaled.frame.width + 1);
        expect(scaled.photo.y + level.height).toBeLessThanOrEqual(scaled.frame.height + 1);
      }),
    );
  });
});

describe('tiles', () => {
  const edges = fc.constantFrom(1, 2, 4095, 4096, 4097, 8191, 8192, 8193, 12288, 12289, 65535);
  const length = fc.oneof(edges, fc.integer({ min: 1, max: 65535 }));
  const any = fc.record({ width: length, height: length });

  const rowOf = (of: Size, row: number): Rectangle[] =>
    Array.from({ length: tileGrid(of).columns }, (_, column) => tileAt(of, column, row)!);
  const columnOf = (of: Size, column: number): Rectangle[] =>
    Array.from({ length: tileGrid(of).rows }, (_, row) => tileAt(of, column, row)!);
  /** Where each part must start if they follow one another, and the end of the last. */
  const ends = (lengths: readonly number[]): number[] =>
    lengths.reduce((list, one) => [...list, list.at(-1)! + one], [0]);

  it('[SIZE8] are whole pixels, at most 4096 a side, and fit without gap or overlap', () => {
    fc.assert(
      fc.property(any, (of) => {
        const { columns, rows } = tileGrid(of);
        const widths = rowOf(of, 0).map(({ width }) => width);
        const heights = columnOf(of, 0).map(({ height }) => height);
        const [lefts, tops] = [ends(widths), ends(heights)];
        expect([lefts.at(-1), tops.at(-1)]).toEqual([of.width, of.height]);
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            const tile = tileAt(of, column, row)!;
            expect(isWhole(tile)).toBe(true);
            expect(Math.min(tile.width, tile.height)).toBeGreaterThanOrEqual(1);
            expect(Math.max(tile.width, tile.height)).toBeLessThanOrEqual(MAX_TILE_SIDE);
            expect(tile).toEqual({
              x: lefts[column],
              y: tops[row],
              width: widths[column],
              height: heights[row],
            });
          }
        }
      }),
    );
  });

  it('[SIZE9] are as few as can be, with sides even to one pixel', () => {
    fc.assert(
      fc.property(any, (of) => {
        const { columns, rows } = tileGrid(of);
        expect((columns - 1) * MAX_TILE_SIDE).toBeLessThan(of.width);
        expect((rows - 1) * MAX_TILE_SIDE).toBeLessThan(of.height);
        const widths = rowOf(of, 0).map(({ width }) => width);
        const heights = columnOf(of, 0).map(({ height }) => height);
        for (const sides of [widths, heights])
          expect(Math.max(...sides) - Math.min(...sides)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([
    [1, 1, [[0, 0, 1, 1]]],
    [4096, 4096, [[0, 0, 4096, 4096]]],
    [
      4097,
      1,
      [
        [0, 0, 2048, 1],
        [2048, 0, 2049, 1],
      ],
    ],
    [
      8192,
      4096,
      [
        [0, 0, 4096, 4096],
        [4096, 0, 4096, 4096],
      ],
    ],
    [
      100,
      8193,
      [
        [0, 0, 100, 2731],
        [0, 2731, 100, 2731],
        [0, 5462, 100, 2731],
      ],
    ],
  ])('[SIZE9] of %i×%i', (width, height, expected) => {
    const of = { width, height };
    const tiles = columnOf(of, 0).flatMap((_, row) => rowOf(of, row));
    expect(tiles.map((tile) => [tile.x, tile.y, tile.width, tile.height])).toEqual(expected);
  });

  it('[SIZE9] of 65535×65535 are 16×16', () => {
    expect(tileGrid({ width: 65535, height: 65535 })).toEqual({ columns: 16, rows: 16 });
  });

  it('[SIZE10] are there at the grid’s places and nowhere else', () => {
    const index = fc.oneof(fc.integer({ min: -2, max: 17 }), fc.double());
    fc.assert(
      fc.property(any, index, index, (of, column, row) => {
        const { columns, rows } = tileGrid(of);
        const has = (at: number, count: number) => Number.isInteger(at) && at >= 0 && at < count;
        expect(tileAt(of, column, row) !== null).toBe(has(column, columns) && has(row, rows));
      }),
    );
  });
});
