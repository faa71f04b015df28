/** Does every row show what belongs at its height? */
import { CHANNELS, type Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { quantiles } from './texture.ts';

/** Height of the source, in pixels, at which rows are compared. */
const HEIGHT = 96;
/** Quantiles that stand for the histogram of a channel in a row. */
const QUANTILES = 32;

/** Rows of a picture that show the whole height of the source, in the picture's pixels. */
export interface Rows {
  readonly top: number;
  readonly height: number;
}

/**
 * Distance between the colour histograms of each row of the picture and of the source's row that belongs there: the
 * earth mover's distance per channel, by quantiles, averaged over rows, in grey levels; lower is better, 0 for a copy.
 * Rows above and below `rows` are compared with the source's first and last. Taken where `rows` are 96 px high; what
 * stands where within a row does not matter.
 */
export async function horizon(picture: Picture, source: Picture, rows: Rows): Promise<number> {
  const scale = Math.min(1, HEIGHT / rows.height);
  const height = Math.max(1, Math.round(rows.height * scale));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const own = rowQuantiles(await resample(picture, side(picture.width), side(picture.height)));
  const wanted = rowQuantiles(await resample(source, side(source.width), height));
  const top = rows.top * scale;
  let sum = 0;
  own.forEach((values, y) => {
    const row = Math.max(0, Math.min(height - 1, Math.round(y - top)));
    const others = wanted[row]!;
    values.forEach((value, i) => (sum += Math.abs(value - others[i]!)));
  });
  return sum / (own.length * QUANTILES * CHANNELS);
}

/** For each row the quantiles of its three channels. */
function rowQuantiles({ width, height, data }: Picture): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: CHANNELS }, (_, channel) => {
      const values = Float32Array.from(
        { length: width },
        (_, x) => data[(y * width + x) * CHANNELS + channel]!,
      );
      return [...quantiles(values.sort(), QUANTILES)];
    }).flat(),
  );
}
