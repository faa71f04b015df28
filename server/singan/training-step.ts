/** One training step of a scale, as a function that an engine compiles. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { HostTensor, Shape, Step } from '../program.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Size } from '../../shared/geometry.ts';
import { startOf } from './chain.ts';
import { adversarialLoss, criticLoss, gradientPenalty, reconstructionLoss } from './losses.ts';
import type { NetworkWeights } from './model.ts';
import { MARGIN, discriminate, generate, generatorInput, layersOf } from './networks.ts';
import type { Architecture, Statistics } from './networks.ts';
import { createOptimizer } from './optimizers.ts';
import { ROW_CHANNELS, rowChannels } from './rows.ts';

/** A scale's networks and all that is constant while it is trained. Pictures are [1, height, width, 3]. */
export interface TrainingScale {
  /** 0 is the coarsest. */
  readonly index: number;
  readonly size: Size;
  readonly hyperparameters: Hyperparameters;
  readonly generator: Architecture;
  readonly discriminator: Architecture;
  readonly photo: Float32Array;
  /** What gives the photo back: z*, one channel, at the coarsest scale; above it the resized reconstruction. */
  readonly reconstructionStart: Float32Array;
  readonly noiseAmplitude: number;
}

/** Which networks a program trains. With both, D goes first and G meets the new D. */
export interface StepParts {
  readonly discriminator: 'penalised' | 'plain' | null;
  readonly generator: boolean;
  /** D's fake where G is not trained beside it: a new one, or the one that the last new one has left in the state. */
  readonly fake?: 'new' | 'kept';
}

export interface TrainingProgram {
  readonly step: Step<string, string, string>;
  readonly inputs: Readonly<Record<string, Shape>>;
}

export const MOMENTUM = 0.1;

/**
 * The training step (SinGAN, section 2.2, and its published code).
 *
 * Inputs: `noise` [1, h, w, 1] at the coarsest scale, else [1, h, w, 3]; `coarser` [1, h, w, 3] above it, a sample of
 * the coarser scales, resized; `epsilon` [] for the penalty; `discriminatorScalars` and `generatorScalars`, the
 * optimizers'; `emaDecay` []. Only those that the parts need are declared.
 *
 * Outputs: `discriminator` mean D(fake) − mean D(real), `gradientPenalty` unweighted, `generator` −mean D(fake),
 * `reconstruction` mean squared error.
 *
 * G's own fake is always that of its current weights. The published code takes all its G steps on the fake of the last
 * D step, whose graph is stale from the second on.
 */
export function trainingProgram(scale: TrainingScale, parts: StepParts): TrainingProgram {
  const { hyperparameters, size } = scale;
  const optimizer = createOptimizer(hyperparameters);
  const averaged = hyperparameters.emaDecay !== null;
  const picture = [1, size.height, size.width, 3];

  const kept = parts.fake === 'kept';
  const inputs: Record<string, Shape> = {};
  if (!kept) inputs['noise'] = scale.index === 0 ? [1, size.height, size.width, 1] : picture;
  if (!kept && scale.index > 0) inputs['coarser'] = picture;
  if (parts.discriminator === 'penalised') inputs['epsilon'] = [];
  if (parts.discriminator) inputs['discriminatorScalars'] = [optimizer.scalarCount];
  if (parts.generator) inputs['generatorScalars'] = [optimizer.scalarCount];
  if (parts.generator && averaged) inputs['emaDecay'] = [];

  const rowArrays = new Map<string, Float32Array>();
  /** Row channels of the scale, or null where the networks have none: [batch, h + 2·margin, w + 2·margin, 3]. */
  const rows = (margin: number, batch: number): Tensor | null => {
    if (!hyperparameters.rowChannels) return null;
    const key = `${margin}/${batch}`;
    const values = rowArrays.get(key) ?? rowChannels(size, { top: 0, height: size.height }, margin, batch);
    rowArrays.set(key, values);
    return tf.tensor(values, [batch, size.height + 2 * margin, size.width + 2 * margin, ROW_CHANNELS]);
  };

  const step: TrainingProgram['step'] = (given, state) => {
    const outputs: Record<string, Tensor> = {};
    const next: Record<string, Tensor> = {};
    const real = tf.tensor(scale.photo, picture); // [1, h, w, 3]
    let discriminatorWeights = take(state, 'discriminator'); // [D]
    if (kept) {
      trainDiscriminator(take(state, 'fake'));
      return { outputs, state: next };
    }
    const noise = take(given, 'noise'); // [1, h, w, 1 | 3]
    const coarser = scale.index === 0 ? null : take(given, 'coarser'); // [1, h, w, 3]
    const fakeStart = startOf(noise, scale.noiseAmplitude, coarser); // [1, h, w, 3]

    // The reconstruction goes through G beside the fake. Where a step trains both networks, an engine that compiles
    // finds D's fake and G's own pass to be the same and does them once.
    const still = parts.generator ? reconstructionInput(scale) : null; // [1, h, w, 3]
    const starts = still ? tf.concat([fakeStart, still], 0) : fakeStart; // [B, h, w, 3]
    const bases = still && coarser ? tf.concat([coarser, still], 0) : coarser; // [B, h, w, 3]
    const input = generatorInput(starts, rows(MARGIN, parts.generator ? 2 : 1)); // [B, h + 10, w + 10, 3 | 6]
    const forward = (parameters: Tensor) => generate(layersOf(parameters, scale.generator), input, bases);

    const generatorWeights = take(state, 'generator'); // [G]

    if (parts.discriminator) {
      const passed = forward(generatorWeights);
      const [fake] = tf.split(passed.output, parts.generator ? 2 : 1) as [Tensor4D]; // [1, h, w, 3]
      trainDiscriminator(fake);
      if (!parts.generator) keepStatistics(passed.statistics);
      if (parts.fake === 'new' && keepsFake(hyperparameters)) next['fake'] = fake;
    }

    if (parts.generator) {
      const layers = layersOf(discriminatorWeights, scale.discriminator);
      const { gradient, reports } = differentiate(generatorWeights, (parameters) => {
        const { output, statistics } = forward(parameters);
        const [fake, reconstruction] = tf.split(output, 2) as [Tensor4D, Tensor4D]; // [1, h, w, 3] each
        const adversarial = adversarialLoss(discriminate(layers, fake, rows(0, 1)));
        const error = reconstructionLoss(reconstruction, real);
        const loss = tf.add(adversarial, tf.mul(error, hyperparameters.reconstructionWeight));
        return { loss, reports: [adversarial, error, ...statistics.flatMap((s) => [s.mean, s.variance])] };
      });
      const weights = update('generator', generatorWeights, gradient);
      const [adversarial, error, ...statistics] = reports as [Tensor, Tensor, ...Tensor[]];
      outputs['generator'] = adversarial;
      outputs['reconstruction'] = error;
      keepStatistics(pairs(statistics));
      if (averaged) {
        const average = take(state, 'ema'); // [G]
        const change = tf.mul(tf.sub(average, weights), take(given, 'emaDecay')); // [G]
        next['ema'] = tf.add(weights, change);
      }
    }
    return { outputs, state: next };

    function trainDiscriminator(fake: Tensor): void {
      const { gradient, reports } = differentiate(discriminatorWeights, (parameters) => {
        const layers = layersOf(parameters, scale.discriminator);
        const both = tf.concat([fake, real], 0); // [2, h, w, 3]
        const critic = criticLoss(discriminate(layers, both, rows(0, 2)));
        if (parts.discriminator === 'plain') return { loss: critic, reports: [critic] };
        const scores = (pictures: Tensor) => discriminate(layers, pictures, rows(0, 1)); // [1, h − 10, w − 10, 1]
        const penalty = gradientPenalty(scores, real, fake, take(given, 'epsilon'));
        const weight = hyperparameters.gradientPenaltyWeight * hyperparameters.gradientPenaltyEvery;
        return { loss: tf.add(critic, tf.mul(penalty, weight)), reports: [critic, penalty] };
      });
      discriminatorWeights = update('discriminator', discriminatorWeights, gradient);
      const [critic, penalty] = reports;
      if (critic) outputs['discriminator'] = critic;
      if (penalty) outputs['gradientPenalty'] = penalty;
    }

    /** Takes an optimizer's step, writes its results down and returns the new weights. */
    function update(network: NetworkName, parameters: Tensor, gradient: Tensor): Tensor {
      const slots = optimizer.slots.map((slot) => take(state, `${network}.${slot}`)); // [N] each
      const updated = optimizer.update(parameters, gradient, slots, take(given, `${network}Scalars`));
      next[network] = updated.parameters;
      updated.slots.forEach((slot, i) => (next[`${network}.${optimizer.slots[i]}`] = slot));
      return updated.parameters;
    }

    /** Running statistics of G, as PyTorch's batch norm keeps them: one update for each picture that passed. */
    function keepStatistics(statistics: readonly Statistics[]): void {
      if (statistics.length === 0) return;
      const means = statistics.map(({ mean }) => mean); // [B, 1, 1, C] each
      const variances = statistics.map(({ variance }) => variance); // [B, 1, 1, C] each
      next['runningMean'] = runningAverage(take(state, 'runningMean'), tf.concat(means, 3)); // [4C]
      next['runningVariance'] = runningAverage(take(state, 'runningVariance'), tf.concat(variances, 3)); // [4C]
    }
  };
  return { step, inputs };
}

type NetworkName = 'generator' | 'discriminator';

/** Whether D's later steps take the fake of the first. */
function keepsFake({ fakePer, discriminatorSteps }: Hyperparameters): boolean {
  return fakePer === 'iteration' && discriminatorSteps > 1;
}

/** The state that all programs of a scale share: weights, moments, and what `StepParts` keep beside them. */
export function trainingState(
  { hyperparameters, size }: Pick<TrainingScale, 'hyperparameters' | 'size'>,
  weights: NetworkWeights,
): Record<string, HostTensor> {
  const vector = (data: Float32Array): HostTensor => ({ shape: [data.length], data });
  const state: Record<string, HostTensor> = {
    generator: vector(weights.generator),
    discriminator: vector(weights.discriminator),
  };
  for (const network of ['generator', 'discriminator'] as const) {
    for (const slot of createOptimizer(hyperparameters).slots) {
      state[`${network}.${slot}`] = vector(new Float32Array(weights[network].length));
    }
  }
  if (hyperparameters.emaDecay !== null) state['ema'] = vector(weights.generator);
  if (weights.runningMean.length > 0) {
    state['runningMean'] = vector(weights.runningMean);
    state['runningVariance'] = vector(weights.runningVariance);
  }
  if (keepsFake(hyperparameters)) {
    const shape = [1, size.height, size.width, 3];
    state['fake'] = { shape, data: new Float32Array(size.height * size.width * 3) };
  }
  return state;
}

/** d loss / d parameters, and tensors of the forward pass to look at. */
function differentiate(
  parameters: Tensor,
  build: (parameters: Tensor) => { loss: Tensor; reports: readonly Tensor[] },
): { gradient: Tensor; reports: Tensor[] } {
  let kept: Tensor[] = [];
  const gradient = tf.grad((variable) => {
    const { loss, reports } = build(variable);
    // TensorFlow.js tidies the forward pass away.
    kept = reports.map((report) => tf.keep(tf.clone(report)));
    return loss;
  })(parameters); // [N]
  const reports = kept.map((report) => tf.clone(report));
  tf.dispose(kept);
  return { gradient, reports };
}

/** running ← (1 − momentum)·running + momentum·sample, for each sample of the batch in turn: [4C], [B, 1, 1, 4C]. */
function runningAverage(running: Tensor, samples: Tensor): Tensor {
  const batch = samples.shape[0] ?? 1;
  const shares = Array.from({ length: batch }, (_, i) => MOMENTUM * (1 - MOMENTUM) ** (batch - 1 - i));
  const added = tf.sum(tf.mul(samples, tf.tensor4d(shares, [batch, 1, 1, 1])), [0, 1, 2]); // [4C]
  return tf.add(tf.mul(running, (1 - MOMENTUM) ** batch), added); // [4C]
}

function pairs(tensors: readonly Tensor[]): Statistics[] {
  return tensors.flatMap((mean, i) => {
    const variance = tensors[i + 1];
    return i % 2 === 0 && variance ? [{ mean, variance }] : [];
  });
}

function reconstructionInput({ index, size, reconstructionStart }: TrainingScale): Tensor {
  if (index > 0) return tf.tensor(reconstructionStart, [1, size.height, size.width, 3]); // [1, h, w, 3]
  return startOf(tf.tensor(reconstructionStart, [1, size.height, size.width, 1]), 1, null); // [1, h, w, 3]
}

function take(record: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = record[name];
  if (!tensor) throw new Error(`internal: training step: no tensor "${name}"`);
  return tensor;
}
