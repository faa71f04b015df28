/** `tf.image.resizeBilinear` with half pixel centres, on the host: of any size, whatever fits the engine. */
import type { Size } from '../../shared/geometry.ts';

const CHANNELS = 3;

/** Resizes a picture of numbers, [height, width, 3]. */
export function resizeBilinear(picture: Float32Array, from: Size, to: Size): Float32Array {
  const rows = neighbours(from.height, to.height);
  const columns = neighbours(from.width, to.width);
  const resized = new Float32Array(to.width * to.height * CHANNELS);
  let offset = 0;
  for (const row of rows) {
    const [above, below] = [row.low * from.width, row.high * from.width];
    for (const { low, high, share } of columns) {
      for (let channel = 0; channel < CHANNELS; channel++, offset++) {
        const at = (pixel: number): number => picture[pixel * CHANNELS + channel] ?? NaN;
        const top = at(above + low) + (at(above + high) - at(above + low)) * share;
        const bottom = at(below + low) + (at(below + high) - at(below + low)) * share;
        resized[offset] = top + (bottom - top) * row.share;
      }
    }
  }
  return resized;
}

interface Neighbours {
  readonly low: number;
  readonly high: number;
  /** Of the higher one. */
  readonly share: number;
}

/** For each new place the two old ones around it; beyond the first and last centre there is only that. */
function neighbours(from: number, to: number): Neighbours[] {
  return Array.from({ length: to }, (_, i) => {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    return { low, high: Math.ceil(position), share: position - low };
  });
}
