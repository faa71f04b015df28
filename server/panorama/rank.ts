/** Puts layouts in order, best first, by figures taken at low resolution. */
import type { Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { completeness, projectPatches, repetition, rowDistance, slicedWasserstein } from './figures.ts';

/** Short side at which nearest patches are looked for, in pixels: their number grows with its fourth power. */
const SMALL_SIDE = 36;
const OCTAVES = 3;
const SMALLEST_SIDE = 12;
/** How many grey levels of the other figures a perfect repeat weighs. */
const REPETITION_WEIGHT = 20;

export interface RankedLayout {
  readonly layout: Picture;
  /** Lower is better; in grey levels. */
  readonly score: number;
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
  const reduction = Math.min(1, SMALL_SIDE / Math.min(photo.height, photo.width));
  const smallPhoto = await reduce(photo, reduction);
  const photoOctaves = (await octaves(photo)).map(projectPatches);
  const ranked: RankedLayout[] = [];
  for (const layout of layouts) {
    signal?.throwIfAborted();
    const own = (await octaves(layout)).map(projectPatches);
    const shared = Math.min(own.length, photoOctaves.length);
    let texture = 0;
    for (let octave = 0; octave < shared; octave++) {
      texture += slicedWasserstein(own[octave] ?? [], photoOctaves[octave] ?? []) / shared;
    }
    const score =
      texture +
      rowDistance(layout, photo, sourceRow) +
      completeness(await reduce(layout, reduction), smallPhoto) +
      REPETITION_WEIGHT * repetition(layout);
    ranked.push({ layout, score });
  }
  return ranked.sort((a, b) => a.score - b.score);
}

async function octaves(picture: Picture): Promise<Picture[]> {
  const list = [picture];
  let last = picture;
  while (list.length < OCTAVES && Math.min(last.width, last.height) >= 2 * SMALLEST_SIDE) {
    last = await resample(last, Math.round(last.width / 2), Math.round(last.height / 2));
    list.push(last);
  }
  return list;
}

function reduce(picture: Picture, scale: number): Promise<Picture> {
  const side = (length: number): number => Math.max(SMALLEST_SIDE, Math.round(length * scale));
  return resample(picture, side(picture.width), side(picture.height));
}
