/**
 * The stretched photo that `retarget` starts from. The noise of the scales above it is one or two grey levels, so two
 * samples that start from the same picture are the same to the eye: each starts from a stretch of its own.
 */
import type { Size } from '../../shared/geometry.ts';
import type { Picture } from '../images/picture.ts';
import { CHANNELS, createPicture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { createRandom } from '../singan/random.ts';

/** Lines of the photo for one of the result. */
const LINES_PER_LINE = 4;
/** Waves that make the room uneven, of half a period over the photo and more. */
const WAVES = 5;
/**
 * Of the logarithm of the room that a line gets: how uneven it is, and how much less goes to detailed lines. Rows carry
 * the meaning of a scene and the painter looks for them at their place: up and down little moves.
 */
const SIDEWAYS: Unevenness = { random: 0.5, detail: 0.35 };
const DOWN: Unevenness = { random: 0.25, detail: 0 };

interface Unevenness {
  readonly random: number;
  readonly detail: number;
}

/** Share of the photo over which detail is averaged. */
const DETAIL_REACH = 1 / 12;

/**
 * Stretches the photo to `size`, every seed in another way: along the side that is longer than the photo's shape wants,
 * the room left over is spread unevenly, sideways more of it to plain parts than to detailed ones. The whole photo is
 * there, in its order, and nothing is squashed: no part gets less than its shape wants.
 */
export async function unevenStretch(photo: Picture, size: Size): Promise<(seed: number) => Picture> {
  const stretch = (size.width * photo.height) / (size.height * photo.width);
  const sideways = stretch >= 1;
  const fine = sideways
    ? await resample(photo, size.width * LINES_PER_LINE, size.height)
    : await resample(photo, size.width, size.height * LINES_PER_LINE);
  const lines = linesOf(fine, sideways);
  const detail = detailOf(lines);
  return (seed) => {
    const result = createPicture(size.width, size.height);
    const uneven = sideways ? SIDEWAYS : DOWN;
    spread(lines, widths(detail, uneven, Math.max(stretch, 1 / stretch), seed), linesOf(result, sideways));
    return result;
  };
}

/** A picture as lines across the direction of the stretch: its columns or its rows. */
interface Lines {
  readonly data: Uint8Array;
  readonly count: number;
  /** Pixels in each. */
  readonly length: number;
  /** Bytes from a line to the next, and from a pixel to the next of its line. */
  readonly lineStep: number;
  readonly pixelStep: number;
}

function linesOf({ width, height, data }: Picture, columns: boolean): Lines {
  const rowStep = width * CHANNELS;
  return columns
    ? { data, count: width, length: height, lineStep: CHANNELS, pixelStep: rowStep }
    : { data, count: height, length: width, lineStep: rowStep, pixelStep: CHANNELS };
}

/** [count] how much each line and those around it differ from their neighbours, as standard deviations from the mean. */
function detailOf({ data, count, length, lineStep, pixelStep }: Lines): Float64Array {
  const before = new Float64Array(count + 1);
  for (let line = 0; line < count; line++) {
    const next = Math.min(line + 1, count - 1);
    let sum = 0;
    for (let pixel = 0; pixel < length; pixel++) {
      for (let channel = 0; channel < CHANNELS; channel++) {
        const at = pixel * pixelStep + channel;
        sum += Math.abs(data[next * lineStep + at]! - data[line * lineStep + at]!);
      }
    }
    before[line + 1] = before[line]! + sum;
  }
  const reach = Math.round((count * DETAIL_REACH) / 2);
  const around = Float64Array.from({ length: count }, (_, line) => {
    const [from, to] = [Math.max(0, line - reach), Math.min(count, line + reach + 1)];
    return (before[to]! - before[from]!) / (to - from);
  });
  const mean = meanOf(around);
  const deviation = Math.sqrt(meanOf(around.map((value) => (value - mean) ** 2)));
  return around.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}

/** [count] width of each of the photo's lines, as a share of the result; none is less than the photo's shape wants. */
function widths(detail: Float64Array, uneven: Unevenness, stretch: number, seed: number): Float64Array {
  const random = createRandom(seed, 'stretch');
  const waves = Array.from({ length: WAVES }, (_, index) => ({
    frequency: Math.PI * (index + 1),
    amplitude: (random.normal(1)[0] ?? 0) / Math.sqrt(index + 1),
    phase: 2 * Math.PI * random.uniform(),
  }));
  const room = detail.map((value, line) => {
    const wave = waves.reduce(
      (sum, { frequency, amplitude, phase }) =>
        sum + amplitude * Math.cos((frequency * line) / detail.length + phase),
      0,
    );
    return Math.exp(uneven.random * wave - uneven.detail * value);
  });
  const mean = meanOf(room);
  return room.map((value) => (1 + ((stretch - 1) * value) / mean) / stretch / room.length);
}

/** Lays the source's lines side by side, each of its width, and takes the mean of what falls on each target line. */
function spread(source: Lines, widths: Float64Array, target: Lines): void {
  const sums = new Float64Array(target.data.length);
  let start = 0;
  for (let line = 0; line < source.count; line++) {
    const end = line === source.count - 1 ? target.count : start + widths[line]! * target.count;
    for (let on = Math.floor(start); on < Math.min(end, target.count); on++) {
      const part = Math.min(end, on + 1) - Math.max(start, on);
      for (let pixel = 0; pixel < target.length; pixel++) {
        for (let channel = 0; channel < CHANNELS; channel++) {
          sums[on * target.lineStep + pixel * target.pixelStep + channel]! +=
            part * source.data[line * source.lineStep + pixel * source.pixelStep + channel]!;
        }
      }
    }
    start = end;
  }
  sums.forEach((sum, at) => (target.data[at] = Math.round(sum)));
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
