/** From a photo and a request to sizes, places and costs: everything that is decided before any pixel is made. */
import type { Placement, Rectangle, Size } from '../../shared/geometry.ts';
import { areaOf, clipToFrame, frameAtLevel, placePhoto } from '../../shared/geometry.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import { epochsAt, resolveHyperparameters } from '../../shared/hyperparameters.ts';
import type { Mode, PanoramaRequest } from '../../shared/request.ts';
import { pyramidSizes } from '../singan/pyramid.ts';
import { PHASES, type Phase } from '../../shared/protocol.ts';

export interface Plan {
  readonly frame: Size;
  readonly mode: Mode;
  /**
   * The whole photo in frame pixels. `extend` keeps it there; for the other modes it says how large the photo's
   * content is drawn.
   */
  readonly photo: Rectangle;
  /** How many times the photo's pixels are enlarged; 1 where they are not. */
  readonly upscaled: number;
  /**
   * Null where nothing is trained: for a draft, where the kept photo covers the frame, and where the frame is so much
   * longer than the photo that no scale's layout can be drawn.
   */
  readonly hyperparameters: Hyperparameters | null;
  /** How many scales, from the coarsest, draw the layout; fewer than there are in frames much longer than the photo. */
  readonly layoutScales: number;
  /** Expected seconds of each phase on two cores, for progress. */
  readonly seconds: Readonly<Record<Phase, number>>;
  /** Expected seconds of each scale's training. */
  readonly scaleSeconds: readonly number[];
  /** Expected peak of the process that does it. */
  readonly memoryBytes: number;
}

/** How many times longer than planned each phase takes on a machine. */
export type Pace = Readonly<Partial<Record<Phase, number>>>;

/** Memory for sampling grows with it: a layer of 32 channels takes 128 bytes a pixel. */
const MAX_LAYOUT_PIXELS = 500_000;

/** Plans a job. */
export function planPanorama(source: Size, request: PanoramaRequest): Plan {
  const frame = { width: request.width, height: request.height };
  const { photo, scale } = placeContent(source, frame, request);
  const recipe = resolveHyperparameters(request);
  const levels = recipe ? pyramidSizes(source, recipe) : [];
  const layoutScales = levels.filter(
    (level) => areaOf(frameAtLevel(frame, photo, level).frame) <= MAX_LAYOUT_PIXELS,
  ).length;
  const covered = request.mode === 'extend' && covers(photo, frame);
  const hyperparameters = covered || layoutScales === 0 ? null : recipe;
  const scaleSeconds = hyperparameters
    ? levels.map((size, scale) => trainingSeconds(size, scale, hyperparameters))
    : [];
  const megapixels = (frame.width * frame.height) / 1e6;
  const seconds: Plan['seconds'] = {
    decode: 0.1,
    draft: 0.6 + 0.55 * megapixels,
    train: scaleSeconds.reduce((sum, item) => sum + item, 0),
    sample: hyperparameters ? 4 : 0,
    paint: recipe ? request.variants * (0.8 + 0.75 * megapixels) : 0,
    encode: 0.2 * (1 + request.variants) * megapixels,
  };
  const asIs = photo.width === source.width && photo.height === source.height;
  const upscaled = asIs ? 1 : Math.max(1, scale);
  const finest = hyperparameters ? levels.at(-1) : undefined;
  return {
    frame,
    mode: request.mode,
    photo,
    upscaled,
    hyperparameters,
    layoutScales,
    seconds,
    scaleSeconds,
    memoryBytes: Math.max(
      paintingBytes(source, frame),
      finest && hyperparameters ? trainingBytes(finest, levels.length - 1, hyperparameters) : 0,
    ),
  };
}

/** The plan with its seconds at a machine's own pace. */
export function atPace(plan: Plan, pace: Pace): Plan {
  const seconds = { ...plan.seconds };
  for (const phase of PHASES) seconds[phase] *= pace[phase] ?? 1;
  return {
    ...plan,
    seconds,
    scaleSeconds: plan.scaleSeconds.map((item) => item * (pace.train ?? 1)),
  };
}

function covers(photo: Rectangle, frame: Size): boolean {
  const visible = clipToFrame(photo, frame);
  return visible !== null && areaOf(visible) === areaOf(frame);
}

/**
 * In `extend`, the photo at its anchor. Otherwise its content is as large as the frame's height allows, since rows
 * carry the meaning of a scene (sky, horizon, ground); in a frame much taller than the photo, the mean of that and
 * of fitting its width, which would be either blurred or tiny.
 */
function placeContent(source: Size, frame: Size, { mode, anchor, zoom }: PanoramaRequest): Placement {
  if (mode === 'extend') return placePhoto(source, frame, anchor, zoom);
  const [across, down] = [frame.width / source.width, frame.height / source.height];
  const natural = down <= across ? down : Math.sqrt(across * down);
  const scale = Math.min(natural * zoom, Math.max(across, down));
  const width = Math.max(1, Math.round(source.width * scale));
  const height = Math.max(1, Math.round(source.height * scale));
  const x = Math.round((frame.width - width) / 2);
  const y = Math.round((frame.height - height) / 2);
  return { photo: { x, y, width, height }, scale };
}

/** A fixed cost for each step's nodes and one for each pixel and pair of channels. */
function trainingSeconds(size: Size, scale: number, hyperparameters: Hyperparameters): number {
  const { discriminatorSteps, generatorSteps } = hyperparameters;
  const channels = channelsAt(scale, hyperparameters);
  const stepMs = 3 + areaWithMargin(size) * (channels / 32) ** 2 * 0.0085;
  const compileMs = 500;
  return (
    (compileMs + epochsAt(hyperparameters, scale) * stepMs * ((discriminatorSteps + generatorSteps) / 2)) /
    1000
  );
}

function channelsAt(scale: number, { width, widthDoublesEvery, maxWidth }: Hyperparameters): number {
  const doublings = widthDoublesEvery ? Math.floor(scale / widthDoublesEvery) : 0;
  return Math.min(width * 2 ** doublings, maxWidth);
}

/** The networks see five pixels more on each side. */
const areaWithMargin = ({ width, height }: Size): number => (width + 10) * (height + 10);

const MEBIBYTE = 2 ** 20;

/** Measured: the program, the photo decoded and resampled, and the pyramid of the frame. */
function paintingBytes(source: Size, frame: Size): number {
  return 200 * MEBIBYTE + 6 * areaOf(source) + 38 * areaOf(frame);
}

/** Measured: 470 MiB for `fast` at 75×100, 2.8 GiB for `classic` at 150×200; the finest scale needs the most. */
function trainingBytes(size: Size, scale: number, hyperparameters: Hyperparameters): number {
  return 100 * MEBIBYTE + 1400 * areaWithMargin(size) * channelsAt(scale, hyperparameters);
}
