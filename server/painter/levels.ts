/** The sizes that a painting grows through: from a coarse frame, by about 1.4 a level, to exactly the frame. */
import { clipToFrame, type Rectangle, type Size } from '../../shared/geometry.ts';

/** Short side of the coarsest frame, in pixels: low enough to compose the picture anew, high enough to know it. */
const COARSEST_SIDE = 32;
/** Short side of the photo, in pixels, below which its patches hold too little; such a painting starts finer. */
const COARSEST_PHOTO_SIDE = 18;
/** Height of the photo, in pixels, below which a patch at its edge shows more than the strip along that edge. */
const COARSEST_STACKED_HEIGHT = 60;
/** Passes at the coarsest level, at the other exact ones, and at the rest. */
const COARSEST_PASSES = 6;
const EXACT_PASSES = 3;
const PASSES = 2;
const GROWTH = 1.4;
const PATCH_SIZE = 9;
/** Patch pairs that an exact search may compare in a pass: at the coarsest level, at the next ones. */
const COARSEST_PAIRS = 8e6;
const EXACT_PAIRS = 5e6;
/** Levels between this share of the frame's size and the frame itself go without blending, to save time. */
const BLENDED_SCALE = 0.55;
/**
 * Steps of balancing before each pass: at the coarsest level, at the other exact ones, and at the rest up to this short
 * side of the frame. The coarsest ends with passes that settle what was moved.
 */
const COARSEST_STEPS = [40, 8, 8];
const EXACT_STEPS = [12, 8, 8];
const STEPS = [4, 4];
const BALANCED_SIDE = 200;
/** About what share of all pairs the row band admits. */
const BAND_SHARE = 0.25;
/** Short side of the frame, in pixels, from which patches are matched on a sparse grid only. */
const SPARSE_SIDE = 80;

/** `draft` matches patches on a sparser grid, at full size once: about a third faster, slightly softer. */
export type Quality = 'draft' | 'full';

export interface Level {
  readonly frame: Size;
  /** The whole photo; its size is the size of this level's source picture. */
  readonly photo: Rectangle;
  /** The part of the frame where the photo is kept, or null. */
  readonly kept: Rectangle | null;
  /** Half a patch: patches measure 2 · radius + 1 pixels each way. */
  readonly radius: number;
  /** Distance between the patch centres that are matched, in pixels. */
  readonly stride: number;
  /** Whether every source patch of the row band is compared. */
  readonly exact: boolean;
  /** How often the field is searched and voted from. The first pass answers to the blurred photo. */
  readonly passes: number;
  /** Steps of balancing before each pass; none where there is no number. */
  readonly balanceSteps: readonly number[];
  /** Whether tones are blended here. They must be early: a step of tone that is enlarged is matched as an edge. */
  readonly blends: boolean;
}

/** The levels for a frame and the photo's place in it, coarsest first; the last one is the frame itself. */
export function planLevels(frame: Size, photo: Rectangle, keep: boolean, quality: Quality): Level[] {
  const coarsest = coarsestScale(frame, photo, keep);
  const steps = coarsest < 1 ? Math.max(1, Math.round(Math.log(1 / coarsest) / Math.log(GROWTH))) : 0;
  const levels: Level[] = [];
  for (let step = 0; step <= steps; step++) {
    const scale = step === steps ? 1 : coarsest ** (1 - step / steps);
    levels.push(levelAt(frame, photo, keep, quality, scale, step === 0));
  }
  return levels;
}

function coarsestScale(frame: Size, photo: Rectangle, keep: boolean): number {
  const forFrame = COARSEST_SIDE / Math.min(frame.width, frame.height);
  const forPhoto = COARSEST_PHOTO_SIDE / Math.min(photo.width, photo.height);
  const stacked = keep && (photo.y > 0 || photo.y + photo.height < frame.height);
  const forStack = stacked ? COARSEST_STACKED_HEIGHT / photo.height : 0;
  let scale = Math.min(1, Math.max(forFrame, forPhoto, forStack));
  const pairs = BAND_SHARE * frame.width * frame.height * photo.width * photo.height;
  // A photo much thinner than the frame would start so fine that an exact search never ends.
  if (pairs * scale ** 4 > COARSEST_PAIRS) scale = (COARSEST_PAIRS / pairs) ** (1 / 4);
  return scale;
}

function levelAt(
  frame: Size,
  photo: Rectangle,
  keep: boolean,
  quality: Quality,
  scale: number,
  first: boolean,
): Level {
  const size = scaled({ x: 0, y: 0, ...frame }, scale);
  const place = scaled(photo, scale);
  const side = Math.min(size.width, size.height, place.width, place.height, PATCH_SIZE);
  const sparse = Math.min(size.width, size.height) >= SPARSE_SIDE;
  const pairs = BAND_SHARE * size.width * size.height * place.width * place.height;
  const balances = Math.min(size.width, size.height) <= BALANCED_SIDE;
  const exact = first || (!sparse && pairs <= EXACT_PAIRS);
  return {
    frame: { width: size.width, height: size.height },
    photo: place,
    kept: keep ? clipToFrame(place, size) : null,
    radius: (side - 1) >> 1,
    stride: exact || !sparse ? 1 : quality === 'draft' ? 3 : 2,
    exact,
    passes: first ? COARSEST_PASSES : exact ? EXACT_PASSES : quality === 'draft' && scale === 1 ? 1 : PASSES,
    balanceSteps: first ? COARSEST_STEPS : exact ? EXACT_STEPS : balances && quality === 'full' ? STEPS : [],
    blends: scale === 1 || scale <= BLENDED_SCALE,
  };
}

/** Both edges are rounded, so that what touches at full size touches at every scale. */
function scaled(rectangle: Rectangle, scale: number): Rectangle {
  const x = Math.round(rectangle.x * scale);
  const y = Math.round(rectangle.y * scale);
  const right = Math.round((rectangle.x + rectangle.width) * scale);
  const bottom = Math.round((rectangle.y + rectangle.height) * scale);
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}
