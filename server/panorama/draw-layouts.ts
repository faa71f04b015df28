/** The SinGAN's part of the job: train or take from the store, sample, rank, rehearse. */
import type { Size } from '../../shared/geometry.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { modelKey } from '../models/model-key.ts';
import type { Engine } from '../program.ts';
import type { SinGan } from '../singan/model.ts';
import { compileSampler } from '../singan/sample.ts';
import { trainSinGan } from '../singan/train.ts';
import type { Context } from './make-panorama.ts';
import { rankLayouts } from './rank.ts';
import { rehearse } from './rehearse.ts';
import { sourceRows } from './source-rows.ts';
import { unevenStretch } from './uneven-stretch.ts';

/** Layouts sampled for one that is painted: the best of sixteen is 7–8 % better than the median. */
const SAMPLES = 16;
/** Fewer are drawn of large ones: so many pixels in all. */
const SAMPLED_PIXELS = 1_500_000;
/** About what share of this phase's time goes into sampling; the rest is ranking and rehearsing. */
const SAMPLING_SHARE = 0.5;

/** The best layouts for the request, as many as it asks variants for, best first. */
export async function drawLayouts(
  context: Context,
  hyperparameters: Hyperparameters,
  engine: Engine,
): Promise<Picture[]> {
  const { job, plan, meter } = context;
  meter.update('train', 0);
  const model = coarseScales(await train(context, hyperparameters, engine), plan.layoutScales);
  meter.update('sample', 0);
  const layouts = await sample(context, model, engine);
  const level = finestLevel(model);
  const photo = await resample(context.photo, level.width, level.height);
  const ranked = await rankLayouts(layouts, photo, sourceRows(plan, layouts, level.height), job.signal);
  const drawn = ranked.map(({ layout }) => layout);
  const best = await rehearse(drawn, context.photo, plan, job.signal, (share) =>
    meter.update('sample', SAMPLING_SHARE + (1 - SAMPLING_SHARE) * share),
  );
  meter.update('sample', 1);
  return best.slice(0, job.request.variants);
}

/** Trains what the store does not have yet; each finished scale is stored before the next begins. */
async function train(context: Context, hyperparameters: Hyperparameters, engine: Engine): Promise<SinGan> {
  const { job, photo, plan, meter } = context;
  const store = job.models;
  const key = modelKey(photo, hyperparameters);
  const stored = await store.load(key);
  const secondsBefore = (scale: number): number =>
    plan.scaleSeconds.slice(0, scale).reduce((sum, seconds) => sum + seconds, 0);
  const total = secondsBefore(plan.scaleSeconds.length);
  const found = secondsBefore(stored?.model.generators.length ?? 0);
  meter.leaveOut('train', found / total);
  if (stored?.last === null) return stored.model;
  return trainSinGan({
    engine,
    hyperparameters,
    photo: { width: photo.width, height: photo.height },
    pictureAt: ({ width, height }) => resample(photo, width, height),
    resumeFrom: stored?.last ? { model: stored.model, last: stored.last } : undefined,
    signal: job.signal,
    onIteration: ({ scale, scales, iteration, iterations }) => {
      const seconds = secondsBefore(scale) + (plan.scaleSeconds[scale] ?? 0) * (iteration / iterations);
      meter.update('train', (seconds - found) / (total - found), { scale: scale + 1, scales });
    },
    onScale: async ({ scale, scales, iterations, losses, preview, checkpoint }) => {
      await store.save(key, checkpoint);
      await job.onEvent({ type: 'scale', scale: scale + 1, scales, epochs: iterations, losses, preview });
    },
  });
}

async function sample(
  { job, photo, plan, meter }: Context,
  model: SinGan,
  engine: Engine,
): Promise<Picture[]> {
  const sampler = await compileSampler(engine, model, {
    mode: plan.mode,
    frame: plan.frame,
    photo: plan.photo,
  });
  try {
    const { startSize } = sampler;
    const stretched = startSize ? await unevenStretch(photo, startSize) : undefined;
    const affordable = Math.floor(SAMPLED_PIXELS / (sampler.size.width * sampler.size.height));
    const count = Math.max(job.request.variants, Math.min(SAMPLES, affordable));
    const layouts: Picture[] = [];
    for (let index = 0; index < count; index++) {
      job.signal.throwIfAborted();
      const seed = job.request.seed + index * 2 ** 32;
      layouts.push(await sampler.sample(seed, stretched?.(seed), job.signal));
      meter.update('sample', (SAMPLING_SHARE * (index + 1)) / count);
    }
    return layouts;
  } finally {
    await sampler.dispose();
  }
}

/** The model without its finer scales. */
function coarseScales(model: SinGan, count: number): SinGan {
  return {
    ...model,
    levels: model.levels.slice(0, count),
    noiseAmplitudes: model.noiseAmplitudes.slice(0, count),
    generators: model.generators.slice(0, count),
  };
}

function finestLevel(model: SinGan): Size {
  const level = model.levels.at(-1);
  if (!level) throw new Error('internal: draw layouts: a model without levels');
  return level;
}
