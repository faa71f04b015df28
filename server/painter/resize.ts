/**
 * Resampling of the painter's inner levels: separable cubic (Keys, a = -1/2), widened when it reduces. Rows are
 * resampled one at a time, so that the memory needed beside input and output is two rows.
 */
import { CHANNELS, createPicture, type Picture } from '../images/picture.ts';
import type { Pacer } from './pacer.ts';

interface Axis {
  readonly taps: number;
  /** [size out, taps] index into the input, clamped to its edge. */
  readonly index: Int32Array;
  /** [size out, taps] */
  readonly weight: Float32Array;
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

function axisTable(sizeIn: number, sizeOut: number): Axis {
  const step = sizeIn / sizeOut;
  const spread = Math.max(1, step);
  const taps = Math.ceil(4 * spread) + 1;
  const index = new Int32Array(sizeOut * taps);
  const weight = new Float32Array(sizeOut * taps);
  for (let out = 0; out < sizeOut; out++) {
    const centre = (out + 0.5) * step - 0.5;
    const first = Math.ceil(centre - 2 * spread);
    let total = 0;
    for (let tap = 0; tap < taps; tap++) total += cubic((first + tap - centre) / spread);
    for (let tap = 0; tap < taps; tap++) {
      index[out * taps + tap] = Math.min(sizeIn - 1, Math.max(0, first + tap));
      weight[out * taps + tap] = cubic((first + tap - centre) / spread) / total;
    }
  }
  return { taps, index, weight };
}

/** `picture` at `width` × `height` pixels; the picture itself where that is its size. */
export async function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  pacer: Pacer,
): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const result = createPicture(width, height);
  const across = axisTable(picture.width, width);
  const down = axisTable(picture.height, height);
  const row = new Float32Array(picture.width * CHANNELS);
  const rowCost = width * 2 + picture.width * down.taps;
  await pacer.overRows(0, height, rowCost, (from, to) => {
    for (let y = from; y < to; y++) {
      blendRows(picture, down, y, row);
      resampleRow(row, across, width, result.data, y * width * CHANNELS);
    }
  });
  return result;
}

function blendRows(picture: Picture, down: Axis, y: number, row: Float32Array): void {
  const length = picture.width * CHANNELS;
  const data = picture.data;
  row.fill(0);
  for (let tap = 0; tap < down.taps; tap++) {
    const weight = down.weight[y * down.taps + tap]!;
    if (weight === 0) continue;
    const start = down.index[y * down.taps + tap]! * length;
    for (let i = 0; i < length; i++) row[i]! += weight * data[start + i]!;
  }
}

function resampleRow(row: Float32Array, across: Axis, width: number, out: Uint8Array, start: number): void {
  const { taps, index, weight } = across;
  for (let x = 0, o = start; x < width; x++, o += CHANNELS) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let tap = x * taps; tap < (x + 1) * taps; tap++) {
      const w = weight[tap]!;
      const i = index[tap]! * CHANNELS;
      red += w * row[i]!;
      green += w * row[i + 1]!;
      blue += w * row[i + 2]!;
    }
    out[o] = toByte(red);
    out[o + 1] = toByte(green);
    out[o + 2] = toByte(blue);
  }
}

/** The nearest 8-bit value. */
export function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}
