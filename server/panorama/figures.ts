/**
 * Figures of merit that need no pretrained network, for pictures of a few hundred pixels. Lower is better in all.
 * Patches are 7×7; see `rankLayouts` for what each is good at, `bench/quality` for the figures of whole paintings.
 */
import type { Picture } from '../images/picture.ts';
import { CHANNELS } from '../images/picture.ts';
import { createRandom } from '../singan/random.ts';
import { directions, nearestPatches, PATCH, PATCH_LENGTH, patchesOf, project } from './patches.ts';
import { selfCorrelation } from './self-correlation.ts';

export { slicedWasserstein } from './patches.ts';

const SAMPLED_PATCHES = 2000;

/** The same for every picture, so that figures can be compared. */
const DIRECTIONS = directions(24);

/** Sorted projections of a fixed number of patches, one array for each direction. */
export function projectPatches(picture: Picture): Float32Array[] {
  return project(picture, randomPlaces(picture), SAMPLED_PATCHES, DIRECTIONS);
}

function* randomPlaces({ width, height }: Picture): Generator<[number, number]> {
  const random = createRandom(1, 'patches');
  for (let sample = 0; sample < SAMPLED_PATCHES; sample++) {
    const x = random.below(width - PATCH + 1);
    const y = random.below(height - PATCH + 1);
    yield [x, y];
  }
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
  const { distance } = nearestPatches(patchesOf(source, 3), patchesOf(picture, 1));
  return distance.reduce((sum, best) => sum + Math.sqrt(best / PATCH_LENGTH), 0) / distance.length;
}

/** The highest correlation of the picture with itself, shifted or mirrored; 1 is a perfect repeat. */
export async function repetition(picture: Picture): Promise<number> {
  const { shift, reflection } = await selfCorrelation(picture);
  return Math.max(shift, reflection);
}

function rowMeans({ width, height, data }: Picture): Float32Array {
  const means = new Float32Array(height * CHANNELS);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width * CHANNELS; i++)
      means[y * CHANNELS + (i % CHANNELS)]! += data[y * width * CHANNELS + i]! / width;
  }
  return means;
}
