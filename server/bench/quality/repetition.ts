/** Does the picture repeat itself? */
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { greyWithoutRowMeans, selfCorrelation, type GreyMap } from '../../panorama/self-correlation.ts';

/** Long side, in pixels, at which repeats are looked for. */
const LONG_SIDE = 256;
/** A mirror's axis is the photo's edge, which may lie this near the picture's, as a share of its side. */
const FIRST_AXIS = 0.12;

export interface Repetition {
  /** Highest correlation with itself shifted by 10 to 60 % of its width or height, 0 to 1; lower is better. */
  readonly shift: number;
  /** Highest correlation with itself mirrored about a column or row, 0 to 1; lower is better. */
  readonly reflection: number;
}

/**
 * The picture's repeats by shift and by reflection, sideways and up and down, at 256 px on its long side. What rows
 * have in common (sky, ground) is no repeat sideways; up and down, what columns have in common is none either. Axes of reflection within 12 % of the edges are left
 * out: so little lies beyond them that anything may match.
 */
export async function repetition(picture: Picture): Promise<Repetition> {
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const sideways = greyWithoutRowMeans(await resample(picture, side(picture.width), side(picture.height)));
  const across = selfCorrelation(sideways, FIRST_AXIS);
  const down = selfCorrelation(withoutRowMeans(transposed(sideways)), FIRST_AXIS);
  return {
    shift: Math.max(across.shift, down.shift),
    reflection: Math.max(across.reflection, down.reflection),
  };
}

function transposed({ width, height, data }: GreyMap): GreyMap {
  const turned = new Float32Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) turned[x * height + y] = data[y * width + x]!;
  return { width: height, height: width, data: turned };
}

function withoutRowMeans({ width, height, data }: GreyMap): GreyMap {
  const result = Float32Array.from(data);
  for (let start = 0; start < data.length; start += width) {
    const row = result.subarray(start, start + width);
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    row.forEach((value, x) => (row[x] = value - mean));
  }
  return { width, height, data: result };
}
