/**
 * Figures of merit that need no pretrained network, for pictures of a few hundred pixels. Lower is better in all.
 * Patches are 7×7; see `rankLayouts` for what each is good at.
 */
import type { Picture } from '../images/picture.ts';
import { CHANNELS } from '../images/picture.ts';
import { createRandom } from '../singan/random.ts';

const PATCH = 7;
const PATCH_LENGTH = PATCH * PATCH * CHANNELS;
const PROJECTIONS = 24;
const SAMPLED_PATCHES = 2000;

/** The same random unit vectors and places for every picture, so that figures can be compared. */
const DIRECTIONS = Array.from({ length: PROJECTIONS }, (_, index) => {
  const vector = createRandom(index, 'projection').normal(PATCH_LENGTH);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
});

/** Sorted projections of a fixed number of patches, one array for each direction. */
export function projectPatches(picture: Picture): Float32Array[] {
  const random = createRandom(1, 'patches');
  const projected = DIRECTIONS.map(() => new Float32Array(SAMPLED_PATCHES));
  const patch = new Float32Array(PATCH_LENGTH);
  for (let sample = 0; sample < SAMPLED_PATCHES; sample++) {
    const x = random.below(picture.width - PATCH + 1);
    const y = random.below(picture.height - PATCH + 1);
    readPatch(picture, x, y, patch, 0);
    DIRECTIONS.forEach((direction, index) => {
      let sum = 0;
      for (let i = 0; i < PATCH_LENGTH; i++) sum += patch[i]! * direction[i]!;
      projected[index]![sample] = sum;
    });
  }
  return projected.map((values) => values.sort());
}

/** Sliced Wasserstein distance between the patches of two pictures, in grey levels, from their projections. */
export function slicedWasserstein(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let sum = 0;
  a.forEach((values, index) => {
    const others = b[index]!;
    for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]! - others[i]!);
  });
  return sum / (PROJECTIONS * SAMPLED_PATCHES);
}

/**
 * Mean colour difference between the rows of `picture` and those rows of `source` that `sourceRow` names for them,
 * in grey levels: a drifting horizon shows here.
 */
export function rowDistance(picture: Picture, source: Picture, sourceRow: (y: number) => number): number {
  const means = rowMeans(source);
  const own = rowMeans(picture);
  let sum = 0;
  for (let y = 0; y < picture.height; y++) {
    const other = Math.max(0, Math.min(source.height - 1, Math.round(sourceRow(y))));
    for (let channel = 0; channel < CHANNELS; channel++) {
      sum += Math.abs(own[y * CHANNELS + channel]! - means[other * CHANNELS + channel]!);
    }
  }
  return sum / own.length;
}

/** Mean distance of the source's patches, every third in each direction, to their nearest in `picture`, in grey levels. */
export function completeness(picture: Picture, source: Picture): number {
  const wanted = patchesOf(source, 3);
  const there = patchesOf(picture, 1);
  let sum = 0;
  for (let a = 0; a < wanted.length; a += PATCH_LENGTH) {
    let best = Infinity;
    for (let b = 0; b < there.length; b += PATCH_LENGTH) {
      let distance = 0;
      for (let i = 0; i < PATCH_LENGTH && distance < best; i++) {
        const difference = wanted[a + i]! - there[b + i]!;
        distance += difference * difference;
      }
      best = Math.min(best, distance);
    }
    sum += Math.sqrt(best / PATCH_LENGTH);
  }
  return sum / (wanted.length / PATCH_LENGTH);
}

/**
 * The highest correlation of the picture with itself, shifted by a tenth to six tenths of its width or mirrored about
 * a column of its middle third; 1 is a perfect repeat. What its rows have in common is taken out first.
 */
export function repetition({ width, height, data }: Picture): number {
  const grey = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    let mean = 0;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * CHANNELS;
      const value = (data[at]! + data[at + 1]! + data[at + 2]!) / CHANNELS;
      grey[y * width + x] = value;
      mean += value / width;
    }
    for (let x = 0; x < width; x++) grey[y * width + x]! -= mean;
  }
  let best = 0;
  const correlate = (from: number, to: number, partner: (x: number) => number): void => {
    let [ab, aa, bb] = [0, 0, 1e-6];
    for (let y = 0; y < height; y++) {
      for (let x = from; x < to; x++) {
        const a = grey[y * width + x]!;
        const b = grey[y * width + partner(x)]!;
        ab += a * b;
        aa += a * a;
        bb += b * b;
      }
    }
    best = Math.max(best, ab / Math.sqrt(aa * bb + 1e-6));
  };
  for (let shift = Math.ceil(width / 10); shift < width * 0.6; shift++)
    correlate(0, width - shift, (x) => x + shift);
  for (let twice = Math.ceil((2 * width) / 3); twice <= (4 * width) / 3; twice++) {
    correlate(Math.max(0, twice - width + 1), Math.min(width - 1, twice) + 1, (x) => twice - x);
  }
  return best;
}

function rowMeans({ width, height, data }: Picture): Float32Array {
  const means = new Float32Array(height * CHANNELS);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width * CHANNELS; i++)
      means[y * CHANNELS + (i % CHANNELS)]! += data[y * width * CHANNELS + i]! / width;
  }
  return means;
}

function patchesOf(picture: Picture, step: number): Float32Array {
  const columns = Math.floor((picture.width - PATCH) / step) + 1;
  const rows = Math.floor((picture.height - PATCH) / step) + 1;
  const patches = new Float32Array(columns * rows * PATCH_LENGTH);
  let offset = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, offset += PATCH_LENGTH) {
      readPatch(picture, column * step, row * step, patches, offset);
    }
  }
  return patches;
}

function readPatch(
  { width, data }: Picture,
  x: number,
  y: number,
  target: Float32Array,
  offset: number,
): void {
  const rowLength = PATCH * CHANNELS;
  for (let row = 0; row < PATCH; row++) {
    const start = ((y + row) * width + x) * CHANNELS;
    for (let i = 0; i < rowLength; i++) target[offset + row * rowLength + i] = data[start + i]!;
  }
}
