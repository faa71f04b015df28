/** Every way of filling a frame that is compared: what others do, and ours by the server's own stages. */
import { clipToFrame, type Size } from '../../../shared/geometry.ts';
import { MODES, requireRequest, type Mode } from '../../../shared/request.ts';
import { startEngine } from '../../engine/start.ts';
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { draftLayout } from '../../painter/draft-layout.ts';
import { planPanorama, type Plan } from '../../panorama/plan.ts';
import type { ContentAware } from './content-aware.ts';
import type { Showing } from './measure.ts';
import { mirrored } from './mirror.ts';
import { draw, layoutDiversity, paintPlan, shown, timed, type Drawn, type Work } from './stages.ts';

export const WAYS = ['gan', 'stretch', 'mirror', 'content-aware', 'draft', ...MODES] as const;
export type WayName = (typeof WAYS)[number];

/** How much is sampled to see how diverse layouts are. */
const SAMPLES = 4;

export interface Filling {
  readonly way: WayName;
  readonly picture: Picture;
  /** Size of the photo's content as the picture shows it: what it is measured against. */
  readonly content: Size;
  readonly showing: Showing;
  /** From the decoded photo to the picture, without the training. */
  readonly seconds: number;
  /** Close to 0 where the model was in the store. */
  readonly trainSeconds: number | null;
}

export interface Task extends Work {
  readonly frame: Size;
  /** Whether `gan` is the published training at 300 epochs, as in the parent project, or a sample of ours. */
  readonly classic: boolean;
  readonly contentAware: ContentAware | null;
  readonly onWay: (way: WayName) => void;
}

/** Fills the frame in every way, in the order of `WAYS`. */
export async function fillings(task: Task): Promise<Filling[]> {
  const { photo, frame, contentAware, signal } = task;
  const { photo: place } = planFor(task, 'extend', 'draft');
  const whole: Showing = { kept: null, rows: { top: 0, height: frame.height }, diversity: null };
  const beside: Showing = {
    ...whole,
    kept: clipToFrame(place, frame),
    rows: { top: place.y, height: place.height },
  };
  const plain = async (way: WayName, showing: Showing, make: () => Promise<Picture>): Promise<Filling> => {
    task.onWay(way);
    const [picture, seconds] = await timed(make);
    return { way, picture, content: place, showing, seconds, trainSeconds: null };
  };
  const filled: Filling[] = [
    await plain('stretch', whole, () => resample(photo, frame.width, frame.height)),
    await plain('mirror', beside, async () =>
      mirrored(await resample(photo, place.width, place.height), frame, place),
    ),
  ];
  if (contentAware) {
    const carve = async () => contentAware(await resample(photo, place.width, place.height), frame, signal);
    filled.push(await plain('content-aware', whole, carve));
  }
  filled.push(await draft(task));
  for (const mode of MODES) {
    task.onWay(mode);
    const drawn = await drawFor(task, mode, 'fast');
    if (mode === 'reimagine') filled.push(await enlargedSample(task, drawn));
    filled.push(await painted(task, mode, drawn));
  }
  return filled.sort((a, b) => WAYS.indexOf(a.way) - WAYS.indexOf(b.way));
}

async function draft(task: Task): Promise<Filling> {
  task.onWay('draft');
  const plan = planFor(task, 'extend', 'draft');
  const [picture, seconds] = await timed(async () =>
    paintPlan(task, plan, await draftLayout(task.photo, plan.frame, plan.photo, plan.mode), 'draft'),
  );
  return { way: 'draft', picture, ...shown(plan, null), seconds, trainSeconds: null };
}

async function drawFor(task: Task, mode: Mode, preset: 'fast' | 'classic'): Promise<Drawn> {
  const engine = await startEngine('auto');
  try {
    return await draw(task, planFor(task, mode, preset), requestFor(task, mode, preset), engine);
  } finally {
    await engine.close();
  }
}

async function painted(task: Task, mode: Mode, { plan, layouts, ...took }: Drawn): Promise<Filling> {
  const [best] = layouts;
  if (!best) throw new Error('internal: quality: no layout');
  const [picture, seconds] = await timed(() => paintPlan(task, plan, best, 'full'));
  return {
    way: mode,
    picture,
    ...shown(plan, layoutDiversity(plan, layouts, task.photo)),
    seconds: took.sampleSeconds + seconds,
    trainSeconds: took.trainSeconds,
  };
}

/** A sample as it is, enlarged to the frame. */
async function enlargedSample(task: Task, ofOurs: Drawn): Promise<Filling> {
  task.onWay('gan');
  const { plan, layouts, ...took } = task.classic ? await drawFor(task, 'reimagine', 'classic') : ofOurs;
  const [best] = layouts;
  if (!best) throw new Error('internal: quality: no layout');
  const [picture, seconds] = await timed(() => resample(best, plan.frame.width, plan.frame.height));
  return {
    way: 'gan',
    picture,
    ...shown(plan, layoutDiversity(plan, layouts, task.photo)),
    seconds: took.sampleSeconds + seconds,
    trainSeconds: took.trainSeconds,
  };
}

function requestFor({ frame }: Task, mode: Mode, preset: 'draft' | 'fast' | 'classic') {
  return requireRequest({ ...frame, mode, preset, variants: preset === 'draft' ? 1 : SAMPLES });
}

function planFor(task: Task, mode: Mode, preset: 'draft' | 'fast' | 'classic'): Plan {
  return planPanorama(task.photo, requestFor(task, mode, preset));
}
