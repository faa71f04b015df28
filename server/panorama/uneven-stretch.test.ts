import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scene } from '../bench/quality/pictures.testing.ts';
import type { Picture } from '../images/picture.ts';
import { drawn, pixel } from '../images/pictures.testing.ts';
import { unevenStretch } from './uneven-stretch.ts';

const turned = (picture: Picture): Picture =>
  drawn(picture.height, picture.width, (x, y) => pixel(picture, y, x));
const meanDifference = (a: Picture, b: Picture) =>
  a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] ?? NaN)), 0) / a.data.length;

const photo = scene(96, 72);
const WIDE = { width: 200, height: 60 };
const seeds = fc.integer({ min: 0, max: 2 ** 40 });

describe('unevenStretch', () => {
  it('[JOB19] shows the whole photo in its order, and no part narrower than its shape wants', async () => {
    // Its red tells the column of the photo, of which a frame of this shape wants 80 px.
    const ramp = drawn(240, 180, (x) => [x, 0, 0]);
    const [wide, tall] = [
      await unevenStretch(ramp, WIDE),
      await unevenStretch(turned(ramp), turnedSize(WIDE)),
    ];
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const picture of [wide(seed), turned(tall(seed))]) {
          const columns = Array.from({ length: WIDE.width }, (_, x) => pixel(picture, x, 30)[0] ?? NaN);
          expect(columns.at(0)).toBeLessThan(6);
          expect(columns.at(-1)).toBeGreaterThan(233);
          columns.slice(1).forEach((value, i) => {
            const step = value - (columns[i] ?? NaN);
            expect(step).toBeGreaterThanOrEqual(0);
            expect(step).toBeLessThanOrEqual(240 / 80 + 1);
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('[JOB19] gives the same picture for a seed, visibly another for another', async () => {
    for (const [source, size] of [
      [photo, WIDE],
      [photo, turnedSize(WIDE)],
      [turned(photo), WIDE],
    ] as const) {
      const stretch = await unevenStretch(source, size);
      expect(stretch(1)).toEqual(stretch(1));
      for (const seed of [2, 3, 4]) expect(meanDifference(stretch(1), stretch(seed))).toBeGreaterThan(2);
    }
  });

  it('[JOB19] gives plain parts more of the room than detailed ones', async () => {
    const half = drawn(96, 72, (x) => (x < 48 ? [200, 0, 0] : [0, 100 * (Math.floor(x / 4) % 2), 200]));
    const stretch = await unevenStretch(half, WIDE);
    const shares = Array.from({ length: 40 }, (_, seed) => {
      const picture = stretch(seed);
      return Array.from({ length: WIDE.width }, (_, x) => pixel(picture, x, 9)[0] ?? 0).filter(
        (red) => red > 100,
      );
    });
    const mean = shares.reduce((sum, { length }) => sum + length / WIDE.width, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.55);
  });

  it('[JOB19] in the photo’s own shape stretches nothing', async () => {
    const stretch = await unevenStretch(photo, { width: 48, height: 36 });
    expect(stretch(1)).toEqual(stretch(2));
  });

  it('[JOB19] has exactly the size and leaves one colour that colour', async () => {
    const side = fc.integer({ min: 1, max: 40 });
    const plain = (width: number, height: number) => drawn(width, height, () => [9, 130, 251]);
    await fc.assert(
      fc.asyncProperty(side, side, side, side, seeds, async (width, height, across, down, seed) => {
        const stretch = await unevenStretch(plain(width, height), { width: across, height: down });
        expect(stretch(seed)).toEqual(plain(across, down));
      }),
    );
  });
});

function turnedSize({ width, height }: { width: number; height: number }) {
  return { width: height, height: width };
}
