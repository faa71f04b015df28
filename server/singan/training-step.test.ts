import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EagerEngine } from '../engine/eager.ts';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import { freeze, frozenLayers } from './frozen-generator.ts';
import { architecturesAt, initialParameters } from './initialization.ts';
import type { NetworkWeights } from './model.ts';
import { generate, generatorInput, piecesOf, statisticsCount } from './networks.ts';
import type { Architecture } from './networks.ts';
import { createOptimizer } from './optimizers.ts';
import { createRandom } from './random.ts';
import { trainingProgram, trainingState } from './training-step.ts';
import type { StepParts, TrainingScale } from './training-step.ts';

const engine = new EagerEngine('cpu');

interface Ran {
  readonly outputs: Record<string, Float32Array>;
  readonly state: Record<string, Float32Array>;
}

/** Runs steps one after another on one state. */
async function run(
  scale: TrainingScale,
  weights: NetworkWeights,
  steps: readonly StepParts[],
  values: Record<string, Float32Array>,
): Promise<Ran> {
  const state = engine.createState(trainingState(scale, weights));
  const outputs: Record<string, Float32Array> = {};
  for (const parts of steps) {
    const { step, inputs } = trainingProgram(scale, parts);
    const program = await engine.compile(step, inputs, state);
    Object.assign(outputs, await program.run(values));
  }
  const result = { outputs, state: await state.read() };
  state.dispose();
  return result;
}

function close(actual: ArrayLike<number> | undefined, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual?.length).toBe(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(value - (actual?.[i] ?? NaN))));
  expect(worst).toBeLessThan(tolerance * largest);
}

/** SGD at a rate of one: the gradient is what the parameters lost. */
const gradient = (before: Float32Array, after: Float32Array | undefined): Float32Array =>
  before.map((value, i) => value - (after?.[i] ?? NaN));

/**
 * Biases so large that no unit comes near LeakyReLU's kink: D's slope, which the penalty measures, jumps there, and
 * finite differences would see the jump.
 */
function keepFromKinks(architecture: Architecture, weights: Float32Array): void {
  let offset = 0;
  for (const { kind, layer, size } of piecesOf(architecture)) {
    const bias = 6 * 4 ** layer;
    if (kind === 'bias') for (let i = 0; i < size; i++) weights[offset + i] = i % 2 === 0 ? bias : -bias;
    offset += size;
  }
}

interface Step {
  readonly discriminator: number;
  readonly gradientPenalty: number;
  readonly generator: number;
  readonly reconstruction: number;
  readonly gradient: number[];
  readonly runningMean: number[];
  readonly runningVariance: number[];
}

interface Fixture {
  readonly [picture: string]: number[];
}

describe('the training step and PyTorch', () => {
  const path = new URL('fixtures/training-step.json', import.meta.url);
  const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture;
  const number = (name: string) => fixture[name] as unknown as number;
  const array = (name: string) => Float32Array.from(fixture[name] ?? []);
  const byPyTorch = (name: string) => fixture[name] as unknown as Step;
  const hyperparameters: Hyperparameters = {
    ...TRAINING_PRESETS.paper,
    width: number('channels'),
    optimizer: 'sgd',
    gradientPenaltyWeight: number('gradientPenaltyWeight'),
    reconstructionWeight: number('reconstructionWeight'),
  };
  const size = { width: number('width'), height: number('height') };
  const scale: TrainingScale = {
    index: 1,
    size,
    hyperparameters,
    ...architecturesAt(hyperparameters, 1),
    photo: array('photo'),
    reconstructionStart: array('reconstructionStart'),
    noiseAmplitude: number('noiseAmplitude'),
  };
  const count = statisticsCount(scale.generator);
  const weights: NetworkWeights = {
    generator: array('generator'),
    discriminator: array('discriminator'),
    runningMean: new Float32Array(count),
    runningVariance: new Float32Array(count).fill(1),
  };
  const values = {
    noise: array('noise'),
    coarser: array('coarser'),
    epsilon: Float32Array.of(number('epsilon')),
    discriminatorScalars: Float32Array.of(1),
    generatorScalars: Float32Array.of(1),
  };

  it('[GAN5] D’s loss, gradient penalty and gradient with batch norm are PyTorch’s', async () => {
    const expected = byPyTorch('discriminatorStep');
    const { outputs, state } = await run(
      scale,
      weights,
      [{ discriminator: 'penalised', generator: false }],
      values,
    );
    expect(outputs['discriminator']?.[0]).toBeCloseTo(expected.discriminator, 5);
    expect(outputs['gradientPenalty']?.[0]).toBeCloseTo(expected.gradientPenalty, 4);
    close(gradient(weights.discriminator, state['discriminator']), expected.gradient, 1e-4);
    close(state['runningMean'], expected.runningMean, 1e-5);
    close(state['runningVariance'], expected.runningVariance, 1e-5);
    expect(state['generator']).toEqual(weights.generator);
  });

  it('[GAN5] G’s losses, gradient and running statistics are PyTorch’s', async () => {
    const before = byPyTorch('discriminatorStep');
    const expected = byPyTorch('generatorStep');
    const start = {
      ...weights,
      runningMean: Float32Array.from(before.runningMean),
      runningVariance: Float32Array.from(before.runningVariance),
    };
    const { outputs, state } = await run(scale, start, [{ discriminator: null, generator: true }], values);
    expect(outputs['generator']?.[0]).toBeCloseTo(expected.generator, 5);
    expect(outputs['reconstruction']?.[0]).toBeCloseTo(expected.reconstruction, 5);
    close(gradient(weights.generator, state['generator']), expected.gradient, 1e-4);
    close(state['runningMean'], expected.runningMean, 1e-5);
    close(state['runningVariance'], expected.runningVariance, 1e-5);
  });

  it('[GAN6] a frozen generator, its batch norm folded, draws what PyTorch’s draws in evaluation mode', async () => {
    const { runningMean, runningVariance } = byPyTorch('generatorStep');
    const frozen = freeze(
      scale.generator,
      weights.generator,
      Float32Array.from(runningMean),
      Float32Array.from(runningVariance),
    );
    const program = await engine.compile(
      ({ noise, coarser }: Record<'noise' | 'coarser', tf.Tensor>) => {
        const start = tf.add(coarser, tf.mul(noise, scale.noiseAmplitude));
        return {
          outputs: { picture: generate(frozenLayers(frozen), generatorInput(start, null), coarser).output },
        };
      },
      { noise: [1, size.height, size.width, 3], coarser: [1, size.height, size.width, 3] },
    );
    close((await program.run(values)).picture, array('evaluated'), 1e-5);
  });
});

describe('the training step of the fast preset', () => {
  const hyperparameters: Hyperparameters = { ...TRAINING_PRESETS.fast, width: 4 };
  const size = { width: 15, height: 13 };
  const pixels = size.width * size.height;
  /** A scale, weights and inputs that depend on nothing but these three. */
  const setUp = (index: number, optimizer: Hyperparameters['optimizer'], rate: number) => {
    const random = createRandom(5, index);
    const noiseLength = index === 0 ? pixels : 3 * pixels;
    const scale: TrainingScale = {
      index,
      size,
      hyperparameters: { ...hyperparameters, optimizer },
      ...architecturesAt(hyperparameters, index),
      photo: random.normal(3 * pixels).map((value) => value / 2),
      reconstructionStart: random.normal(noiseLength),
      noiseAmplitude: index === 0 ? 1 : 0.2,
    };
    const weights: NetworkWeights = {
      generator: initialParameters(scale.generator, 'he', random),
      discriminator: initialParameters(scale.discriminator, 'he', random),
      runningMean: new Float32Array(),
      runningVariance: new Float32Array(),
    };
    const scalars = createOptimizer(scale.hyperparameters).scalars(1, rate);
    const values = {
      noise: random.normal(noiseLength),
      coarser: random.normal(3 * pixels),
      epsilon: Float32Array.of(0.4),
      discriminatorScalars: scalars,
      generatorScalars: scalars,
      emaDecay: Float32Array.of(0.5),
    };
    return { scale, weights, values };
  };

  for (const network of ['discriminator', 'generator'] as const) {
    it(`[GAN7] the gradient of ${network}’s whole loss is that of finite differences, piece by piece`, async () => {
      const { scale, weights, values } = setUp(1, 'sgd', 1);
      if (network === 'discriminator') keepFromKinks(scale.discriminator, weights.discriminator);
      const parts: StepParts =
        network === 'discriminator'
          ? { discriminator: 'penalised', generator: false }
          : { discriminator: null, generator: true };
      const loss = async (parameters: Float32Array): Promise<number> => {
        const { outputs } = await run(scale, { ...weights, [network]: parameters }, [parts], values);
        const value = (name: string) => outputs[name]?.[0] ?? NaN;
        const { gradientPenaltyWeight, gradientPenaltyEvery, reconstructionWeight } = hyperparameters;
        return network === 'discriminator'
          ? value('discriminator') + gradientPenaltyWeight * gradientPenaltyEvery * value('gradientPenalty')
          : value('generator') + reconstructionWeight * value('reconstruction');
      };
      const { state } = await run(scale, weights, [parts], values);
      const whole = gradient(weights[network], state[network]);
      let offset = 0;
      for (const { size: length } of piecesOf(scale[network])) {
        // Along the piece's own gradient, where the loss changes most.
        const piece = whole.map((value, i) => (i >= offset && i < offset + length ? value : 0));
        const norm = Math.hypot(...piece);
        offset += length;
        if (norm < 1e-5) continue;
        const along = async (distance: number) =>
          loss(weights[network].map((value, i) => value + (distance * (piece[i] ?? 0)) / norm));
        // D's large biases leave few digits for its small differences.
        const distance = network === 'discriminator' ? 1e-2 : 5e-4;
        const difference = ((await along(distance)) - (await along(-distance))) / (2 * distance);
        expect(Math.abs(difference - norm)).toBeLessThan(0.01 * norm);
      }
      expect(offset).toBe(whole.length);
    });
  }

  it('[GAN26] a step of D on the kept fake is that of a fake that is made anew', async () => {
    const { scale, weights, values } = setUp(1, 'adam', 1e-2);
    const first: StepParts = { discriminator: 'penalised', generator: false, fake: 'new' };
    const steps = { ...scale.hyperparameters, discriminatorSteps: 2 };
    const kept = await run(
      { ...scale, hyperparameters: { ...steps, fakePer: 'iteration' } },
      weights,
      [first, { ...first, fake: 'kept' }],
      values,
    );
    const anew = await run(
      { ...scale, hyperparameters: { ...steps, fakePer: 'step' } },
      weights,
      [first, first],
      values,
    );
    const { fake, ...state } = kept.state;
    expect(fake).toHaveLength(3 * pixels);
    expect(state).toEqual(anew.state);
    expect(kept.outputs).toEqual(anew.outputs);
  });

  for (const index of [0, 1]) {
    it(`[GAN8] one step of both networks is a step of D, then one of G against the new D: scale ${index}`, async () => {
      const { scale, weights, values } = setUp(index, 'adam', 1e-2);
      const joint = await run(scale, weights, [{ discriminator: 'penalised', generator: true }], values);
      const inTurn = await run(
        scale,
        weights,
        [
          { discriminator: 'penalised', generator: false },
          { discriminator: null, generator: true },
        ],
        values,
      );
      expect(Object.keys(joint.outputs).sort()).toEqual([
        'discriminator',
        'generator',
        'gradientPenalty',
        'reconstruction',
      ]);
      for (const name of Object.keys(inTurn.outputs)) {
        close(joint.outputs[name], inTurn.outputs[name] ?? [], 1e-5);
      }
      for (const name of Object.keys(inTurn.state)) close(joint.state[name], inTurn.state[name] ?? [], 1e-5);
      const { ema, generator } = joint.state;
      const halfway = weights.generator.map((value, i) => (value + (generator?.[i] ?? NaN)) / 2);
      close(ema, halfway, 1e-6);
    });
  }
});
