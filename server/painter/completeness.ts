import { CHANNELS, type Picture } from '../images/picture.ts';

/** In mean squared grey levels; the larger, the less rare patches are helped. */
const ALPHA = 80;

/**
 * Factors on the distances of source patches that make patches attractive which the frame has nothing like yet
 * (after Granot et al., "Drop the GAN", CVPR 2022): α / (α + smallest distance), [source height, source width].
 * `smallest` holds sums of squared differences over patches of the given radius, Infinity where unknown.
 */
export function completenessWeights(smallest: Float32Array, radius: number): Float32Array {
  const samples = (2 * radius + 1) ** 2 * CHANNELS;
  return smallest.map((distance) => (Number.isFinite(distance) ? ALPHA / (ALPHA + distance / samples) : 1));
}

/** Weights of one level at the size of another level's source, by nearest place. */
export function enlargeWeights(weights: Float32Array, from: Picture, to: Picture): Float32Array {
  const result = new Float32Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const row = Math.floor(((y + 0.5) * from.height) / to.height) * from.width;
    for (let x = 0; x < to.width; x++) {
      result[y * to.width + x] = weights[row + Math.floor(((x + 0.5) * from.width) / to.width)]!;
    }
  }
  return result;
}
