/** Milliseconds of one training step, in alternation with the same step in PyTorch. */
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Engine, Program, State } from '../program.ts';
import { initialParameters } from '../singan/initialization.ts';
import { createOptimizer } from '../singan/optimizers.ts';
import { createRandom } from '../singan/random.ts';
import { trainingProgram, trainingState } from '../singan/training-step.ts';
import { PyTorchProcess } from './pytorch.ts';
import type { PyTorch } from './pytorch.ts';
import { medianOf, medianRatio } from './rounds.ts';

export interface StepSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface StepResult {
  readonly nodes: number;
  readonly compileMs: number;
  readonly stepMs: number;
  readonly pytorchMs: number | null;
  /** This step's time by PyTorch's, in the median over the rounds. */
  readonly ratioToPytorch: number | null;
  /** The medians of each round. */
  readonly stepMsByRound: readonly number[];
  readonly pytorchMsByRound: readonly number[] | null;
}

/** The published losses, one D and one G step, gradient penalty included; no norm, no row channels. */
const RECIPE = {
  ...TRAINING_PRESETS.fast,
  rowChannels: false,
  emaDecay: null,
  gradientPenaltyEvery: 1,
  reconstructionWeight: 10,
};
const WARM_RUNS = 4;

/** Runs both for about `roundMs` a round, one after the other, so that a busy machine slows both. */
export async function benchmarkStep(
  engine: Engine,
  size: StepSize,
  { rounds, roundMs, pytorch }: { rounds: number; roundMs: number; pytorch: PyTorch | null },
): Promise<StepResult> {
  const step = await compileStep(engine, size);
  const { channels, height, width } = size;
  const other = pytorch && PyTorchProcess.start(pytorch, 'pytorch-step.py', [channels, height, width]);
  try {
    // The first runs warm caches and thread pools up; the last of them says how many make a round.
    const warm = await timeRuns(step.run, WARM_RUNS);
    await other?.time(WARM_RUNS);
    const runs = Math.max(WARM_RUNS, Math.round(roundMs / (warm.at(-1) ?? roundMs)));
    const own: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      own.push(medianOf(await timeRuns(step.run, runs)));
      if (other) theirs.push(medianOf(await other.time(runs)));
    }
    return {
      ...step.program.info,
      stepMs: medianOf(own),
      pytorchMs: other && medianOf(theirs),
      ratioToPytorch: other && medianRatio(own, theirs),
      stepMsByRound: own,
      pytorchMsByRound: other && theirs,
    };
  } finally {
    other?.stop();
    await step.program.dispose();
    step.state.dispose();
  }
}

async function compileStep(
  engine: Engine,
  { channels, height, width }: StepSize,
): Promise<{ program: Program; state: State; run: () => Promise<unknown> }> {
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
    trainingState(
      { hyperparameters, size: { width, height } },
      {
        generator: initialParameters(generator, 'he', random),
        discriminator: initialParameters(discriminator, 'he', random),
        runningMean: none,
        runningVariance: none,
      },
    ),
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
  return { program, state, run };
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
