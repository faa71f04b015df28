import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { nearestPatches, PATCH_LENGTH } from '../../panorama/patches.ts';
import { detail, spectrumOf } from './detail.ts';
import { diversity } from './diversity.ts';
import { transformSquare } from './fourier.ts';
import { horizon } from './horizon.ts';
import { describeReference, FIGURES, isBetter, measure } from './measure.ts';
import { mirrored } from './mirror.ts';
import { drawn, pixel } from '../../images/pictures.testing.ts';
import { cut, scene, shuffled } from './pictures.testing.ts';
import { seam } from './seam.ts';
import { similarity } from './similarity.ts';
import { multiScaleSwd, quantiles, swdPerOctave, textureOf } from './texture.ts';

const photo = scene(192, 144);
const small = scene(128, 96);
const swd = async (a: Picture, b: Picture) => multiScaleSwd(await textureOf(a), await textureOf(b));
const blurred = async (picture: Picture) =>
  resample(await resample(picture, picture.width / 4, picture.height / 4), picture.width, picture.height);

describe('the quality figures', () => {
  it('[QUAL1] of a copy are all at their best', async () => {
    const showing = { kept: null, rows: { top: 0, height: small.height }, diversity: null };
    const figures = await measure(small, await describeReference(small), showing);
    expect(figures).toMatchObject({
      swd: 0,
      coherence: 0,
      completeness: 0,
      horizon: 0,
      detail: 1,
      seam: null,
    });
    expect(figures.use).toBeGreaterThan(0.97);
    expect(Math.max(figures.shift ?? 1, figures.reflection ?? 1)).toBeLessThan(0.6);
  });

  it('[QUAL2] tell the better of two by their direction', () => {
    const info = (name: string) => FIGURES.find((figure) => figure.name === name)!;
    expect([isBetter(info('swd'), 1, 2), isBetter(info('swd'), 2, 1)]).toEqual([true, false]);
    expect([isBetter(info('use'), 1, 0.5), isBetter(info('use'), 0.5, 1)]).toEqual([true, false]);
    expect([isBetter(info('detail'), 1.1, 0.5), isBetter(info('detail'), 2, 0.9)]).toEqual([true, false]);
    for (const figure of FIGURES) expect(isBetter(figure, 1, 1)).toBe(false);
  });
});

describe('MS-SWD', () => {
  it('[QUAL3] is symmetric, grows with a change of colour by about that much, and forgives a shuffle', async () => {
    const brighter = drawn(small.width, small.height, (x, y) =>
      pixel(small, x, y).map((value) => value + 20),
    );
    const [there, back] = [await swd(small, brighter), await swd(brighter, small)];
    expect(there).toBeCloseTo(back, 6);
    expect(await swd(small, shuffled(small, 32))).toBeLessThan(there / 2);
    expect(await swd(small, await resample(small, 256, 96))).toBeLessThan(there / 2);
  });

  it('[QUAL3] finds a blur in the finest octaves', async () => {
    const [finest = 0, , , coarsest = 0] = swdPerOctave(
      await textureOf(small),
      await textureOf(await blurred(small)),
    );
    expect(finest).toBeGreaterThan(4 * coarsest);
  });

  it('[QUAL4] compares pictures of any sizes by quantiles, which keep order and range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 50 }),
        (values, count) => {
          const sorted = Float32Array.from(values).sort();
          const found = quantiles(sorted, count);
          expect(found).toHaveLength(count);
          expect([...found]).toEqual([...found].sort((a, b) => a - b));
          expect(found.every((value) => value >= sorted[0]! && value <= sorted.at(-1)!)).toBe(true);
          if (count === sorted.length) expect(found).toEqual(sorted);
        },
      ),
    );
  });
});

describe('similarity', () => {
  it('[QUAL5] a part of the photo is coherent and incomplete', async () => {
    const { coherence, completeness, use } = await similarity(cut(photo, 0, 0, 96, 144), photo);
    expect(coherence).toBeLessThan(3);
    expect(completeness).toBeGreaterThan(2 * coherence);
    expect(use).toBeLessThan(0.93);
  });

  it('[QUAL5] the photo with something foreign beside it is complete and incoherent', async () => {
    const more = drawn(256, 96, (x, y) => (x < 128 ? pixel(small, x, y) : [220, (x * y) % 90, 40]));
    const { coherence, completeness } = await similarity(more, small);
    expect(completeness).toBeLessThan(3);
    expect(coherence).toBeGreaterThan(4 * completeness);
  });

  it('[QUAL6] a tile that is repeated uses little of the photo, a shuffle all of it', async () => {
    const tiled = drawn(192, 144, (x, y) => pixel(photo, x % 36, y));
    expect((await similarity(tiled, photo)).use).toBeLessThan(0.8);
    expect((await similarity(shuffled(photo, 48), photo)).use).toBeGreaterThan(0.9);
  });

  it('[QUAL7] nearest patches are exactly the nearest, ties shared out', () => {
    const patches = (bytes: readonly number[]) => ({
      count: bytes.length,
      columns: bytes.length,
      data: Float32Array.from({ length: bytes.length * PATCH_LENGTH }, (_, i) =>
        Math.abs((bytes[Math.floor(i / PATCH_LENGTH)]! * (1 + (i % 5))) % 256),
      ),
    });
    const distance = (a: Float32Array, i: number, b: Float32Array, j: number) =>
      Array.from(
        { length: PATCH_LENGTH },
        (_, k) => (a[i * PATCH_LENGTH + k]! - b[j * PATCH_LENGTH + k]!) ** 2,
      ).reduce((sum, value) => sum + value, 0);
    const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [queries, sources] = [patches(a), patches(b)];
        const found = nearestPatches(queries, sources);
        a.forEach((_, i) => {
          const all = b.map((_, j) => distance(queries.data, i, sources.data, j));
          expect(found.distance[i]).toBe(Math.min(...all));
          expect(all[found.index[i]!]).toBe(found.distance[i]);
        });
      }),
      { numRuns: 40 },
    );
    expect([...nearestPatches(patches([7, 7, 7]), patches([7, 7, 7])).index].sort()).toEqual([0, 1, 2]);
  });
});

describe('the seam', () => {
  const wide = scene(288, 144);
  const kept = { x: 96, y: 0, width: 96, height: 144 };

  it('[QUAL9] is like any column where the picture goes on', () => {
    const found = seam(wide, kept)!;
    expect(found.colour).toBeGreaterThan(10);
    expect(found.colour).toBeLessThan(90);
  });

  it('[QUAL9] shows a step of tone at the border, sideways and up and down', () => {
    const stepped = drawn(288, 144, (x, y) =>
      pixel(wide, x, y).map((value) => value + (x < 96 || x >= 192 ? 15 : 0)),
    );
    expect(seam(stepped, kept)!.colour).toBe(100);
    const tall = scene(144, 288);
    const belt = { x: 0, y: 0, width: 144, height: 110 };
    const darker = drawn(144, 288, (x, y) =>
      pixel(tall, x, y).map((value) => Math.max(0, value - (y >= 110 ? 60 : 0))),
    );
    expect(seam(darker, belt)!.colour).toBe(100);
  });

  it('[QUAL9] shows a texture that breaks off, even without a step of tone', () => {
    const noisy = drawn(288, 144, (x, y) => (x >= 96 && x < 192 ? [100 + x / 4, 90, y] : pixel(wide, x, y)));
    expect(seam(noisy, kept)!.gradient).toBe(100);
  });

  it('[QUAL10] is at its least beside a mirror image, and nothing without a border', () => {
    const part = cut(wide, 96, 0, 96, 144);
    expect(seam(mirrored(part, { width: 288, height: 144 }, kept), kept)!.colour).toBe(0);
    expect(seam(wide, { x: 0, y: 0, width: 288, height: 144 })).toBeNull();
    expect(seam(wide, { x: 400, y: 0, width: 20, height: 20 })).toBeNull();
  });
});

describe('the horizon', () => {
  const rows = { top: 0, height: 144 };

  it('[QUAL11] grows as the horizon moves, and not as columns change places', async () => {
    const near = await horizon(scene(192, 144, 0.55), photo, rows);
    const far = await horizon(scene(192, 144, 0.75), photo, rows);
    expect(far).toBeGreaterThan(2 * near);
    const turned = drawn(192, 144, (x, y) => pixel(photo, 191 - x, y));
    expect(await horizon(turned, photo, rows)).toBeLessThan(near / 2);
  });

  it('[QUAL11] compares rows with those of the photo where it is kept', async () => {
    const tall = drawn(192, 288, (x, y) => pixel(photo, x, Math.max(0, Math.min(143, y - 100))));
    const placed = await horizon(tall, photo, { top: 100, height: 144 });
    expect(placed).toBeLessThan(1);
    expect(await horizon(tall, photo, { top: 0, height: 288 })).toBeGreaterThan(5 * placed + 1);
  });
});

describe('the detail', () => {
  const of = (picture: Picture, source = photo) => detail(spectrumOf(picture), spectrumOf(source));

  it('[QUAL12] falls with blur and enlargement and rises with noise; a shuffle keeps it', async () => {
    expect(of(await blurred(photo))).toBeLessThan(0.4);
    expect(of(await resample(photo, 768, 576))).toBeLessThan(0.4);
    const noisy = drawn(192, 144, (x, y) =>
      pixel(photo, x, y).map((value) => value + ((x * 31 + y * 17) % 40) - 20),
    );
    expect(of(noisy)).toBeGreaterThan(1.2);
    expect(of(shuffled(photo, 48))).toBeCloseTo(1, 0);
  });

  it('[QUAL12] puts a wave into the octave of its frequency', () => {
    [3, 6, 12, 24].forEach((length, octave) => {
      const wave = drawn(160, 130, (x) =>
        Array<number>(3).fill(128 + 60 * Math.sin((2 * Math.PI * x) / length)),
      );
      const spectrum = spectrumOf(wave);
      expect(spectrum.indexOf(Math.max(...spectrum))).toBe(octave);
    });
  });

  it('[QUAL13] rests on a Fourier transform that keeps the energy and is linear in place', () => {
    const values = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(values, (given) => {
        const [re, im] = [Float64Array.from(given), new Float64Array(64)];
        transformSquare(re, im, 8);
        const energy = given.reduce((sum, value) => sum + value ** 2, 0);
        const after = re.reduce((sum, value, i) => sum + value ** 2 + im[i]! ** 2, 0) / 64;
        expect(after).toBeCloseTo(energy, 6);
        expect(re[0]).toBeCloseTo(
          given.reduce((sum, value) => sum + value, 0),
          6,
        );
      }),
    );
  });
});

describe('the diversity', () => {
  it('[QUAL14] is 0 for equal samples, about 1 for independent ones, and leaves out the kept photo', () => {
    const noise = (seed: number) => {
      const random = (x: number, y: number) =>
        Math.abs(Math.sin(x * 12.9898 + y * 78.233 + seed * 37.719) * 43758.5453) % 1;
      return drawn(60, 40, (x, y) => Array<number>(3).fill(255 * random(x, y)));
    };
    expect(diversity([photo, photo, photo], photo, null)).toBe(0);
    const samples = Array.from({ length: 12 }, (_, i) => noise(i));
    expect(diversity(samples, noise(99), null)).toBeCloseTo(1, 1);
    const half = samples.map((sample) => drawn(60, 40, (x, y) => (x < 30 ? [9, 9, 9] : pixel(sample, x, y))));
    expect(diversity(half, noise(99), null)).toBeCloseTo(0.5, 1);
    expect(diversity(half, noise(99), { x: 0, y: 0, width: 30, height: 40 })).toBeCloseTo(1, 1);
    expect(diversity([photo], photo, null)).toBeNull();
  });
});
