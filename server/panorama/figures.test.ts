import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from '../images/decode.ts';
import { CHANNELS, createPicture } from '../images/picture.ts';
import type { Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { createRandom } from '../singan/random.ts';
import { completeness, projectPatches, repetition, rowDistance, slicedWasserstein } from './figures.ts';

type Place = (x: number, y: number) => readonly [x: number, y: number];

/** A picture of the given size whose pixels are those of `source` at `place`. */
function mapped(source: Picture, width: number, height: number, place: Place): Picture {
  const picture = createPicture(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [sourceX, sourceY] = place(x, y);
      const from = (sourceY * source.width + sourceX) * CHANNELS;
      picture.data.set(source.data.subarray(from, from + CHANNELS), (y * width + x) * CHANNELS);
    }
  }
  return picture;
}

const texture = (a: Picture, b: Picture) => slicedWasserstein(projectPatches(a), projectPatches(b));
const sameRow = (y: number) => y;

let photo: Picture;
/** Its rows are those of the photo, its pixels shuffled within them. */
let shuffled: Picture;
let blurred: Picture;
let noise: Picture;
beforeAll(async () => {
  const file = await readFile(new URL('../../examples/mountain-pass.jpg', import.meta.url));
  photo = await resample(await decodePicture(file), 90, 60);
  const random = createRandom(1);
  const places = Array.from({ length: 60 }, () => Array.from({ length: 90 }, () => random.below(90)));
  shuffled = mapped(photo, 90, 60, (x, y) => [places[y]?.[x] ?? 0, y]);
  blurred = await resample(await resample(photo, 15, 10), 90, 60);
  noise = { width: 90, height: 60, data: Uint8Array.from({ length: 90 * 60 * 3 }, () => random.below(256)) };
});

describe('figures of merit', () => {
  it('[RANK1] a picture is at no distance from itself', () => {
    expect(texture(photo, photo)).toBe(0);
    expect(rowDistance(photo, photo, sameRow)).toBe(0);
    expect(completeness(photo, photo)).toBe(0);
  });

  it('[RANK2] texture: a cut-out is near, a blurred picture further, shuffled pixels and noise far', () => {
    const cutOut = texture(
      mapped(photo, 80, 60, (x, y) => [x + 5, y]),
      photo,
    );
    const [blur, shuffle, random] = [blurred, shuffled, noise].map((picture) => texture(picture, photo));
    expect(cutOut).toBeLessThan((blur ?? NaN) * 0.8);
    expect(blur).toBeLessThan(shuffle ?? NaN);
    expect(shuffle).toBeLessThan(random ?? NaN);
    expect(texture(photo, noise)).toBeCloseTo(random ?? NaN, 6);
  });

  it('[RANK3] rows: only where their colours move', () => {
    expect(
      rowDistance(
        mapped(photo, 90, 60, (x, y) => [89 - x, y]),
        photo,
        sameRow,
      ),
    ).toBeLessThan(1e-3);
    const lower = mapped(photo, 90, 60, (x, y) => [x, Math.max(0, y - 8)]);
    const upside = mapped(photo, 90, 60, (x, y) => [x, 59 - y]);
    expect(rowDistance(lower, photo, sameRow)).toBeGreaterThan(2);
    expect(rowDistance(upside, photo, sameRow)).toBeGreaterThan(rowDistance(lower, photo, sameRow));
    expect(rowDistance(upside, photo, (y) => 59 - y)).toBeLessThan(1e-3);
    // Rows beyond the photo are compared with its edge.
    expect(
      rowDistance(
        mapped(photo, 90, 9, (x) => [x, 0]),
        photo,
        (y) => y - 9,
      ),
    ).toBeLessThan(1e-3);
  });

  it('[RANK4] completeness: what is left out of the photo counts, what is added does not', () => {
    const half = mapped(photo, 45, 60, (x, y) => [x, y]);
    const twice = mapped(photo, 180, 60, (x, y) => [x % 90, y]);
    expect(completeness(twice, photo)).toBe(0);
    expect(completeness(half, photo)).toBeGreaterThan(1);
    expect(completeness(noise, photo)).toBeGreaterThan(completeness(blurred, photo));
  });

  it('[RANK5] repetition: near 1 for copies and mirror images, low for noise', async () => {
    const copies = [
      mapped(photo, 180, 60, (x, y) => [x % 90, y]),
      mapped(photo, 90, 120, (x, y) => [x, y % 60]),
      mapped(photo, 180, 60, (x, y) => [x < 90 ? x : 179 - x, y]),
      mapped(photo, 90, 80, (x, y) => [x, y < 20 ? 19 - y : y - 20]),
      mapped(photo, 110, 60, (x, y) => [x < 90 ? x : 179 - x, y]),
    ];
    for (const copy of copies) expect(await repetition(copy)).toBeGreaterThan(0.95);
    expect(await repetition(noise)).toBeLessThan(0.2);
    expect(await repetition(photo)).toBeLessThan(0.8);
    // What all columns have in common is no repeat.
    expect(await repetition(mapped(photo, 90, 60, (_, y) => [0, y]))).toBeLessThan(0.01);
  });
});
