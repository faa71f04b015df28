/** Whole training steps, as the SinGAN has them, on the compiled engine and on the eager oracle. */
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Engine } from '../program.ts';
import { architecturesAt, initialParameters } from '../singan/initialization.ts';
import type { NetworkWeights } from '../singan/model.ts';
import { piecesOf, statisticsCount } from '../singan/networks.ts';
import { createOptimizer } from '../singan/optimizers.ts';
import { createRandom } from '../singan/random.ts';
import { trainingProgram, trainingState } from '../singan/training-step.ts';
import type { StepParts, TrainingScale } from '../singan/training-step.ts';
import { EagerEngine } from './eager.ts';
import { TESTED } from './tested-engines.testing.ts';

const engines = Object.values(TESTED);
const compiled = engines[0] as Engine;
const oracle = new EagerEngine('cpu');

const BOTH: StepParts = { discriminator: 'penalised', generator: true };
const PLAIN: StepParts = { discriminator: 'plain', generator: true };
const D: StepParts = { discriminator: 'penalised', generator: false };
const G: StepParts = { discriminator: null, generator: true };

interface Task {
  readonly scale: TrainingScale;
  readonly weights: NetworkWeights;
  /** Inputs of the `run`-th run. */
  readonly values: (run: number) => Record<string, Float32Array>;
}

/** A scale, weights and inputs that depend on nothing but what is given. */
function setUp(hyperparameters: Hyperparameters, index: number, size = { width: 13, height: 12 }): Task {
  const random = createRandom(11, index);
  const pixels = size.width * size.height;
  const noiseLength = index === 0 ? pixels : 3 * pixels;
  const { generator, discriminator } = architecturesAt(hyperparameters, index);
  const scale: TrainingScale = {
    index,
    size,
    hyperparameters,
    generator,
    discriminator,
    photo: random.normal(3 * pixels).map((value) => value / 2),
    reconstructionStart: random.normal(noiseLength),
    noiseAmplitude: index === 0 ? 1 : 0.2,
  };
  const weights: NetworkWeights = {
    generator: initialParameters(generator, 'he', random),
    discriminator: initialParameters(discriminator, 'he', random),
    runningMean: new Float32Array(statisticsCount(generator)),
    runningVariance: new Float32Array(statisticsCount(generator)).fill(1),
  };
  const optimizer = createOptimizer(hyperparameters);
  const values = (run: number) => {
    const fresh = createRandom(run, 'inputs');
    return {
      noise: fresh.normal(noiseLength),
      coarser: fresh.normal(3 * pixels),
      epsilon: Float32Array.of(fresh.uniform()),
      discriminatorScalars: optimizer.scalars(run + 1, hyperparameters.learningRate),
      generatorScalars: optimizer.scalars(run + 1, hyperparameters.learningRate),
      emaDecay: Float32Array.of(run / (run + 10)),
    };
  };
  return { scale, weights, values };
}

interface Ran {
  /** Of each run, in order. */
  readonly outputs: Record<string, Float32Array>[];
  readonly state: Record<string, Float32Array>;
}

async function run(
  engine: Engine,
  { scale, weights, values }: Task,
  steps: readonly StepParts[],
): Promise<Ran> {
  const state = engine.createState(trainingState(scale, weights));
  const outputs: Ran['outputs'] = [];
  for (const [index, parts] of steps.entries()) {
    const { step, inputs } = trainingProgram(scale, parts);
    const program = await engine.compile(step, inputs, state);
    outputs.push(await program.run(values(index)));
    await program.dispose();
  }
  const ran = { outputs, state: await state.read() };
  state.dispose();
  return ran;
}

function expectClose(actual: Float32Array | undefined, expected: Float32Array, what: string): void {
  expect(actual?.length, what).toBe(expected.length);
  let [largest, worst] = [0, 0];
  expected.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    worst = Math.max(worst, Math.abs(value - (actual?.[i] ?? NaN)));
  });
  expect(worst, what).toBeLessThanOrEqual(1e-4 * largest);
}

function expectSame(actual: Ran, expected: Ran, entries = Object.keys(expected.state)): void {
  for (const [index, outputs] of expected.outputs.entries()) {
    expect(Object.keys(actual.outputs[index] ?? {})).toEqual(Object.keys(outputs));
    for (const [name, value] of Object.entries(outputs))
      expectClose(actual.outputs[index]?.[name], value, `${name} of run ${index + 1}`);
  }
  for (const name of entries)
    expectClose(actual.state[name], expected.state[name] ?? new Float32Array(), name);
}

// Plain steps: others divide by gradients, and where these are 0 what is left of rounding becomes a whole step.
const FAST: Hyperparameters = { ...TRAINING_PRESETS.fast, width: 8, optimizer: 'sgd', learningRate: 0.01 };
const CLASSIC: Hyperparameters = {
  ...TRAINING_PRESETS.classic,
  width: 8,
  optimizer: 'sgd',
  learningRate: 0.01,
};

describe('a training step, compiled and eager', () => {
  it.each([
    ['fast, coarsest scale', { ...FAST, width: 4 }, 0, [BOTH, PLAIN, BOTH]],
    ['fast, finer scale', FAST, 1, [BOTH, PLAIN, BOTH]],
    ['fast, 16 channels', { ...FAST, width: 16 }, 1, [BOTH]],
    ['classic, coarsest scale', { ...CLASSIC, width: 4 }, 0, [D, D, G, G]],
    ['classic, finer scale', CLASSIC, 1, [D, G, G]],
    ['classic, 16 channels', { ...CLASSIC, width: 16 }, 1, [D, G]],
  ] as const)(
    '[ENGINE11] the same losses and weights over consecutive runs: %s',
    async (_, hyperparameters, index, steps) => {
      const task = setUp(hyperparameters, index);
      const expected = await run(oracle, task, steps);
      for (const engine of engines) expectSame(await run(engine, task, steps), expected);
    },
  );

  it.each(['adam', 'adamax', 'nadam', 'asgd'] as const)(
    '[ENGINE11] the same moments: %s',
    async (optimizer) => {
      const task = setUp({ ...FAST, width: 4, optimizer, learningRate: 1e-3 }, 1);
      const { slots } = createOptimizer(task.scale.hyperparameters);
      for (const [network, parts] of [
        ['discriminator', D],
        ['generator', G],
      ] as const) {
        const entries = slots.map((slot) => `${network}.${slot}`);
        expectSame(await run(compiled, task, [parts]), await run(oracle, task, [parts]), entries);
      }
    },
  );

  it('[ENGINE12] the same inputs give the same bits, run after run', async () => {
    const task = setUp({ ...TRAINING_PRESETS.fast, width: 16 }, 1, { width: 33, height: 25 });
    const steps = [BOTH, PLAIN];
    expect(await run(compiled, task, steps)).toEqual(await run(compiled, task, steps));
  });

  it('[ENGINE13] a step of 32 channels has at most 450 nodes', async () => {
    const { scale, weights } = setUp(TRAINING_PRESETS.fast, 1, { width: 33, height: 25 });
    for (const engine of engines) {
      const state = engine.createState(trainingState(scale, weights));
      const { step, inputs } = trainingProgram(scale, BOTH);
      const program = await engine.compile(step, inputs, state);
      expect(program.info.nodes).toBeLessThanOrEqual(engine.name === 'cpu' ? 450 : 700);
      await program.dispose();
    }
  });
});

describe('the gradient of a compiled step', () => {
  // At a rate of one the gradient is what the parameters lost.
  const task = setUp({ ...FAST, width: 16, learningRate: 1 }, 1);
  const { gradientPenaltyWeight, gradientPenaltyEvery, reconstructionWeight } = FAST;

  it.each([
    [
      'generator',
      G,
      (value: (name: string) => number) =>
        value('generator') + reconstructionWeight * value('reconstruction'),
    ],
    [
      'discriminator',
      D,
      (value: (name: string) => number) =>
        value('discriminator') + gradientPenaltyWeight * gradientPenaltyEvery * value('gradientPenalty'),
    ],
  ] as const)('[ENGINE14] is that of finite differences of its loss: %s', async (network, parts, lossOf) => {
    const start = Float32Array.from(task.weights[network]);
    if (network === 'discriminator') keepFromKinks(start);
    const at = async (parameters: Float32Array) => {
      const moved = { ...task, weights: { ...task.weights, [network]: parameters } };
      const { outputs, state } = await run(compiled, moved, [parts]);
      return { loss: lossOf((name) => outputs[0]?.[name]?.[0] ?? NaN), next: state[network] };
    };
    const { next } = await at(start);
    const gradient = start.map((value, i) => value - (next?.[i] ?? NaN));
    // Along the gradient of each piece, where the loss changes most.
    let offset = 0;
    for (const { size } of piecesOf(task.scale[network])) {
      const from = offset;
      offset += size;
      const piece = gradient.map((value, i) => (i >= from && i < offset ? value : 0));
      const norm = Math.hypot(...piece);
      if (norm < 1e-5) continue;
      const distance = network === 'discriminator' ? 1e-2 : 5e-4;
      const along = (sign: number) =>
        at(start.map((value, i) => value + (sign * distance * (piece[i] ?? 0)) / norm));
      const difference = ((await along(1)).loss - (await along(-1)).loss) / (2 * distance);
      expect(Math.abs(difference - norm)).toBeLessThan(0.01 * norm);
    }
  });

  /** Biases so large that no unit comes near LeakyReLU's kink, where D's slope jumps and differences would see it. */
  function keepFromKinks(weights: Float32Array): void {
    let offset = 0;
    for (const { kind, layer, size } of piecesOf(task.scale.discriminator)) {
      const bias = 6 * 4 ** layer;
      if (kind === 'bias') for (let i = 0; i < size; i++) weights[offset + i] = i % 2 === 0 ? bias : -bias;
      offset += size;
    }
  }
});
