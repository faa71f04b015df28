/** The photo at the scale of each level. */
import type { Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import type { Level } from './levels.ts';

/** The coarsest level has none before it: its layout is about as soft as one enlarged by this. */
const COARSEST_BLUR = 1.4;
/** A level is reduced from a finer one that is at least so many times larger; nearer ones would add up blur. */
const HEADROOM = 1.9;

/** The photo at the scale of each level, coarsest first; `finest` is at the last one's. */
export async function sourcePyramid(finest: Picture, levels: readonly Level[]): Promise<Picture[]> {
  const pyramid: Picture[] = [];
  for (const { photo } of levels.toReversed()) {
    const larger = pyramid.findLast((picture) => picture.width >= photo.width * HEADROOM) ?? finest;
    pyramid.push(await resample(larger, photo.width, photo.height));
  }
  return pyramid.reverse();
}

/** A level of the pyramid with no more detail than the level before it, `coarser`, has; null for the coarsest. */
export async function blurred(picture: Picture, coarser: Picture | null): Promise<Picture> {
  const { width, height } = picture;
  const reduced = (side: number): number => Math.max(1, Math.round(side / COARSEST_BLUR));
  const small = coarser ?? (await resample(picture, reduced(width), reduced(height)));
  return resample(small, width, height);
}
