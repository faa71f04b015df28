/** Milliseconds of one training step, in alternation with the same step in PyTorch. */
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Engine, Program } from '../program.ts';
import { initialParameters } from '../singan/initialization.ts';
import { createOptimizer } from '../singan/optimizers.ts';
import { createRandom } from '../singan/random.ts';
import { trainingProgram, trainingState } from '../singan/training-step.ts';
import { PyTorchStep } from './pytorch.ts';

export interface StepSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface StepResult {
  readonly nodes: number;
  readonly compileMs: number;
  /** Medians. */
  readonly stepMs: number;
  readonly pytorchMs: number | null;
  /** Median over the rounds of this step's time by PyTorch's. */
  readonly ratio: number | null;
}

/** The published losses, one D and one G step, gradient penalty included; no norm, no row channels. */
const RECIPE = {
  ...TRAINING_PRESETS.fast,
  rowChannels: false,
  emaDecay: null,
  gradientPenaltyEvery: 1,
  reconstructionWeight: 10,
};
const ROUNDS = 5;
const ROUND_MS = 1500;

/** Runs both for about `ROUND_MS` a round, one after the other, so that a busy machine slows both. */
export async function benchmarkStep(engine: Engine, size: StepSize, compare: boolean): Promise<StepResult> {
  const step = await compileStep(engine, size);
  const pytorch = compare ? PyTorchStep.start(size) : null;
  try {
    // The first runs warm caches and thread pools up; the last of them says how many make a round.
    const warm = await timeRuns(step.run, 4);
    await pytorch?.time(4);
    const runs = Math.max(4, Math.round(ROUND_MS / (warm.at(-1) ?? ROUND_MS)));
    const own: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      own.push(median(await timeRuns(step.run, runs)));
      if (pytorch) theirs.push(median(await pytorch.time(runs)));
    }
    return {
      ...step.program.info,
      stepMs: median(own),
      pytorchMs: pytorch ? median(theirs) : null,
      ratio: pytorch ? median(own.map((ms, round) => ms / (theirs[round] ?? NaN))) : null,
    };
  } finally {
    pytorch?.stop();
    await step.program.dispose();
  }
}

async function compileStep(
  engine: Engine,
  { channels, height, width }: StepSize,
): Promise<{ program: Program; run: () => Promise<unknown> }> {
  const random = createRandom(1, 'benchmark');
  const hyperparameters = { ...RECIPE, width: channels };
  const architecture = { inputChannels: 3, width: channels, normalized: false };
  const generator = { ...architecture, outputChannels: 3 };
  const discriminator = { ...architecture, outputChannels: 1 };
  const picture = (): Float32Array => random.normal(height * width * 3).map((value) => value * 0.3);
  const { step, inputs } = trainingProgram(
    {
      index: 1,
      size: { width, height },
      hyperparameters,
      generator,
      discriminator,
      photo: picture(),
      reconstructionStart: picture(),
      noiseAmplitude: 0.1,
    },
    { discriminator: 'penalised', generator: true },
  );
  const none = new Float32Array();
  const state = engine.createState(
    trainingState(hyperparameters, {
      generator: initialParameters(generator, 'he', random),
      discriminator: initialParameters(discriminator, 'he', random),
      runningMean: none,
      runningVariance: none,
    }),
  );
  const program = await engine.compile(step, inputs, state);
  const scalars = createOptimizer(hyperparameters).scalars(1, hyperparameters.learningRate);
  const coarser = picture();
  // Fresh noise each time, as in training.
  const run = (): Promise<unknown> =>
    program.run({
      noise: random.normal(height * width * 3),
      coarser,
      epsilon: Float32Array.of(random.uniform()),
      discriminatorScalars: scalars,
      generatorScalars: scalars,
    });
  return { program, run };
}

async function timeRuns(run: () => Promise<unknown>, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return times;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
