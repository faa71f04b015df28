/** One combination, start to end: train, draw, paint, measure. */
import { clipToFrame, type Rectangle } from '../../../shared/geometry.ts';
import { encodePicture } from '../../images/encode.ts';
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { modelKey } from '../../models/model-key.ts';
import { ModelStore } from '../../models/model-store.ts';
import type { Engine } from '../../program.ts';
import { SampleError, TrainingError } from '../../singan/errors.ts';
import { trainSinGan } from '../../singan/train.ts';
import { measure, type Reference, type referencesOf, type Showing } from '../quality/measure.ts';
import {
  draw,
  layoutDiversity,
  paintPlan,
  secondsSince,
  shown,
  timed,
  type Work,
} from '../quality/stages.ts';
import type { Task } from './grid.ts';
import type { Kept, Outcome, TrainedScale, View } from './kept.ts';

export interface Study extends Omit<Work, 'modelsFolder'> {
  readonly kept: Kept;
  readonly engine: Engine;
  readonly machine: string;
  readonly referenceAt: ReturnType<typeof referencesOf>;
}

/** Makes what is missing of a combination and keeps it; tells what it is at. */
export async function finish(study: Study, task: Task, tell: (what: string) => void): Promise<Outcome> {
  const { kept, photo } = study;
  const key = modelKey(photo, task.hyperparameters);
  const scales: TrainedScale[] = [];
  const outcome = await make(study, task, key, scales, tell);
  await kept.saveOutcome(task, key, outcome);
  return outcome;
}

async function make(
  study: Study,
  task: Task,
  key: string,
  scales: TrainedScale[],
  tell: (what: string) => void,
): Promise<Outcome> {
  const { machine } = study;
  try {
    await train(study, task, key, scales, tell);
    return { kind: 'finished', scales, ...(await pictures(study, task, tell)), machine };
  } catch (error) {
    // That a training goes astray is a result like any other.
    if (!(error instanceof TrainingError || error instanceof SampleError)) throw error;
    return { kind: 'diverged', scales, message: error.message, machine };
  }
}

/** Trains the scales that are missing; `scales` holds all of them at the end, and the finished ones at a failure. */
async function train(
  { kept, engine, photo, signal }: Study,
  { hyperparameters }: Task,
  key: string,
  scales: TrainedScale[],
  tell: (what: string) => void,
): Promise<void> {
  const store = ModelStore.inFolder(kept.modelsFolder);
  const [stored, known] = [await store.load(key), await kept.scales(key)];
  const trained = stored?.model.generators.length ?? 0;
  // A scale's times are kept before its weights: there are at least as many, unless someone removed them.
  const goesOn = stored !== null && known.length >= trained;
  if (goesOn) scales.push(...known.slice(0, trained));
  if (goesOn && stored.last === null) return;

  let begun = -1;
  let started = performance.now();
  await trainSinGan({
    engine,
    hyperparameters,
    photo: { width: photo.width, height: photo.height },
    pictureAt: ({ width, height }) => resample(photo, width, height),
    resumeFrom: goesOn && stored.last ? { model: stored.model, last: stored.last } : undefined,
    signal,
    onIteration: ({ scale, scales: count }) => {
      if (scale === begun) return;
      begun = scale;
      tell(`scale ${scale + 1} of ${count}`);
    },
    onScale: async ({ iterations, losses, preview: { width, height }, checkpoint }) => {
      scales.push({ width, height, epochs: iterations, seconds: secondsSince(started), losses });
      await kept.saveScales(key, scales);
      await store.save(key, checkpoint);
      started = performance.now();
    },
  });
}

async function pictures(
  { kept, engine, file, photo, signal, referenceAt }: Study,
  { plan, request }: Task,
  tell: (what: string) => void,
): Promise<{ sample: View; panorama: View }> {
  tell('pictures');
  const work = { file, photo, modelsFolder: kept.modelsFolder, signal };
  const drawn = await draw(work, plan, request, engine);
  const [layout] = drawn.layouts;
  if (!layout) throw new Error('internal: study: no layout');
  const { content, showing } = shown(plan, layoutDiversity(plan, drawn.layouts, photo));
  const [panorama, seconds] = await timed(() => paintPlan(work, plan, layout, 'full'));

  tell('figures');
  signal.throwIfAborted();
  const across = layout.width / plan.frame.width;
  const down = layout.height / plan.frame.height;
  const small = scaled(plan.photo, across, down);
  const asSampled: Showing = {
    kept: plan.mode === 'extend' ? clipToFrame(small, layout) : null,
    rows: plan.mode === 'extend' ? { top: small.y, height: small.height } : { top: 0, height: layout.height },
    diversity: showing.diversity,
  };
  return {
    sample: await view(layout, await referenceAt(small), asSampled, drawn.sampleSeconds),
    panorama: await view(panorama, await referenceAt(content), showing, seconds),
  };
}

function scaled({ x, y, width, height }: Rectangle, across: number, down: number): Rectangle {
  return {
    x: Math.round(x * across),
    y: Math.round(y * down),
    width: Math.max(1, Math.round(width * across)),
    height: Math.max(1, Math.round(height * down)),
  };
}

async function view(
  picture: Picture,
  reference: Reference,
  showing: Showing,
  seconds: number,
): Promise<View> {
  const figures = await measure(picture, reference, showing);
  const { width, height } = picture;
  const image = Buffer.from(await encodePicture(picture, 'webp')).toString('base64');
  return { figures, width, height, seconds, image };
}
