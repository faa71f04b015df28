import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mirrored } from '../bench/quality/mirror.ts';
import { scene } from '../bench/quality/pictures.testing.ts';
import type { Picture } from '../images/picture.ts';
import { drawn, pixel } from '../images/pictures.testing.ts';
import { selfCorrelation } from './self-correlation.ts';

const photo = scene(192, 144);
const turned = (picture: Picture): Picture =>
  drawn(picture.height, picture.width, (x, y) => pixel(picture, y, x));

describe('selfCorrelation', () => {
  it('[QUAL8] finds a tile that is repeated, sideways and up and down', async () => {
    const beside = drawn(384, 144, (x, y) => pixel(photo, x % 192, y));
    const below = drawn(192, 288, (x, y) => pixel(photo, x, y % 144));
    for (const tiles of [beside, below]) expect((await selfCorrelation(tiles)).shift).toBeGreaterThan(0.95);
    expect((await selfCorrelation(photo)).shift).toBeLessThan(0.4);
  });

  it('[QUAL8] finds a kept photo’s mirror image wherever the photo lies, sideways and up and down', async () => {
    // At most 256 px: not made smaller, so that pixels meet their mirror images.
    const small = scene(128, 96);
    const room = fc.integer({ min: 0, max: 64 });
    await fc.assert(
      fc.asyncProperty(room, room, async (left, right) => {
        // Less room than 12 % of the picture may hold anything.
        fc.pre(Math.max(left, right) > 0.13 * (left + 128 + right));
        const frame = { width: left + 128 + right, height: 96 };
        const wide = mirrored(small, frame, { x: left, y: 0, width: 128, height: 96 });
        for (const picture of [wide, turned(wide)])
          expect((await selfCorrelation(picture)).reflection).toBeGreaterThan(0.95);
      }),
      { numRuns: 40 },
    );
    expect((await selfCorrelation(photo)).reflection).toBeLessThan(0.4);
  });

  it('[QUAL8] takes what rows have in common, a light from the side, and flat colour for no repeat', async () => {
    const bands = drawn(200, 100, (_, y) => [y, 2 * y, 255 - y]);
    const flat = drawn(60, 100, () => [9, 200, 30]);
    const hardlyFlat = drawn(100, 60, (x, y) => [120 + ((x ^ y) % 2), 90, 90]);
    for (const picture of [bands, flat, hardlyFlat]) {
      const { shift, reflection } = await selfCorrelation(picture);
      expect(Math.max(shift, reflection)).toBeLessThan(0.2);
    }
    const lit = drawn(192, 144, (x, y) => pixel(photo, x, y).map((value) => (value * (x + 96)) / 288));
    expect((await selfCorrelation(lit)).reflection).toBeLessThan(0.5);
  });

  it('[RANK7] is from 0 to 1 for a picture of any size, down to 1×1', async () => {
    const side = fc.integer({ min: 1, max: 20 });
    const byte = fc.integer({ min: 0, max: 255 });
    const any = fc.tuple(side, side, fc.array(byte, { minLength: 1, maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(any, async ([width, height, bytes]) => {
        const picture = drawn(width, height, (x, y) =>
          [0, 1, 2].map((channel) => bytes[((y * width + x) * 3 + channel) % bytes.length] ?? 0),
        );
        for (const value of Object.values(await selfCorrelation(picture))) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
