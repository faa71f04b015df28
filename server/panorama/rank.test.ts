import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from '../images/decode.ts';
import { createPicture } from '../images/picture.ts';
import type { Picture } from '../images/picture.ts';
import { drawn, pixel } from '../images/pictures.testing.ts';
import { resample } from '../images/resample.ts';
import { createRandom } from '../singan/random.ts';
import { rankLayouts } from './rank.ts';

const sameRow = (y: number) => y;
function noise({ width, height }: Picture, seed: number): Picture {
  const random = createRandom(seed);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => random.below(256)) };
}

let photo: Picture;
let blurred: Picture;
let upsideDown: Picture;
beforeAll(async () => {
  const file = await readFile(new URL('../../examples/dandelions.jpg', import.meta.url));
  photo = await resample(await decodePicture(file), 60, 40);
  blurred = await resample(await resample(photo, 8, 6), 60, 40);
  upsideDown = createPicture(60, 40);
  for (let y = 0; y < 40; y++)
    upsideDown.data.set(photo.data.subarray((39 - y) * 180, (40 - y) * 180), y * 180);
});

describe('rankLayouts', () => {
  it('[RANK6] the photo itself comes first, noise last, whatever order they are given in', async () => {
    const layouts = [noise(photo, 1), upsideDown, photo, blurred];
    const ranked = await rankLayouts(layouts, photo, sameRow);
    expect(ranked.map(({ layout }) => layouts.indexOf(layout))).toEqual([2, 3, 1, 0]);
    expect(ranked.map(({ score }) => score)).toEqual(
      ranked.map(({ score }) => score).toSorted((a, b) => a - b),
    );
    const reversed = await rankLayouts(layouts.toReversed(), photo, sameRow);
    expect(reversed).toEqual(ranked);
    // A layout's score does not depend on its rivals.
    expect(await rankLayouts([blurred], photo, sameRow)).toEqual([ranked[1]]);
  });

  it('[RANK9] a layout that repeats or mirrors the photo comes after one that does not, sideways and up and down', async () => {
    const blocks = [3, 0, 4, 2, 1];
    const inBlocks = (x: number) => (blocks[Math.floor(x / 12)] ?? 0) * 12 + (x % 12);
    const flipped = (x: number, y: number) => (y < 40 ? x : 59 - x);
    const pairs: [repeats: Picture, not: Picture][] = [
      [
        drawn(120, 40, (x, y) => pixel(photo, x % 60, y)),
        drawn(120, 40, (x, y) => pixel(photo, x < 60 ? x : inBlocks(x - 60), y)),
      ],
      [
        drawn(90, 40, (x, y) => pixel(photo, x < 60 ? x : 119 - x, y)),
        drawn(90, 40, (x, y) => pixel(photo, x < 60 ? x : inBlocks(x - 60), y)),
      ],
      [
        drawn(60, 80, (x, y) => pixel(photo, x, y % 40)),
        drawn(60, 80, (x, y) => pixel(photo, flipped(x, y), y % 40)),
      ],
      [
        drawn(60, 60, (x, y) => pixel(photo, x, y < 40 ? y : 79 - y)),
        drawn(60, 60, (x, y) => pixel(photo, flipped(x, y), y < 40 ? y : 79 - y)),
      ],
    ];
    for (const [repeats, not] of pairs) {
      const ranked = await rankLayouts([repeats, not], photo, (y) => (y < 40 ? y : 79 - y));
      expect(ranked.map(({ layout }) => layout)).toEqual([not, repeats]);
    }
  });

  it.each([
    [25, 3],
    [2, 40],
    [1, 1],
    [600, 12],
    [30, 900],
  ])('[RANK7] ranks layouts of %i×%i too', async (width, height) => {
    const layouts = [await resample(noise(photo, 3), width, height), await resample(photo, width, height)];
    const ranked = await rankLayouts(layouts, photo, (y) => ((y + 0.5) / height) * 40 - 0.5);
    expect(ranked).toHaveLength(2);
    expect(ranked.every(({ score }) => Number.isFinite(score))).toBe(true);
    // A single pixel of noise may well be the photo's mean colour.
    if (width * height > 1) expect(ranked[0]?.layout).toBe(layouts[1]);
  });

  it('[RANK8] stops when it is told to', async () => {
    const reason = new Error('enough');
    await expect(rankLayouts([photo], photo, sameRow, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
