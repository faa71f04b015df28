import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANNELS, type Picture } from '../images/picture.ts';
import { drawn } from '../images/pictures.testing.ts';
import { balance, fillDirections, LENGTH, SIDE } from './balance.ts';
import { Gaussians } from './gaussians.ts';
import { levelOf, noise } from './kernels/problems.testing.ts';
import { Workbench } from './kernels/workbench.ts';
import type { Level } from './levels.ts';
import { landscape } from './pictures.testing.ts';

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

/** Of `picture`, balanced by so many steps; it is left alone. */
async function balanced(level: Level, picture: Picture, photo: Picture, steps: number): Promise<Picture> {
  const result = bench.copyPicture(picture);
  await balance(bench, level, result, bench.copyPicture(photo), steps, 1);
  return result;
}

const DIRECTIONS = 24;
const QUANTILES = 200;

/**
 * The sliced Wasserstein distance in grey levels: along directions of its own, patches and the rows they lie in. Both
 * pictures are as high as each other.
 */
function slicedDistance(a: Picture, b: Picture): number {
  const gaussians = new Gaussians(1);
  let sum = 0;
  for (let n = 0; n < DIRECTIONS; n++) {
    const direction = Float64Array.from({ length: LENGTH + 1 }, () => gaussians.next());
    const [own, theirs] = [projections(a, direction).sort(), projections(b, direction).sort()];
    const quantile = (values: Float64Array, i: number) =>
      values[Math.floor(((i + 0.5) / QUANTILES) * values.length)]!;
    for (let i = 0; i < QUANTILES; i++) sum += Math.abs(quantile(own, i) - quantile(theirs, i));
  }
  return sum / DIRECTIONS / QUANTILES / Math.sqrt(LENGTH);
}

function projections({ width, height, data }: Picture, direction: Float64Array): Float64Array {
  const [columns, rows] = [width - SIDE + 1, height - SIDE + 1];
  const result = new Float64Array(columns * rows);
  const rowBytes = SIDE * CHANNELS;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = (direction[LENGTH]! * 255 * y) / height;
      for (let row = 0; row < SIDE; row++) {
        const start = ((y + row) * width + x) * CHANNELS;
        for (let i = 0; i < rowBytes; i++) sum += direction[row * rowBytes + i]! * data[start + i]!;
      }
      result[y * columns + x] = sum;
    }
  }
  return result;
}

function cut({ width, data }: Picture, from: number, to: number): Picture {
  const height = data.length / width / CHANNELS;
  return drawn(to - from, height, (x, y) => {
    const at = (y * width + from + x) * CHANNELS;
    return [...data.subarray(at, at + CHANNELS)];
  });
}

describe('balance', () => {
  const source = landscape(48, 32);
  const photo = { x: 0, y: 0, width: 48, height: 32 };
  const frame = { width: 80, height: 32 };
  // Too dark, too plain, and a horizon that lies too high.
  const layout = drawn(80, 32, (x, y) => (y > 9 ? [110, 90, 90] : [60, 90, 100 + (x % 20)]));

  it('[PAINT17] each step brings the distribution of patches and rows nearer to the photo’s', async () => {
    const level = levelOf({ frame, photo, kept: null, radius: 4, stride: 1 });
    const distances = [];
    for (let steps = 0; steps <= 6; steps++) {
      distances.push(slicedDistance(await balanced(level, layout, source, steps), source));
    }
    for (const [n, distance] of distances.slice(1).entries()) expect(distance).toBeLessThan(distances[n]!);
    expect(distances[6]).toBeLessThan(distances[0]! / 3);
  });

  it('[PAINT17] takes directions of length 1, however few pixels take part in one', () => {
    // From this seed, the pixels of the 89th would be none.
    const directions = new Float32Array(1_000 * (LENGTH + 1));
    fillDirections(directions, new Gaussians(37));
    const lengths = Array.from({ length: 1_000 }, (_, n) =>
      Math.hypot(...directions.subarray(n * (LENGTH + 1), (n + 1) * (LENGTH + 1) - 1)),
    );
    expect(Math.max(...lengths.map((length) => Math.abs(length - 1)))).toBeLessThan(1e-5);
  });

  it('[PAINT17] leaves a kept photo’s pixels, and balances what is beside it', async () => {
    const kept = { ...photo, x: 20 };
    const level = levelOf({ frame, photo: kept, kept, radius: 4, stride: 1 });
    const start = drawn(80, 32, (x, y) => {
      const at = ((x < 20 || x >= 68 ? 0 : x - 20) + y * 48) * CHANNELS;
      return x < 20 || x >= 68 ? [60, 90, 100] : [...source.data.subarray(at, at + CHANNELS)];
    });
    const result = await balanced(level, start, source, 8);
    expect(cut(result, 20, 68).data).toEqual(source.data);
    for (const [from, to] of [
      [0, 20],
      [68, 80],
    ] as const) {
      const [before, after] = [start, result].map((picture) =>
        slicedDistance(cut(picture, from, to), source),
      );
      expect(after).toBeLessThan(before! / 2);
    }
  });

  it('[PAINT17] does as good as nothing to the photo itself', async () => {
    const level = levelOf({ frame: photo, photo, kept: null, radius: 4, stride: 1 });
    for (const picture of [source, noise(48, 32, 256, 3)]) {
      const result = await balanced(level, picture, picture, 4);
      const moved = Array.from(result.data, (value, i) => Math.abs(value - picture.data[i]!));
      expect(Math.max(...moved)).toBeLessThanOrEqual(1);
    }
  });

  it.each<[string, Level['frame'], Level['photo'], boolean]>([
    ['the frame is lower than a patch', { width: 80, height: 6 }, photo, false],
    ['the frame is narrower than a patch', { width: 6, height: 32 }, photo, false],
    ['the photo is lower than a patch', frame, { ...photo, height: 6 }, false],
    ['the photo is narrower than a patch', frame, { ...photo, width: 6 }, false],
    ['the kept photo is lower than the frame', { width: 80, height: 33 }, photo, true],
  ])('[PAINT17] does nothing where %s', async (_what, frame, photo, keep) => {
    const kept = keep ? photo : null;
    const level = levelOf({ frame, photo, kept, radius: 2, stride: 1 });
    const picture = noise(frame.width, frame.height, 256, 1);
    const result = await balanced(level, picture, landscape(photo.width, photo.height), 3);
    expect(result.data).toEqual(picture.data);
  });
});
