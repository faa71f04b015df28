import type { Picture } from '../images/picture.ts';
import type { Level } from './levels.ts';
import type { Pacer } from './pacer.ts';
import { resizePicture } from './resize.ts';

export interface LevelSources {
  /** The photo at the level's scale. */
  readonly sharp: Picture;
  /** The same size, with no more detail than the level before has. */
  readonly blurred: Picture;
}

/** The coarsest level has none before it: its layout is about as soft as one enlarged by this. */
const COARSEST_BLUR = 1.4;
/** A level is reduced from a finer one that is at least so many times larger; nearer ones would add up blur. */
const HEADROOM = 1.9;

/** The photo at the scale of each level; `finest` is at the last one's. */
export async function sourcePyramid(
  finest: Picture,
  levels: readonly Level[],
  pacer: Pacer,
): Promise<LevelSources[]> {
  const sharp: Picture[] = [];
  for (let n = levels.length - 1; n >= 0; n--) {
    const { width, height } = levels[n]!.photo;
    const larger = sharp.findLast((picture) => picture.width >= width * HEADROOM) ?? finest;
    sharp.push(await resizePicture(larger, width, height, pacer));
  }
  sharp.reverse();
  const result: LevelSources[] = [];
  for (const [n, picture] of sharp.entries()) {
    const { width, height } = picture;
    const coarser =
      sharp[n - 1] ??
      (await resizePicture(
        picture,
        Math.max(1, Math.round(width / COARSEST_BLUR)),
        Math.max(1, Math.round(height / COARSEST_BLUR)),
        pacer,
      ));
    result.push({ sharp: picture, blurred: await resizePicture(coarser, width, height, pacer) });
  }
  return result;
}
