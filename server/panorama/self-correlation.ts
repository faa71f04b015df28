/** How much a picture looks like itself elsewhere. */
import type { Picture } from '../images/picture.ts';
import { CHANNELS } from '../images/picture.ts';
import { resample } from '../images/resample.ts';

export interface SelfCorrelation {
  /** Highest with itself shifted by 10 to 60 % of its width or height, 0 to 1; lower is better. */
  readonly shift: number;
  /** Highest with itself mirrored about a column or row, 0 to 1; lower is better. */
  readonly reflection: number;
}

/** Long side, in pixels, at which repeats are looked for: the work grows with its cube. */
const LONG_SIDE = 256;
/** Shares of the side. */
const SHIFTS = { from: 0.1, below: 0.6 };
/** A mirror's axis is the kept photo's border, which may lie this near the picture's, as a share of its side. */
const FIRST_AXIS = 0.12;
/** Variance of grey levels that is not to be seen: what is flat is no repeat of itself. */
const UNSEEN_VARIANCE = 1;

/**
 * The picture's repeats, sideways and up and down, at 256 px on its long side; 1 is a perfect one. What the rows of
 * the parts that are compared have in common (sky, ground, a light from the left) is no repeat sideways; up and down,
 * what their columns have in common is none either. Axes of reflection within 12 % of the edges are left out: so
 * little lies beyond them that anything may match.
 */
export async function selfCorrelation(picture: Picture): Promise<SelfCorrelation> {
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const sideways = greyWithoutRowMeans(await resample(picture, side(picture.width), side(picture.height)));
  const [across, down] = [sums(sideways), sums(transposed(sideways))];
  return {
    shift: Math.max(highestShift(across), highestShift(down)),
    reflection: Math.max(highestReflection(across), highestReflection(down)),
  };
}

/** [height, width] grey levels, whatever their mean. */
interface GreyMap {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

function greyWithoutRowMeans({ width, height, data }: Picture): GreyMap {
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

function transposed({ width, height, data }: GreyMap): GreyMap {
  const turned = new Float32Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) turned[x * height + y] = data[y * width + x]!;
  return { width: height, height: width, data: turned };
}

/** A map with what makes the mean and the energy of any of its columns a difference of two numbers. */
interface Sums extends GreyMap {
  /** [height, width + 1] sum of the row's values before each column */
  readonly before: Float64Array;
  /** [width + 1] sum of the squares of all columns before each */
  readonly energyBefore: Float64Array;
}

function sums(map: GreyMap): Sums {
  const { width, height, data } = map;
  const before = new Float64Array(height * (width + 1));
  const energyBefore = new Float64Array(width + 1);
  for (let y = 0; y < height; y++) {
    let [sum, energy] = [0, 0];
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x]!;
      before[y * (width + 1) + x + 1] = sum += value;
      energyBefore[x + 1]! += energy += value * value;
    }
  }
  return { ...map, before, energyBefore };
}

/**
 * Correlation of the `length` columns from `a` with those from `b`, row means of both left out, given the sum of
 * their products.
 */
function correlation(map: Sums, a: number, b: number, length: number, product: number): number {
  const { width, height, before, energyBefore } = map;
  let [ab, aa, bb] = [0, 0, 0];
  for (let y = 0, row = 0; y < height; y++, row += width + 1) {
    const sumA = before[row + a + length]! - before[row + a]!;
    const sumB = before[row + b + length]! - before[row + b]!;
    ab += sumA * sumB;
    aa += sumA * sumA;
    bb += sumB * sumB;
  }
  const energy = (from: number, shared: number): number =>
    Math.max(0, energyBefore[from + length]! - energyBefore[from]! - shared / length);
  const unseen = UNSEEN_VARIANCE * length * height;
  return (product - ab / length) / (Math.sqrt(energy(a, aa) * energy(b, bb)) + unseen);
}

function highestShift(map: Sums): number {
  const { width, height, data } = map;
  let highest = 0;
  for (let shift = Math.ceil(width * SHIFTS.from); shift < width * SHIFTS.below; shift++) {
    let product = 0;
    for (let y = 0; y < height; y++) {
      const end = (y + 1) * width;
      for (let at = y * width, other = at + shift; other < end; at++, other++)
        product += data[at]! * data[other]!;
    }
    highest = Math.max(highest, correlation(map, 0, shift, width - shift, product));
  }
  return highest;
}

function highestReflection(map: Sums): number {
  const { width, height, data, energyBefore } = map;
  let highest = 0;
  // An axis lies in the middle of a column or between two: twice its distance from the left edge is whole.
  const nearest = 2 * FIRST_AXIS * width;
  for (let twiceAway = Math.ceil(nearest); twiceAway <= 2 * width - nearest; twiceAway++) {
    const twice = twiceAway - 1;
    const first = Math.max(0, twice - width + 1);
    const last = Math.min(width - 1, twice);
    const axis = twice / 2;
    // Each pair once, the column on the axis apart.
    let product = 0;
    for (let y = 0; y < height; y++) {
      for (let at = y * width + first, other = y * width + last; at < other; at++, other--)
        product += data[at]! * data[other]!;
    }
    const onAxis = Number.isInteger(axis) ? energyBefore[axis + 1]! - energyBefore[axis]! : 0;
    highest = Math.max(highest, correlation(map, first, first, last - first + 1, 2 * product + onAxis));
  }
  return highest;
}
