/** A trained SinGAN as plain data, and what a training needs to go on after a scale. */
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Size } from '../../shared/geometry.ts';
import type { FrozenGenerator } from './frozen-generator.ts';

export interface SinGan {
  readonly hyperparameters: Hyperparameters;
  /** The photo's own size, in pixels. */
  readonly photo: Size;
  /** Sizes of all scales, coarsest first. */
  readonly levels: readonly Size[];
  /** One for each trained scale. */
  readonly noiseAmplitudes: readonly number[];
  /** The fixed noise z* that gives the photo back: one channel at the coarsest scale, [height, width]. */
  readonly zStar: Float32Array;
  /** One for each trained scale; as many as there are levels when the training is complete. */
  readonly generators: readonly FrozenGenerator[];
}

/** The weights that the next scale starts from, flat as `networks.ts` lays them out. */
export interface NetworkWeights {
  readonly generator: Float32Array;
  readonly discriminator: Float32Array;
  /** Batch norm's running statistics in G; empty without batch norm. */
  readonly runningMean: Float32Array;
  readonly runningVariance: Float32Array;
}

/**
 * All that a training needs to go on: with the same photo it gives the same weights as one that was not interrupted.
 * Optimizers start afresh at every scale and random numbers depend on seed and scale alone.
 */
export interface Checkpoint {
  readonly model: SinGan;
  readonly last: NetworkWeights;
}
