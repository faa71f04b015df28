/** One task, start to end: train, draw layouts, measure them. */
import type { Size } from '../../../shared/geometry.ts';
import { frameAtLevel } from '../../../shared/geometry.ts';
import { TRAINING_PRESETS } from '../../../shared/hyperparameters.ts';
import { requireRequest } from '../../../shared/request.ts';
import { UsageError } from '../../cli/errors.ts';
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { planPanorama, type Plan } from '../../panorama/plan.ts';
import { rankLayouts } from '../../panorama/rank.ts';
import { sourceRows } from '../../panorama/source-rows.ts';
import type { Engine } from '../../program.ts';
import { SampleError, TrainingError } from '../../singan/errors.ts';
import type { SinGan } from '../../singan/model.ts';
import { pyramidSizes } from '../../singan/pyramid.ts';
import { compileSampler } from '../../singan/sample.ts';
import { trainSinGan } from '../../singan/train.ts';
import { layoutDiversity, secondsSince } from '../quality/stages.ts';
import type { LayoutLine, Outcome, TrainedScale } from './kept.ts';
import { FRAME, type Task } from './tasks.ts';

/**
 * Long side of the photo, in pixels, at which layouts of every recipe are measured: figures of pictures of different
 * sizes cannot be compared. A recipe that stops at a smaller size is enlarged, and pays for its blur.
 */
export const MEASURED_SIDE = 100;

/** The layouts' seeds are those of a job of seed 1. */
const layoutSeed = (index: number): number => 1 + index * 2 ** 32;

export interface Trained {
  readonly outcome: Outcome;
  /** The best layout as it was drawn; null where the training diverged. */
  readonly picture: Picture | null;
}

/** Throws `UsageError` for a photo that fills the frame as it is. */
export function planFor(photo: Size): Plan {
  const plan = planPanorama(photo, requireRequest({ ...FRAME, mode: 'extend', preset: 'fast' }));
  if (plan.hyperparameters) return plan;
  throw new UsageError(
    `--photos: expected photos that leave room beside them at 3:1, got one of ${photo.width}×${photo.height}`,
  );
}

/** Trains with a task's hyperparameters and measures what is drawn. */
export async function train(
  task: Task,
  photo: Picture,
  engine: Engine,
  signal?: AbortSignal,
): Promise<Trained> {
  const scales: TrainedScale[] = [];
  try {
    const model = await trainScales(task, photo, engine, scales, signal);
    const drawn = await drawAll(task, engine, model, planFor(photo), signal);
    const { best, ...measured } = await measureLayouts(photo, drawn, signal);
    return { outcome: { kind: 'finished', scales, ...measured }, picture: best };
  } catch (error) {
    // That a training goes astray is a result like any other.
    if (!(error instanceof TrainingError || error instanceof SampleError)) throw error;
    return { outcome: { kind: 'diverged', scales, message: error.message }, picture: null };
  }
}

async function trainScales(
  { hyperparameters }: Task,
  photo: Picture,
  engine: Engine,
  scales: TrainedScale[],
  signal: AbortSignal | undefined,
): Promise<SinGan> {
  let [started, cpu] = [performance.now(), process.cpuUsage()];
  return trainSinGan({
    engine,
    hyperparameters,
    photo: { width: photo.width, height: photo.height },
    pictureAt: ({ width, height }) => resample(photo, width, height),
    signal,
    onScale: ({ iterations, losses, preview: { width, height } }) => {
      const { reconstruction } = losses;
      const { user, system } = process.cpuUsage(cpu);
      const [seconds, cpuSeconds] = [secondsSince(started), (user + system) / 1e6];
      scales.push({ width, height, epochs: iterations, seconds, cpuSeconds, reconstruction });
      [started, cpu] = [performance.now(), process.cpuUsage()];
    },
  });
}

export interface Measured {
  /** Best first. */
  readonly layouts: LayoutLine[];
  readonly diversity: number | null;
  /** The best as it was given. */
  readonly best: Picture;
}

/** Layouts of one photo, of any size, by the server's own figures. */
export async function measureLayouts(
  photo: Picture,
  layouts: readonly Picture[],
  signal?: AbortSignal,
): Promise<Measured> {
  const plan = planFor(photo);
  const level = measuredLevel(photo);
  const { frame } = frameAtLevel(plan.frame, plan.photo, level);
  const given = new Map<Picture, Picture>();
  for (const layout of layouts) given.set(await resample(layout, frame.width, frame.height), layout);
  const measured = [...given.keys()];
  const reference = await resample(photo, level.width, level.height);
  const ranked = await rankLayouts(measured, reference, sourceRows(plan, measured, level.height), signal);
  const best = ranked[0] && given.get(ranked[0].layout);
  if (!best) throw new Error('internal: recipes: no layout');
  return {
    layouts: ranked.map(({ figures, score }) => ({ ...figures, rank: score })),
    diversity: layoutDiversity(plan, measured, reference),
    best,
  };
}

async function drawAll(
  { layouts: count }: Task,
  engine: Engine,
  model: SinGan,
  { mode, frame, photo }: Plan,
  signal: AbortSignal | undefined,
): Promise<Picture[]> {
  const sampler = await compileSampler(engine, model, { mode, frame, photo });
  try {
    const layouts: Picture[] = [];
    for (let index = 0; index < count; index++) {
      signal?.throwIfAborted();
      layouts.push(await sampler.sample(layoutSeed(index)));
    }
    return layouts;
  } finally {
    await sampler.dispose();
  }
}

/** The photo's size at which layouts are measured. */
function measuredLevel(photo: Size): Size {
  const level = pyramidSizes(photo, { ...TRAINING_PRESETS.fast, maxSize: MEASURED_SIDE }).at(-1);
  if (!level) throw new Error('internal: recipes: a photo without scales');
  return level;
}
