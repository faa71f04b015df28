/** Milliseconds of a training's iterations, scale by scale: the real training, and the published loop in PyTorch. */
import { epochsAt, type Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import type { Engine } from '../program.ts';
import { architecturesAt } from '../singan/initialization.ts';
import { pyramidSizes } from '../singan/pyramid.ts';
import { trainSinGan } from '../singan/train.ts';
import { PyTorchProcess } from './pytorch.ts';
import type { PyTorch } from './pytorch.ts';
import { medianOf, medianRatio, sum } from './rounds.ts';
import { WatchedEngine } from './watched-engine.ts';

interface Scale {
  readonly heightPx: number;
  readonly widthPx: number;
  /** Of the hidden layers. */
  readonly channels: number;
  /** The recipe's. */
  readonly iterations: number;
}

export interface ScaleResult extends Scale {
  /** Of all programs that an iteration runs; 0 where the engine runs operations one by one. */
  readonly nodes: number;
  readonly iterationMs: number;
  /** What the scale takes beside its iterations: compiling, samples of the coarser scales that are drawn in advance. */
  readonly startMs: number;
  readonly seconds: number;
  /** Null where the state is not on a device of its own. */
  readonly copiedBytesPerIteration: number | null;
}

export interface ComparedScale extends ScaleResult {
  readonly pytorchIterationMs: number | null;
  /** This iteration's time by PyTorch's, in the median over the rounds. */
  readonly ratioToPytorch: number | null;
  readonly iterationMsByRound: readonly number[];
  readonly pytorchIterationMsByRound: readonly number[] | null;
}

export interface TrainingResult {
  readonly scales: readonly ScaleResult[];
  readonly seconds: number;
}

export interface ComparedTraining {
  readonly scales: readonly ComparedScale[];
  /** The scales' iterations and what they take beside them. */
  readonly seconds: number;
  /** PyTorch's iterations alone. */
  readonly pytorchSeconds: number | null;
  readonly ratioToPytorch: number | null;
}

/** One scale of one run. */
interface Run {
  /** Of every iteration; the first ones compile. */
  readonly milliseconds: readonly number[];
  readonly totalMs: number;
  readonly nodes: number;
  readonly copiedBytesPerIteration: number | null;
}

/** In the first round, when nothing is known of an iteration's time. */
const FIRST_ITERATIONS = 2;
const MAX_ITERATIONS = 50;

/** The whole training as it is, once. */
export async function benchmarkTraining(
  engine: Engine,
  photo: Picture,
  hyperparameters: Hyperparameters,
): Promise<TrainingResult> {
  const runs: Run[] = [];
  await train(engine, photo, hyperparameters, (run) => void runs.push(run));
  const scales = scalesOf(photo, hyperparameters).map((scale, index) => {
    const { nodes, totalMs, copiedBytesPerIteration, milliseconds } = runAt(runs, index);
    const iterationMs = typicalMs(milliseconds, hyperparameters);
    const startMs = startOf({ milliseconds, totalMs }, iterationMs);
    return { ...scale, nodes, iterationMs, startMs, seconds: totalMs / 1000, copiedBytesPerIteration };
  });
  return { scales, seconds: sum(scales.map(({ seconds }) => seconds)) };
}

/**
 * The training cut to a few iterations at every scale, about `roundMs` of them, and after each scale the same in
 * PyTorch; so again for every round. Whole trainings are worked out from the medians.
 */
export async function compareTraining(
  engine: Engine,
  photo: Picture,
  hyperparameters: Hyperparameters,
  { rounds, roundMs, pytorch }: { rounds: number; roundMs: number; pytorch: PyTorch | null },
  onRound: (round: number) => void,
): Promise<ComparedTraining> {
  const scales = scalesOf(photo, hyperparameters);
  const layout = scales.map(({ heightPx, widthPx, channels }) => ({
    height: heightPx,
    width: widthPx,
    channels,
  }));
  const other = pytorch && PyTorchProcess.start(pytorch, 'pytorch-training.py', [JSON.stringify(layout)]);
  const own: Run[][] = scales.map(() => []);
  const theirs: number[][] = scales.map(() => []);
  try {
    // Loading PyTorch must not slow the first scale.
    await other?.time(0, 1);
    let timed = scales.map(() => FIRST_ITERATIONS);
    for (let round = 0; round < rounds; round++) {
      onRound(round);
      const counts = timed.map((count) => dropped(hyperparameters) + count);
      await train(engine, photo, cut(hyperparameters, counts), async (run, scale) => {
        own[scale]?.push(run);
        if (other)
          theirs[scale]?.push(typicalMs(await other.time(scale, counts[scale] ?? 0), hyperparameters));
      });
      timed = own.map((runs) => {
        const iterationMs = typicalMs(runAt(runs, round).milliseconds, hyperparameters);
        return Math.max(FIRST_ITERATIONS, Math.min(MAX_ITERATIONS, Math.round(roundMs / iterationMs)));
      });
    }
  } finally {
    other?.stop();
  }
  const compared = scales.map((scale, index) =>
    compare(scale, own[index] ?? [], other && (theirs[index] ?? []), hyperparameters),
  );
  const seconds = sum(compared.map((scale) => scale.seconds));
  const pytorchSeconds =
    other && sum(compared.map((scale) => (scale.iterations * (scale.pytorchIterationMs ?? NaN)) / 1000));
  return {
    scales: compared,
    seconds,
    pytorchSeconds,
    ratioToPytorch: pytorchSeconds && seconds / pytorchSeconds,
  };
}

function compare(
  scale: Scale,
  runs: readonly Run[],
  theirs: readonly number[] | null,
  hyperparameters: Hyperparameters,
): ComparedScale {
  const byRound = runs.map(({ milliseconds }) => typicalMs(milliseconds, hyperparameters));
  const iterationMs = medianOf(byRound);
  const startMs = medianOf(runs.map((run, round) => startOf(run, byRound[round] ?? NaN)));
  const { nodes, copiedBytesPerIteration } = runAt(runs, runs.length - 1);
  return {
    ...scale,
    nodes,
    iterationMs,
    startMs,
    seconds: (startMs + scale.iterations * iterationMs) / 1000,
    copiedBytesPerIteration,
    pytorchIterationMs: theirs && medianOf(theirs),
    ratioToPytorch: theirs && medianRatio(byRound, theirs),
    iterationMsByRound: byRound,
    pytorchIterationMsByRound: theirs,
  };
}

/** Trains; each scale is told when it is finished, and the next one waits for the listener. */
async function train(
  engine: Engine,
  photo: Picture,
  hyperparameters: Hyperparameters,
  onScale: (run: Run, scale: number) => void | Promise<void>,
): Promise<void> {
  const watched = new WatchedEngine(engine);
  let milliseconds: number[] = [];
  let copied: number[] = [];
  let programs = 0;
  let scaleStarted = performance.now();
  let last = scaleStarted;
  await trainSinGan({
    engine: watched,
    hyperparameters,
    photo: { width: photo.width, height: photo.height },
    pictureAt: ({ width, height }) => resample(photo, width, height),
    onIteration: () => {
      const now = performance.now();
      milliseconds.push(now - last);
      last = now;
      copied.push(watched.copiedBytes() ?? 0);
    },
    onScale: async ({ scale }) => {
      const totalMs = performance.now() - scaleStarted;
      const nodes = sum(watched.steps.slice(programs).map((info) => info.nodes));
      const copiedBytesPerIteration =
        watched.copiedBytes() === null ? null : perIteration(copied, dropped(hyperparameters));
      await onScale({ milliseconds, totalMs, nodes, copiedBytesPerIteration }, scale);
      [milliseconds, copied, programs] = [[], [], watched.steps.length];
      scaleStarted = last = performance.now();
    },
  });
}

/** Mean growth of a count over the iterations after the first `skipped`. */
function perIteration(counts: readonly number[], skipped: number): number {
  const [first = 0, end = 0] = [counts[skipped - 1], counts.at(-1)];
  return Math.round((end - first) / Math.max(1, counts.length - skipped));
}

/**
 * Iterations that are left out: those that compile (with a penalty at every second one it takes two to meet all
 * programs), and the one after them, in which the programs still take their memory.
 */
function dropped({ gradientPenaltyEvery }: Hyperparameters): number {
  return gradientPenaltyEvery + 1;
}

/** Median of an iteration, those with and without a penalty in their proportion. */
function typicalMs(milliseconds: readonly number[], hyperparameters: Hyperparameters): number {
  const period = hyperparameters.gradientPenaltyEvery;
  const kept = milliseconds.slice(dropped(hyperparameters));
  const groups = Array.from({ length: Math.floor(kept.length / period) }, (_, index) =>
    kept.slice(index * period, (index + 1) * period),
  );
  return medianOf(groups.map((group) => sum(group) / period));
}

/** What is left of a scale's time without its iterations, the first one being as long as the others but for its start. */
function startOf(
  { milliseconds, totalMs }: Pick<Run, 'milliseconds' | 'totalMs'>,
  iterationMs: number,
): number {
  return Math.max(0, totalMs - sum(milliseconds.slice(1)) - iterationMs);
}

/** The same recipe with so many iterations at each scale. */
function cut(hyperparameters: Hyperparameters, counts: readonly number[]): Hyperparameters {
  return { ...hyperparameters, epochs: 1, epochShares: counts };
}

function scalesOf(photo: Picture, hyperparameters: Hyperparameters): Scale[] {
  return pyramidSizes(photo, hyperparameters).map(({ width, height }, index) => ({
    heightPx: height,
    widthPx: width,
    channels: architecturesAt(hyperparameters, index).generator.width,
    iterations: epochsAt(hyperparameters, index),
  }));
}

function runAt(runs: readonly Run[], index: number): Run {
  const run = runs[index];
  if (!run) throw new Error(`internal: bench: no run ${index}`);
  return run;
}
