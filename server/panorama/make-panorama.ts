/**
 * The main job, start to end: decode the photo, plan, paint a draft, train a SinGAN (or take it from the store),
 * sample layouts, rank them, paint the best, encode.
 */
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { EngineChoice, PanoramaRequest } from '../../shared/request.ts';
import type { ModelStore } from '../models/model-store.ts';
import { decodePicture } from '../images/decode.ts';
import { encodePicture } from '../images/encode.ts';
import type { Picture } from '../images/picture.ts';
import { draftLayout } from '../painter/draft-layout.ts';
import { paint } from '../painter/paint.ts';
import type { Engine } from '../program.ts';
import type { Phase } from '../../shared/protocol.ts';
import type { PanoramaEvent } from './events.ts';
import { atPace, planPanorama } from './plan.ts';
import type { Pace, Plan } from './plan.ts';
import { ProgressMeter, type PhaseTime } from './progress-meter.ts';

export interface PanoramaJob {
  /** The photo's file: PNG, JPEG, WebP, AVIF, GIF or TIFF. */
  readonly photo: Uint8Array;
  readonly request: PanoramaRequest;
  readonly engine: EngineChoice;
  /** Where trained models are kept and found again. */
  readonly models: ModelStore;
  readonly signal: AbortSignal;
  /** Told everything that happens, the pictures included; awaited before the job goes on. */
  readonly onEvent: (event: PanoramaEvent) => void | Promise<void>;
  /** Variants that an earlier run has delivered already: they are not made again. */
  readonly delivered?: ReadonlySet<number>;
  /** How many times longer than planned each phase takes on this machine, where it was measured. */
  readonly pace?: Pace;
  /** Told once, at the end of a job that succeeded. */
  readonly onReport?: (report: JobReport) => void;
}

/** What a finished job took. */
export interface JobReport {
  readonly phases: Readonly<Partial<Record<Phase, PhaseTime>>>;
  /** Whether the photo's model was complete in the store; null where nothing was to be trained. */
  readonly modelFound: boolean | null;
}

/** What the stages share. */
export interface Context {
  readonly job: PanoramaJob;
  readonly photo: Picture;
  readonly plan: Plan;
  readonly meter: ProgressMeter;
}

/**
 * Makes the panoramas a request asks for. They come as events: the draft first, as variant 0, then the variants.
 *
 * @throws PanoramaError for a wrong picture or a failing machine; the signal's reason when aborted
 */
export async function makePanorama(job: PanoramaJob): Promise<void> {
  const { request, onEvent } = job;
  // A listener that fails on a progress report, which nobody waits for, ends the job all the same.
  const failure = new AbortController();
  const signal = AbortSignal.any([job.signal, failure.signal]);
  signal.throwIfAborted();
  const photo = await decodePicture(job.photo);
  const plan = atPace(planPanorama(photo, request), job.pace ?? {});
  const meter = new ProgressMeter(plan.seconds, (event) => {
    Promise.resolve(onEvent(event)).catch((reason: unknown) => failure.abort(reason));
  });
  const context: Context = { job: { ...job, signal }, photo, plan, meter };
  await makeVariants(context);
  job.onReport?.({ phases: meter.times(), modelFound: meter.modelFound });
}

async function makeVariants(context: Context): Promise<void> {
  const { job, photo, plan, meter } = context;
  const { request, signal } = job;
  signal.throwIfAborted();

  // One asked for by name may be missing: that is told before anything is made.
  const named = plan.hyperparameters && job.engine !== 'auto' ? await start(job.engine) : null;
  const layout = await draftLayout(photo, plan.frame, plan.photo, plan.mode);
  if (isDelivered(job, 0)) meter.leaveOut('draft', 1);
  else await deliver(context, 0, await paintLayout(context, layout, 'draft', 0, 1));
  const left = Array.from({ length: request.variants }, (_, i) => i + 1).filter((n) => !isDelivered(job, n));
  if (request.preset === 'draft' || left.length === 0) return;
  meter.leaveOut('paint', 1 - left.length / request.variants);

  const layouts = plan.hyperparameters
    ? await drawBest(context, plan.hyperparameters, named)
    : Array.from({ length: request.variants }, () => layout);
  for (const [index, n] of left.entries()) {
    const best = layouts[n - 1];
    if (!best) throw new Error(`internal: make panorama: expected ${request.variants} layouts, got fewer`);
    await deliver(context, n, await paintLayout(context, best, 'paint', index, left.length));
  }
}

function isDelivered({ delivered }: PanoramaJob, n: number): boolean {
  return delivered?.has(n) ?? false;
}

async function drawBest(
  context: Context,
  hyperparameters: Hyperparameters,
  named: Engine | null,
): Promise<Picture[]> {
  context.meter.begin('train');
  const engine = named ?? (await start('auto'));
  const { drawLayouts } = await import('./draw-layouts.ts');
  const { onEngine } = await import('../engine/recover.ts');
  // Scales that are trained are in the store: another engine goes on after them.
  return onEngine(context.job.engine, engine, start, (device) =>
    drawLayouts(context, hyperparameters, device),
  );
}

/** Loads the engines only when one is needed: the draft does without TensorFlow.js and ONNX Runtime. */
async function start(choice: EngineChoice): Promise<Engine> {
  const { startEngine } = await import('../engine/start.ts');
  return startEngine(choice);
}

/** Paints a layout, the `index`-th of `count` of its phase. */
function paintLayout(
  context: Context,
  layout: Picture,
  phase: Phase,
  index: number,
  count: number,
): Promise<Picture> {
  const { job, photo, plan, meter } = context;
  meter.update(phase, index / count);
  return paint({
    layout,
    source: photo,
    frame: plan.frame,
    photo: plan.photo,
    keep: plan.mode === 'extend',
    signal: job.signal,
    quality: phase === 'draft' ? 'draft' : 'full',
    onProgress: (fraction) => meter.update(phase, (index + fraction) / count),
  });
}

async function deliver({ job, plan, meter }: Context, n: number, picture: Picture): Promise<void> {
  const { request, signal, onEvent } = job;
  meter.begin('encode');
  const bytes = await encodePicture(picture, request.format);
  signal.throwIfAborted();
  // The draft is not counted, unless it is all there is.
  if (n > 0 || request.preset === 'draft') meter.update('encode', Math.max(n, 1) / request.variants);
  const { width, height } = picture;
  await onEvent({ type: 'variant', n, width, height, upscaled: plan.upscaled, bytes });
}
