/** Bidirectional similarity (Simakov et al., CVPR 2008), and how evenly the source is used. */
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { nearestPatches, PATCH, PATCH_LENGTH, patchesOf, type Patches } from '../../panorama/patches.ts';

/** Short sides of the source, in pixels, at which patches are compared, and between which of them. */
const SCALES = [
  { side: 24, step: 1 },
  { side: 48, step: 2 },
  { side: 96, step: 3 },
] as const;
/** Pixels a side of the cells of the source whose use is counted. */
const CELL = 6;

export interface Similarity {
  /** Mean distance of the picture's patches to the nearest of the source, in grey levels; lower is better. */
  readonly coherence: number;
  /** Mean distance of the source's patches to the nearest of the picture, in grey levels; lower is better. */
  readonly completeness: number;
  /**
   * Entropy of where the picture's patches have their nearest in the source, as a share of that of even use, 0 to 1;
   * higher is better. Low where few places serve for much of the picture.
   */
  readonly use: number;
}

/**
 * The similarity of 7×7 patches between a picture and the source at the picture's scale, averaged over three scales
 * at which the source is 24, 48 and 96 px on its short side. Nearest patches are exact. A copy has 0, 0 and 1. A
 * picture that repeats itself is coherent but neither complete nor even.
 */
export async function similarity(picture: Picture, source: Picture): Promise<Similarity> {
  const found: Similarity[] = [];
  for (const { side, step } of SCALES) {
    const scale = Math.min(1, side / Math.min(source.width, source.height));
    const [small, smallSource] = [await reduced(picture, scale), await reduced(source, scale)];
    const forward = nearestPatches(patchesOf(small, step), patchesOf(smallSource, 1));
    const backward = nearestPatches(patchesOf(smallSource, step), patchesOf(small, 1));
    found.push({
      coherence: meanDistance(forward.distance),
      completeness: meanDistance(backward.distance),
      use: evenness(forward.index, patchesOf(smallSource, 1)),
    });
  }
  return {
    coherence: mean(found, 'coherence'),
    completeness: mean(found, 'completeness'),
    use: mean(found, 'use'),
  };
}

function mean(found: readonly Similarity[], key: keyof Similarity): number {
  return found.reduce((sum, scale) => sum + scale[key], 0) / found.length;
}

function reduced({ width, height, data }: Picture, scale: number): Promise<Picture> {
  const side = (length: number): number => Math.max(PATCH, Math.round(length * scale));
  return resample({ width, height, data }, side(width), side(height));
}

function meanDistance(distances: Float64Array): number {
  return distances.reduce((sum, distance) => sum + Math.sqrt(distance / PATCH_LENGTH), 0) / distances.length;
}

/**
 * Entropy of the uses per cell over that of uses in proportion to the cells' sizes, which those at the edges have
 * smaller; with few uses over that of as many as there can be.
 */
function evenness(index: Int32Array, { columns, count }: Patches): number {
  const across = Math.ceil(columns / CELL);
  const cells = across * Math.ceil(count / columns / CELL);
  const cellOf = (patch: number): number =>
    Math.floor(Math.floor(patch / columns) / CELL) * across + Math.floor((patch % columns) / CELL);
  const uses = new Float64Array(cells);
  for (const patch of index) uses[cellOf(patch)]!++;
  const sizes = new Float64Array(cells);
  for (let patch = 0; patch < count; patch++) sizes[cellOf(patch)]!++;
  const most = Math.min(entropy(sizes), Math.log(index.length));
  return most > 0 ? Math.min(1, entropy(uses) / most) : 1;
}

function entropy(weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce(
    (sum, weight) => (weight > 0 ? sum - (weight / total) * Math.log(weight / total) : sum),
    0,
  );
}
