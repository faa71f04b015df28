/** Ours, by the server's own stages: layouts of a trained model, painted, and what they are measured by. */
import { clipToFrame, type Rectangle, type Size } from '../../../shared/geometry.ts';
import type { PanoramaRequest } from '../../../shared/request.ts';
import type { Picture } from '../../images/picture.ts';
import { ModelStore } from '../../models/model-store.ts';
import { draftLayout } from '../../painter/draft-layout.ts';
import { paint } from '../../painter/paint.ts';
import { drawLayouts } from '../../panorama/draw-layouts.ts';
import type { Context } from '../../panorama/make-panorama.ts';
import type { Plan } from '../../panorama/plan.ts';
import { ProgressMeter } from '../../panorama/progress-meter.ts';
import type { Engine } from '../../program.ts';
import { diversity } from './diversity.ts';
import type { Showing } from './measure.ts';

/** The photo and what surrounds the work on it. */
export interface Work {
  readonly file: Uint8Array;
  readonly photo: Picture;
  readonly modelsFolder: string;
  readonly signal: AbortSignal;
}

/** Ranked layouts, and how long they took. */
export interface Drawn {
  readonly plan: Plan;
  readonly layouts: readonly Picture[];
  /** Close to 0 where the model was in the store. */
  readonly trainSeconds: number;
  readonly sampleSeconds: number;
}

/** Trains, or takes the model from the store, and draws as many layouts as the request has variants, best first. */
export async function draw(
  { file, photo, modelsFolder, signal }: Work,
  plan: Plan,
  request: PanoramaRequest,
  engine: Engine,
): Promise<Drawn> {
  const started = performance.now();
  if (!plan.hyperparameters) {
    const layout = await draftLayout(photo, plan.frame, plan.photo, plan.mode);
    return { plan, layouts: [layout], trainSeconds: 0, sampleSeconds: secondsSince(started) };
  }
  let sampling: number | null = null;
  const meter = new ProgressMeter(plan.seconds, ({ phase }) => {
    if (phase === 'sample') sampling ??= performance.now();
  });
  const context: Context = {
    job: {
      photo: file,
      request,
      engine: 'auto',
      models: ModelStore.inFolder(modelsFolder),
      signal,
      onEvent: () => undefined,
    },
    photo,
    plan,
    meter,
  };
  const layouts = await drawLayouts(context, plan.hyperparameters, engine);
  const trainSeconds = ((sampling ?? started) - started) / 1000;
  return { plan, layouts, trainSeconds, sampleSeconds: secondsSince(started) - trainSeconds };
}

/** The layout painted at the frame's size. */
export function paintPlan(
  { photo, signal }: Pick<Work, 'photo' | 'signal'>,
  plan: Plan,
  layout: Picture,
  quality: 'draft' | 'full',
): Promise<Picture> {
  const keep = plan.mode === 'extend';
  return paint({ layout, source: photo, frame: plan.frame, photo: plan.photo, keep, signal, quality });
}

/** What a picture of the frame is measured by. */
export function shown(
  { mode, frame, photo }: Plan,
  diverse: number | null,
): { content: Size; showing: Showing } {
  const extends_ = mode === 'extend';
  return {
    content: photo,
    showing: {
      kept: extends_ ? clipToFrame(photo, frame) : null,
      rows: extends_ ? { top: photo.y, height: photo.height } : { top: 0, height: frame.height },
      diversity: diverse,
    },
  };
}

/** Over the best layouts; in `extend` beside the photo only. */
export function layoutDiversity(
  { mode, frame, photo }: Plan,
  layouts: readonly Picture[],
  source: Picture,
): number | null {
  const [first] = layouts;
  if (!first) return null;
  const [across, down] = [first.width / frame.width, first.height / frame.height];
  const kept: Rectangle | null =
    mode === 'extend'
      ? { x: photo.x * across, y: photo.y * down, width: photo.width * across, height: photo.height * down }
      : null;
  return diversity(layouts, source, kept);
}

/** What a function makes, and the seconds it takes. */
export async function timed<T>(make: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const made = await make();
  return [made, secondsSince(started)];
}

export function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}
