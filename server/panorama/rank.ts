/** Puts layouts in order, best first, by figures taken at low resolution. */
import type { Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { completeness, projectPatches, repetition, rowDistance, slicedWasserstein } from './figures.ts';

/** Short side at which nearest patches are looked for, in pixels: their number grows with its fourth power. */
const SMALL_SIDE = 36;
/** Pixels of the photo times those of a layout: no more are compared with each other. */
const MAX_PIXEL_PAIRS = 1e7;
const OCTAVES = 3;
const SMALLEST_SIDE = 12;
/** How many grey levels of the other figures a perfect repeat weighs. */
const REPETITION_WEIGHT = 20;
/** How far any photo's parts resemble each other by chance; a mirror image of the kept photo is at 0.5 and above. */
const CHANCE_REPETITION = 0.3;

/** Lower is better in all. */
export interface LayoutFigures {
  /** Sliced Wasserstein distance of the patches, over octaves, in grey levels. */
  readonly swd: number;
  /** `rowDistance`, in grey levels. */
  readonly horizon: number;
  /** In grey levels. */
  readonly completeness: number;
  /** 0 to 1. */
  readonly repetition: number;
}

export interface RankedLayout {
  readonly layout: Picture;
  /** Lower is better; in grey levels. */
  readonly score: number;
  readonly figures: LayoutFigures;
}

/**
 * Ranks layouts of one size by sliced Wasserstein distance over octaves (texture), rows (horizon), completeness (is
 * all of the photo there) and repetition. `photo` is the photo at the scale of the layouts; `sourceRow` gives the row
 * of the photo that belongs to a layout's row.
 */
export async function rankLayouts(
  layouts: readonly Picture[],
  photo: Picture,
  sourceRow: (y: number) => number,
  signal?: AbortSignal,
): Promise<RankedLayout[]> {
  const reduction = reductionFor(photo, layouts);
  const smallPhoto = await reduce(photo, reduction);
  const photoOctaves = (await octaves(photo)).map(projectPatches);
  const ranked: RankedLayout[] = [];
  for (const layout of layouts) {
    signal?.throwIfAborted();
    const own = (await octaves(layout)).map(projectPatches);
    const shared = Math.min(own.length, photoOctaves.length);
    let swd = 0;
    for (let octave = 0; octave < shared; octave++) {
      swd += slicedWasserstein(own[octave] ?? [], photoOctaves[octave] ?? []) / shared;
    }
    const figures: LayoutFigures = {
      swd,
      horizon: rowDistance(layout, photo, sourceRow),
      completeness: completeness(await reduce(layout, reduction), smallPhoto),
      repetition: await repetition(layout),
    };
    const score =
      figures.swd +
      figures.horizon +
      figures.completeness +
      REPETITION_WEIGHT * excess(figures.repetition, CHANCE_REPETITION);
    ranked.push({ layout, score, figures });
  }
  return ranked.sort((a, b) => a.score - b.score);
}

/** The share of the way from `level` to 1. */
function excess(value: number, level: number): number {
  return Math.max(0, value - level) / (1 - level);
}

async function octaves(picture: Picture): Promise<Picture[]> {
  let last = await reduce(picture, 1);
  const list = [last];
  while (list.length < OCTAVES && Math.min(last.width, last.height) >= 2 * SMALLEST_SIDE) {
    last = await resample(last, Math.round(last.width / 2), Math.round(last.height / 2));
    list.push(last);
  }
  return list;
}

/** How much smaller pictures are made to be compared patch by patch, the smallest side staying large enough. */
function reductionFor(photo: Picture, [layout = photo]: readonly Picture[]): number {
  const sides = [photo.width, photo.height, layout.width, layout.height];
  const wished = SMALL_SIDE / Math.min(photo.width, photo.height);
  const pairs = sides.reduce((product, side) => product * side, 1);
  const affordable = (MAX_PIXEL_PAIRS / pairs) ** (1 / sides.length);
  return Math.min(1, Math.max(SMALLEST_SIDE / Math.min(...sides), Math.min(wished, affordable)));
}

/** The picture made smaller, its sides large enough for patches. */
function reduce(picture: Picture, scale: number): Promise<Picture> {
  const side = (length: number): number => Math.max(SMALLEST_SIDE, Math.round(length * scale));
  return resample(picture, side(picture.width), side(picture.height));
}
