/** Sizes of the scales (SinGAN, section 2; the formula is that of its published code). */
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Size } from '../../shared/geometry.ts';
import { RECEPTIVE_FIELD } from './networks.ts';

type PyramidHyperparameters = Pick<Hyperparameters, 'minSize' | 'maxSize' | 'scaleFactor' | 'scaleCount'>;

/**
 * Sizes of the scales for a photo, coarsest first, in pixels.
 *
 * The photo is capped to `maxSize` on its long side and never enlarged, with one exception to both: its short side
 * stays at least `minSize`, whatever the aspect ratio. No side is smaller than the networks' receptive field.
 */
export function pyramidSizes(photo: Size, hyperparameters: PyramidHyperparameters): Size[] {
  const short = Math.min(photo.width, photo.height);
  const long = Math.max(photo.width, photo.height);
  const minSize = Math.max(hyperparameters.minSize, RECEPTIVE_FIELD);
  const cap = Math.max(Math.min(hyperparameters.maxSize / long, 1), minSize / short);
  switch (hyperparameters.scaleCount) {
    case 'published': {
      const levels = (ratio: number): number => ceil(Math.log(ratio) / Math.log(hyperparameters.scaleFactor));
      const steps = Math.max(1, levels(minSize / short) + 1 - levels(cap));
      return scaledSizes(photo, cap, minSize, steps, ceil);
    }
    case 'nearest': {
      const wished = Math.log(minSize / Math.round(short * cap)) / Math.log(hyperparameters.scaleFactor);
      return scaledSizes(photo, cap, minSize, Math.max(1, Math.round(wished)), Math.round);
    }
  }
}

/** Level i is the capped photo times r^(steps − i), where r brings its short side to `minSize` in `steps` steps. */
function scaledSizes(
  photo: Size,
  cap: number,
  minSize: number,
  steps: number,
  round: (x: number) => number,
): Size[] {
  const finest = { width: round(photo.width * cap), height: round(photo.height * cap) };
  const ratio = minSize / Math.min(finest.width, finest.height);
  return Array.from({ length: steps + 1 }, (_, level) => {
    const scale = ratio ** ((steps - level) / steps);
    return {
      width: Math.max(RECEPTIVE_FIELD, round(finest.width * scale)),
      height: Math.max(RECEPTIVE_FIELD, round(finest.height * scale)),
    };
  });
}

/** The least whole number not under `x`, forgiving the rounding errors of roots and logarithms. */
function ceil(x: number): number {
  return Math.ceil(x - 1e-9);
}
