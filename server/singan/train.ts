/** Trains a SinGAN on one photo, scale by scale (SinGAN, section 2). */
import type { Engine } from '../program.ts';
import type { Picture } from '../images/picture.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Size } from '../../shared/geometry.ts';
import { compileChain } from './chain.ts';
import type { Chain, ChainResult } from './chain.ts';
import { freeze } from './frozen-generator.ts';
import { architecturesAt, initialParameters } from './initialization.ts';
import type { Checkpoint, NetworkWeights, SinGan } from './model.ts';
import { parameterCount, statisticsCount } from './networks.ts';
import type { Architecture } from './networks.ts';
import { toFloats, toPicture } from './pictures.ts';
import { pyramidSizes } from './pyramid.ts';
import { createRandom } from './random.ts';
import { freshNoises, reconstructionNoises } from './sample.ts';
import { trainScale } from './train-scale.ts';
import type { Losses } from './train-scale.ts';

export interface IterationReport {
  /** 0 is the coarsest. */
  readonly scale: number;
  readonly scales: number;
  /** Counts from 1. */
  readonly iteration: number;
  readonly iterations: number;
  readonly losses: Losses;
}

export interface ScaleReport {
  /** 0 is the coarsest. */
  readonly scale: number;
  readonly scales: number;
  readonly iterations: number;
  readonly losses: Losses;
  /** The photo as the scales so far give it back. */
  readonly preview: Picture;
  readonly checkpoint: Checkpoint;
}

export interface TrainOptions {
  readonly engine: Engine;
  readonly hyperparameters: Hyperparameters;
  /** The photo's size, in pixels. */
  readonly photo: Size;
  /** The whole photo at exactly the given size. */
  readonly pictureAt: (size: Size) => Picture | Promise<Picture>;
  /** Goes on after the scales that are done; must be of the same photo and hyperparameters. */
  readonly resumeFrom?: Checkpoint | undefined;
  /** Ends the training within one iteration, by the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: ((report: IterationReport) => void) | undefined;
  /** Awaited before the next scale begins. */
  readonly onScale?: ((report: ScaleReport) => void | Promise<void>) | undefined;
}

/**
 * Trains all scales, or those that a checkpoint leaves, and returns the model.
 *
 * @throws TrainingError when a loss or a weight is no longer a number; the signal's reason when it is aborted
 */
export async function trainSinGan(options: TrainOptions): Promise<SinGan> {
  const { engine, hyperparameters, signal, resumeFrom } = options;
  let model = resumeFrom?.model ?? untrained(options.photo, hyperparameters);
  let last = resumeFrom?.last ?? null;
  if (JSON.stringify(model.hyperparameters) !== JSON.stringify(hyperparameters)) {
    throw new Error('internal: train: the checkpoint was made with other hyperparameters');
  }
  const { levels, zStar } = model;
  let coarser = last ? await openCoarser(engine, model) : null;
  try {
    for (let scale = model.generators.length; scale < levels.length; scale++) {
      signal?.throwIfAborted();
      const size = levelAt(levels, scale);
      const architectures = architecturesAt(hyperparameters, scale);
      const photo = toFloats(await options.pictureAt(size));
      const reconstructionStart = coarser?.reconstruction.resized ?? zStar;
      const noiseAmplitude = coarser ? hyperparameters.noiseAmplitude * rmse(photo, reconstructionStart) : 1;

      const trained = await trainScale({
        engine,
        scale: {
          index: scale,
          size,
          hyperparameters,
          ...architectures,
          photo,
          reconstructionStart,
          noiseAmplitude,
        },
        start: startWeights(hyperparameters, scale, last),
        random: createRandom(hyperparameters.seed, 'training', scale),
        drawCoarser: coarser && (await coarserDraws(coarser.chain, hyperparameters, scale, signal)),
        signal,
        onIteration: (iteration, iterations, losses) =>
          options.onIteration?.({ scale, scales: levels.length, iteration, iterations, losses }),
      });

      last = trained.weights;
      model = {
        ...model,
        noiseAmplitudes: [...model.noiseAmplitudes, noiseAmplitude],
        generators: [
          ...model.generators,
          freeze(architectures.generator, last.generator, last.runningMean, last.runningVariance),
        ],
      };
      await coarser?.chain.dispose();
      coarser = null;
      coarser = await openCoarser(engine, model);
      await options.onScale?.({
        scale,
        scales: levels.length,
        iterations: trained.iterations,
        losses: trained.losses,
        preview: toPicture(coarser.reconstruction.picture, size),
        checkpoint: { model, last },
      });
    }
    return model;
  } finally {
    await coarser?.chain.dispose();
  }
}

function untrained(photo: Size, hyperparameters: Hyperparameters): SinGan {
  const levels = pyramidSizes(photo, hyperparameters);
  const { width, height } = levelAt(levels, 0);
  const zStar = createRandom(hyperparameters.seed, 'reconstruction').normal(width * height);
  return { hyperparameters, photo, levels, zStar, noiseAmplitudes: [], generators: [] };
}

/** The trained scales as one program at the photo's own sizes, and what it makes of z*. */
async function openCoarser(
  engine: Engine,
  model: SinGan,
): Promise<{ chain: Chain; reconstruction: ChainResult }> {
  const levels = model.generators.map((generator, level) => {
    const size = levelAt(model.levels, level);
    return {
      generator,
      amplitude: model.noiseAmplitudes[level] ?? 0,
      size,
      rows: { top: 0, height: size.height },
    };
  });
  const chain = await compileChain(engine, levels, { resizeTo: model.levels[levels.length] });
  try {
    return { chain, reconstruction: await chain.run(reconstructionNoises(chain.noiseLengths, model.zStar)) };
  } catch (error) {
    await chain.dispose();
    throw error;
  }
}

/** Samples of the coarser scales: from a pool drawn now, or each drawn when it is asked for. */
async function coarserDraws(
  chain: Chain,
  { coarserPool, seed }: Hyperparameters,
  scale: number,
  signal: AbortSignal | undefined,
): Promise<() => Promise<Float32Array>> {
  const random = createRandom(seed, 'coarser', scale);
  const draw = async (): Promise<Float32Array> =>
    (await chain.run(freshNoises(chain.noiseLengths, random))).resized;
  if (coarserPool === null) return draw;
  const pool: Float32Array[] = [];
  while (pool.length < coarserPool) {
    signal?.throwIfAborted();
    pool.push(await draw());
  }
  return () => Promise.resolve(pool[random.below(pool.length)] ?? new Float32Array());
}

/** The last scale's weights where the networks have the same shape, else fresh ones. */
function startWeights(
  hyperparameters: Hyperparameters,
  scale: number,
  last: NetworkWeights | null,
): NetworkWeights {
  const { generator, discriminator } = architecturesAt(hyperparameters, scale);
  if (
    last?.generator.length === parameterCount(generator) &&
    last.discriminator.length === parameterCount(discriminator)
  )
    return last;
  const random = createRandom(hyperparameters.seed, 'weights', scale);
  const initial = (architecture: Architecture): Float32Array =>
    initialParameters(architecture, hyperparameters.initialization, random);
  const statistics = statisticsCount(generator);
  return {
    generator: initial(generator),
    discriminator: initial(discriminator),
    runningMean: new Float32Array(statistics),
    runningVariance: new Float32Array(statistics).fill(1),
  };
}

function levelAt(levels: readonly Size[], index: number): Size {
  const level = levels[index];
  if (!level) throw new Error(`internal: train: no scale ${index}`);
  return level;
}

function rmse(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  a.forEach((value, i) => (sum += (value - (b[i] ?? 0)) ** 2));
  return Math.sqrt(sum / a.length);
}
