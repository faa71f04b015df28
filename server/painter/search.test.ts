import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { centreX, centreY, createField } from './field.ts';
import { levelOf } from './kernels/problems.testing.ts';
import { Workbench } from './kernels/workbench.ts';
import type { Level } from './levels.ts';
import { patchDistance } from './plain/coherent-search.ts';
import { rowBand } from './row-band.ts';
import { searchCoherently, searchExactly, type SearchProblem } from './search.ts';
import { drawn } from '../images/pictures.testing.ts';
import { landscape } from './pictures.testing.ts';

const PHOTO = { x: 12, y: 0, width: 24, height: 20 };
const LEVEL = levelOf({ frame: { width: 48, height: 20 }, photo: PHOTO, kept: PHOTO, radius: 2, stride: 1 });

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

function problemOf(level: Level): SearchProblem {
  const { frame, photo } = level;
  const query = drawn(frame.width, frame.height, (x, y) => [
    (x * 29 + y * 7) % 200,
    (x * y) % 180,
    (x * 11) % 90,
  ]);
  return {
    query: bench.copyPicture(query),
    source: bench.copyPicture(landscape(photo.width, photo.height)),
    band: rowBand(level, true, 0, bench.memory),
    weights: null,
  };
}

function distance(problem: SearchProblem, x: number, y: number, sx: number, sy: number): number {
  return patchDistance(problem, LEVEL.radius, x, y, sx, sy);
}

describe('searchExactly', () => {
  it('[PAINT10] finds the nearest patch of the row band, as comparing each of them does', async () => {
    const problem = problemOf(LEVEL);
    const { field, smallest: found } = await searchExactly(bench, LEVEL, problem);
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

describe('searchCoherently', () => {
  it('[PAINT10] only betters what the same field held, within the row band', async () => {
    const problem = problemOf(LEVEL);
    const start = createField(LEVEL, bench.memory);
    for (let i = 0; i < start.sourceX.length; i++) {
      const y = centreY(start, Math.floor(i / start.columns));
      start.sourceX[i] = 2 + ((i * 7) % 20);
      start.sourceY[i] = problem.band.low[y]!;
    }
    const found = await searchCoherently(bench, LEVEL, problem, start);
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
    const source = bench.copyPicture(landscape(80, 60));
    const photo = { x: 0, y: 0, width: 80, height: 60 };
    const fine = levelOf({ frame: { width: 80, height: 60 }, photo, kept: null, radius: 4, stride: 2 });
    const half = { x: 0, y: 0, width: 40, height: 30 };
    const coarse = levelOf({
      frame: { width: 40, height: 30 },
      photo: half,
      kept: null,
      radius: 2,
      stride: 1,
    });
    const earlier = createField(coarse, bench.memory);
    for (let i = 0; i < earlier.sourceX.length; i++) {
      earlier.sourceX[i] = centreX(earlier, i % earlier.columns);
      earlier.sourceY[i] = centreY(earlier, Math.floor(i / earlier.columns));
    }
    const problem = { query: source, source, band: rowBand(fine, false, 0, bench.memory), weights: null };
    const field = await searchCoherently(bench, fine, problem, earlier);
    expect(Math.max(...field.distance)).toBe(0);
  });
});
