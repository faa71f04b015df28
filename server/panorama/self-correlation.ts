/** How much a picture looks like itself elsewhere. */
import type { Picture } from '../images/picture.ts';
import { CHANNELS } from '../images/picture.ts';

/** [height, width] grey levels, whatever their mean. */
export interface GreyMap {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export interface SelfCorrelation {
  /** With itself shifted sideways by a tenth to six tenths of the width. */
  readonly shift: number;
  /** With itself mirrored about a column of its middle. */
  readonly reflection: number;
}

/** The picture's grey levels, less the mean of their row: what all of a row has in common is no repeat. */
export function greyWithoutRowMeans({ width, height, data }: Picture): GreyMap {
  const grey = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    let mean = 0;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * CHANNELS;
      const value = (data[at]! + data[at + 1]! + data[at + 2]!) / CHANNELS;
      grey[y * width + x] = value;
      mean += value / width;
    }
    for (let x = 0; x < width; x++) grey[y * width + x]! -= mean;
  }
  return { width, height, data: grey };
}

/**
 * The highest correlations of the map with itself, each from 0 to 1, a perfect repeat. Axes of reflection are looked
 * for from the share `firstAxis` of its width on, and as far from its other edge: by default in its middle third.
 */
export function selfCorrelation({ width, height, data }: GreyMap, firstAxis = 1 / 3): SelfCorrelation {
  const correlate = (from: number, to: number, partner: (x: number) => number): number => {
    let [ab, aa, bb] = [0, 0, 1e-6];
    for (let y = 0; y < height; y++) {
      for (let x = from; x < to; x++) {
        const a = data[y * width + x]!;
        const b = data[y * width + partner(x)]!;
        ab += a * b;
        aa += a * a;
        bb += b * b;
      }
    }
    return ab / Math.sqrt(aa * bb + 1e-6);
  };
  let [shifted, reflected] = [0, 0];
  for (let shift = Math.ceil(width / 10); shift < width * 0.6; shift++) {
    shifted = Math.max(
      shifted,
      correlate(0, width - shift, (x) => x + shift),
    );
  }
  const nearest = 2 * firstAxis * width;
  for (let twice = Math.ceil(nearest); twice <= 2 * width - nearest; twice++) {
    const from = Math.max(0, twice - width + 1);
    const to = Math.min(width - 1, twice) + 1;
    reflected = Math.max(
      reflected,
      correlate(from, to, (x) => twice - x),
    );
  }
  return { shift: shifted, reflection: reflected };
}
