/** Trains one scale. */
import { setImmediate } from 'node:timers/promises';
import type { Engine, Program, State } from '../program.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import { epochsAt } from '../../shared/hyperparameters.ts';
import { TrainingError } from './errors.ts';
import type { NetworkWeights } from './model.ts';
import { createOptimizer } from './optimizers.ts';
import type { Random } from './random.ts';
import { trainingProgram, trainingState } from './training-step.ts';
import type { StepParts, TrainingScale } from './training-step.ts';

export interface Losses {
  /** mean D(fake) − mean D(real) */
  readonly discriminator: number;
  /** −mean D(fake) */
  readonly generator: number;
  /** Mean squared error of the reconstruction, in pictures from −1 to 1. */
  readonly reconstruction: number;
  /** Unweighted; the last one that was taken. */
  readonly gradientPenalty: number;
}

export interface ScaleTask {
  readonly engine: Engine;
  readonly scale: TrainingScale;
  readonly start: NetworkWeights;
  readonly random: Random;
  /** A sample of the coarser scales, resized to this one; null at the coarsest. */
  readonly drawCoarser: (() => Promise<Float32Array>) | null;
  readonly signal?: AbortSignal | undefined;
  /** Called after each iteration, which counts from 1. */
  readonly onIteration: (iteration: number, iterations: number, losses: Losses) => void;
}

export interface TrainedScale {
  readonly weights: NetworkWeights;
  readonly iterations: number;
  readonly losses: Losses;
}

/**
 * The training loop of one scale (SinGAN, section 2.2). With one step of each network an iteration is one run of one
 * program; otherwise D's steps come first, each or all on a fresh sample of the coarser scales, then G's, on the last one.
 *
 * @throws TrainingError when a loss, or at the end a weight, is no longer a number
 */
export async function trainScale(task: ScaleTask): Promise<TrainedScale> {
  const { scale, random, signal } = task;
  const { hyperparameters, size } = scale;
  const { discriminatorSteps, fakePer, generatorSteps, gradientPenaltyEvery } = hyperparameters;
  const joint = discriminatorSteps === 1 && generatorSteps === 1;
  const iterations = epochsAt(hyperparameters, scale.index);
  const optimizer = createOptimizer(hyperparameters);
  const noiseLength = size.width * size.height * (scale.index === 0 ? 1 : 3);
  const losses = { discriminator: 0, generator: 0, reconstruction: 0, gradientPenalty: 0 };

  const programs = new Programs(task);
  try {
    for (let iteration = 0; iteration < iterations; iteration++) {
      signal?.throwIfAborted();
      // Running a program blocks the thread: let others have it in between.
      await setImmediate();

      // Noise: one draw an iteration.
      const noise = random.normal(noiseLength);
      let coarser: Float32Array = new Float32Array();

      const rate = learningRateAt(hyperparameters, iteration, iterations);
      const run = async (
        parts: StepParts,
        discriminatorStep: number,
        generatorStep: number,
      ): Promise<void> => {
        const outputs = await programs.run(parts, {
          noise,
          coarser,
          epsilon: Float32Array.of(random.uniform()),
          discriminatorScalars: optimizer.scalars(iteration * discriminatorSteps + discriminatorStep, rate),
          generatorScalars: optimizer.scalars(iteration * generatorSteps + generatorStep, rate),
          emaDecay: Float32Array.of(Math.min(hyperparameters.emaDecay ?? 0, iteration / (iteration + 10))),
        });
        for (const [name, [value]] of Object.entries(outputs)) losses[name as keyof Losses] = value ?? NaN;
      };

      // Discriminator.
      const discriminator = iteration % gradientPenaltyEvery === 0 ? 'penalised' : 'plain';
      for (let step = 1; step <= discriminatorSteps; step++) {
        const fake = step === 1 || fakePer === 'step' ? 'new' : 'kept';
        if (task.drawCoarser && fake === 'new') coarser = await task.drawCoarser();
        await run({ discriminator, generator: joint, fake }, step, 1);
      }

      // Generator.
      if (!joint) {
        for (let step = 1; step <= generatorSteps; step++)
          await run({ discriminator: null, generator: true }, 1, step);
      }

      // Report.
      if (!Object.values(losses).every(Number.isFinite)) throw diverged('a loss', scale, iteration);
      task.onIteration(iteration + 1, iterations, { ...losses });
    }
    const weights = await programs.weights();
    // The last losses are of the weights before the last step.
    const finite = Object.values(weights).every((vector: Float32Array) => vector.every(Number.isFinite));
    if (!finite) throw diverged('a weight', scale, iterations - 1);
    return { weights, iterations, losses };
  } finally {
    await programs.dispose();
  }
}

/** A scale's programs, each compiled when it is first needed, and the state they share. */
class Programs {
  private readonly state: State;
  private readonly compiled = new Map<string, { program: Program; inputs: readonly string[] }>();

  constructor(private readonly task: ScaleTask) {
    this.state = task.engine.createState(trainingState(task.scale, task.start));
  }

  async run(
    parts: StepParts,
    values: Readonly<Record<string, Float32Array>>,
  ): Promise<Record<string, Float32Array>> {
    const { program, inputs } = await this.compile(parts);
    return program.run(Object.fromEntries(inputs.map((name) => [name, values[name] ?? new Float32Array()])));
  }

  /** The weights to go on from: the moving average of G's where there is one. */
  async weights(): Promise<NetworkWeights> {
    const values = await this.state.read();
    const none = new Float32Array();
    return {
      generator: values['ema'] ?? values['generator'] ?? none,
      discriminator: values['discriminator'] ?? none,
      runningMean: values['runningMean'] ?? none,
      runningVariance: values['runningVariance'] ?? none,
    };
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.compiled.values()].map(({ program }) => program.dispose()));
    this.state.dispose();
  }

  private async compile(parts: StepParts): Promise<{ program: Program; inputs: readonly string[] }> {
    const key = Object.values(parts).join(' ');
    const known = this.compiled.get(key);
    if (known) return known;
    const { step, inputs } = trainingProgram(this.task.scale, parts);
    const made = {
      program: await this.task.engine.compile(step, inputs, this.state),
      inputs: Object.keys(inputs),
    };
    this.compiled.set(key, made);
    return made;
  }
}

function learningRateAt(hyperparameters: Hyperparameters, iteration: number, iterations: number): number {
  const { learningRate, learningRateDecay: decay } = hyperparameters;
  return decay && iteration >= decay.at * iterations ? learningRate * decay.factor : learningRate;
}

function diverged(what: string, { index, hyperparameters }: TrainingScale, iteration: number): TrainingError {
  const { optimizer, learningRate } = hyperparameters;
  return new TrainingError(
    'training-diverged',
    'request',
    `training: ${what} stopped being a number at scale ${index + 1}, epoch ${iteration + 1}, with ${optimizer} at a ` +
      `learning rate of ${learningRate}: try ${learningRate / 10}, or adam at 0.0005`,
  );
}
