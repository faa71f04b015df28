/**
 * Which rows of the source may serve a row of the frame. It keeps horizons in place, the sky above and the
 * ground below, and it makes the search small.
 */
import { ARRAYS } from './arrays.ts';
import type { Level } from './levels.ts';

/** Half the band's height, as a share of the photo's height: where its rows carry meaning, and where they do not. */
const BAND = { rows: 0.12, free: 0.5 };
/**
 * How deep into the photo the rows beyond its top and bottom edge may come from, and half the band's height there,
 * as shares of its height. Shallow, or mountains come to hang in the sky; the ground bears a little more.
 */
export const ABOVE = { depth: 0.05, band: 0.04 };
export const BELOW = { depth: 0.2, band: 0.1 };
/** Photo pixels per frame pixel beyond its edges: slower than a mirror, so that its symmetry is less plain. */
export const REFLECTION_SPEED = 0.5;

export interface RowBand {
  /** [frame height] first and last row of the patch centres that are allowed in the source. */
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/**
 * The band for each row of the frame. With a kept photo a row answers to the same row of the photo, above and
 * below it to a strip along that edge; without one, rows answer to each other from top to bottom in proportion.
 * `freedom` says how little the photo's rows mean, 0 to 1.
 */
export function rowBand(level: Level, keep: boolean, freedom = 0, arrays = ARRAYS): RowBand {
  const { frame, photo, radius } = level;
  const half = Math.max(2, Math.round((BAND.rows + freedom * (BAND.free - BAND.rows)) * photo.height));
  const low = arrays.integers(frame.height);
  const high = arrays.integers(frame.height);
  for (let y = 0; y < frame.height; y++) {
    let first: number;
    let last: number;
    const row = y - photo.y;
    if (!keep) {
      const match = Math.round(((y + 0.5) * photo.height) / frame.height - 0.5);
      first = match - half;
      last = match + half;
    } else if (row < 0) {
      first = 0;
      last = stripDepth(ABOVE, -row, photo.height);
    } else if (row >= photo.height) {
      const beyond = row - photo.height + 1;
      first = photo.height - 1 - stripDepth(BELOW, beyond, photo.height);
      last = photo.height - 1;
    } else {
      first = row - half;
      last = row + half;
    }
    low[y] = clamp(first, radius, photo.height - 1 - radius);
    high[y] = clamp(last, radius, photo.height - 1 - radius);
  }
  return { low, high };
}

function stripDepth(strip: typeof ABOVE, beyond: number, height: number): number {
  const centre = Math.min(Math.round(strip.depth * height), Math.round(beyond * REFLECTION_SPEED));
  return centre + Math.max(2, Math.round(strip.band * height));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
