/** Is the picture as sharp as the photo? */
import { CHANNELS, type Picture } from '../../images/picture.ts';
import { transformSquare } from './fourier.ts';

/** Side of the windows, in pixels; a smaller picture has the largest power of two that fits. */
const WINDOW = 128;
/** Octaves that make the figure, from the finest. */
const FINE = 2;

/** Mean power per octave of frequency, finest first: ¼–½ cycles a pixel, ⅛–¼ … */
export type Spectrum = readonly number[];

/**
 * Radial power spectrum of the grey levels at the picture's own resolution, per octave: Welch's method, Hann windows
 * of 128 px that overlap by half or a little more and reach all edges.
 */
export function spectrumOf(picture: Picture): Spectrum {
  const side = Math.min(WINDOW, 2 ** Math.floor(Math.log2(Math.min(picture.width, picture.height))));
  const hann = Float64Array.from({ length: side }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / side) ** 2);
  const octaves = Math.max(1, Math.log2(side) - 2);
  const power = new Float64Array(octaves);
  const lefts = starts(picture.width, side);
  const tops = starts(picture.height, side);
  for (const top of tops) for (const left of lefts) addWindow(picture, left, top, side, hann, power);
  return [...power].map((sum) => sum / (lefts.length * tops.length * side ** 4));
}

/**
 * Amplitude of a picture's fine structure over the source's at the same pixels per thing shown: the geometric mean of
 * the two finest octaves. 1 is best: below it is blurred (an enlargement fails), above it is noisy or too busy.
 */
export function detail(picture: Spectrum, source: Spectrum): number {
  const octaves = Math.min(FINE, picture.length, source.length);
  let sum = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const least = 1e-9;
    sum += Math.log(((picture[octave] ?? 0) + least) / ((source[octave] ?? 0) + least)) / 2;
  }
  return Math.exp(sum / octaves);
}

function starts(length: number, side: number): number[] {
  const count = Math.ceil((length - side) / (side / 2)) + 1;
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - side)) / Math.max(1, count - 1)));
}

function addWindow(
  { width, data }: Picture,
  left: number,
  top: number,
  side: number,
  hann: Float64Array,
  power: Float64Array,
): void {
  const real = new Float64Array(side * side);
  for (let y = 0, o = 0; y < side; y++) {
    for (let x = 0; x < side; x++, o++) {
      const at = ((top + y) * width + left + x) * CHANNELS;
      real[o] = (data[at]! + data[at + 1]! + data[at + 2]!) / CHANNELS;
    }
  }
  const mean = real.reduce((sum, value) => sum + value, 0) / real.length;
  for (let y = 0, o = 0; y < side; y++) {
    for (let x = 0; x < side; x++, o++) real[o] = (real[o]! - mean) * hann[x]! * hann[y]!;
  }
  const imaginary = new Float64Array(side * side);
  transformSquare(real, imaginary, side);
  for (let v = 0, o = 0; v < side; v++) {
    for (let u = 0; u < side; u++, o++) {
      const radius = Math.hypot(Math.min(u, side - u), Math.min(v, side - v)) / side;
      const octave = Math.floor(-Math.log2(radius)) - 1;
      // From a quarter of a cycle on counts as the finest; the corners beyond half a cycle do not count.
      if (radius <= 0.5 && octave < power.length)
        power[Math.max(0, octave)]! += real[o]! ** 2 + imaginary[o]! ** 2;
    }
  }
}
