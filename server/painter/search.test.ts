import { describe, expect, it } from 'vitest';
import { CHANNELS } from '../images/picture.ts';
import { coherenceSearch } from './coherence-search.ts';
import { exactSearch } from './exact-search.ts';
import { centreX, centreY, createField } from './field.ts';
import type { Level } from './levels.ts';
import { Pacer } from './pacer.ts';
import { patchDistance } from './patch-distance.ts';
import { rowBand } from './row-band.ts';
import type { SearchProblem } from './search.ts';
import { drawn } from '../images/pictures.testing.ts';
import { landscape } from './pictures.testing.ts';

const PACER = new Pacer();
const PHOTO = { x: 12, y: 0, width: 24, height: 20 };
const LEVEL: Level = {
  frame: { width: 48, height: 20 },
  photo: PHOTO,
  kept: PHOTO,
  radius: 2,
  stride: 1,
  exact: true,
  passes: 1,
  blends: true,
};

function problemOf(level: Level): SearchProblem {
  const { frame, photo, radius } = level;
  const query = drawn(frame.width, frame.height, (x, y) => [
    (x * 29 + y * 7) % 200,
    (x * y) % 180,
    (x * 11) % 90,
  ]);
  return {
    query,
    source: landscape(photo.width, photo.height),
    radius,
    band: rowBand(level, true),
    weights: null,
  };
}

function distance(
  { query, source, radius }: SearchProblem,
  x: number,
  y: number,
  sx: number,
  sy: number,
): number {
  const side = 2 * radius + 1;
  const at = (width: number, px: number, py: number) => ((py - radius) * width + px - radius) * CHANNELS;
  return patchDistance(
    query.data,
    at(query.width, x, y),
    query.width * CHANNELS,
    source.data,
    at(source.width, sx, sy),
    source.width * CHANNELS,
    side,
    side * CHANNELS,
    Infinity,
  );
}

describe('exactSearch', () => {
  it('[PAINT10] finds the nearest patch of the row band, as comparing each of them does', async () => {
    const problem = problemOf(LEVEL);
    const field = createField(LEVEL);
    const found = await exactSearch(problem, field, PACER);
    const smallest = new Float32Array(PHOTO.width * PHOTO.height).fill(Infinity);
    for (let row = 0; row < field.rows; row++) {
      for (let column = 0; column < field.columns; column++) {
        const x = centreX(field, column);
        const y = centreY(field, row);
        const cell = row * field.columns + column;
        if (x >= 14 && x < 34) {
          expect([field.sourceX[cell], field.sourceY[cell]]).toEqual([x - PHOTO.x, y - PHOTO.y]);
          continue;
        }
        let best = Infinity;
        for (let sy = problem.band.low[y]!; sy <= problem.band.high[y]!; sy++) {
          for (let sx = 2; sx < PHOTO.width - 2; sx++) {
            const sum = distance(problem, x, y, sx, sy);
            best = Math.min(best, sum);
            smallest[sy * PHOTO.width + sx] = Math.min(smallest[sy * PHOTO.width + sx]!, sum);
          }
        }
        expect(field.distance[cell]).toBe(best);
        expect(distance(problem, x, y, field.sourceX[cell]!, field.sourceY[cell]!)).toBe(best);
      }
    }
    expect(found).toEqual(smallest);
  });
});

describe('coherenceSearch', () => {
  it('[PAINT10] only betters what the same field held, within the row band', async () => {
    const problem = problemOf(LEVEL);
    const start = createField(LEVEL);
    for (let i = 0; i < start.sourceX.length; i++) {
      const y = centreY(start, Math.floor(i / start.columns));
      start.sourceX[i] = 2 + ((i * 7) % 20);
      start.sourceY[i] = problem.band.low[y]!;
    }
    const found = createField(LEVEL);
    await coherenceSearch(problem, start, found, PACER);
    for (let row = 0; row < found.rows; row++) {
      for (let column = 0; column < found.columns; column++) {
        const x = centreX(found, column);
        const y = centreY(found, row);
        if (x >= 14 && x < 34) continue;
        const cell = row * found.columns + column;
        expect(found.distance[cell]).toBe(
          distance(problem, x, y, found.sourceX[cell]!, found.sourceY[cell]!),
        );
        expect(found.distance[cell]).toBeLessThanOrEqual(
          distance(problem, x, y, start.sourceX[cell]!, start.sourceY[cell]!),
        );
        expect(found.sourceY[cell]).toBeGreaterThanOrEqual(problem.band.low[y]!);
        expect(found.sourceY[cell]).toBeLessThanOrEqual(problem.band.high[y]!);
      }
    }
  });

  it('carries the matches of a coarser field over', async () => {
    const source = landscape(80, 60);
    const fine: Level = {
      frame: { width: 80, height: 60 },
      photo: { x: 0, y: 0, width: 80, height: 60 },
      kept: null,
      radius: 4,
      stride: 2,
      exact: false,
      passes: 1,
      blends: true,
    };
    const coarse: Level = {
      ...fine,
      frame: { width: 40, height: 30 },
      photo: { x: 0, y: 0, width: 40, height: 30 },
      stride: 1,
      radius: 2,
    };
    const earlier = createField(coarse);
    for (let i = 0; i < earlier.sourceX.length; i++) {
      earlier.sourceX[i] = centreX(earlier, i % earlier.columns);
      earlier.sourceY[i] = centreY(earlier, Math.floor(i / earlier.columns));
    }
    const field = createField(fine);
    const problem = { query: source, source, radius: 4, band: rowBand(fine, false), weights: null };
    await coherenceSearch(problem, earlier, field, PACER);
    expect(Math.max(...field.distance)).toBe(0);
  });
});
