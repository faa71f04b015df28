/** The exact search; see `../plain/exact-search.ts`. */
import { Field, Image } from './records';

/** Copies rows of RGB pixels as four bytes each, the fourth 0, so that four pixels fill a vector. */
export function spreadPixels(from: i32, to: i32, _thread: i32, image: Image, spread: usize): void {
  const first = <usize>(from * image.width);
  const end = <usize>(to * image.width);
  for (let i = first; i < end; i++) {
    const pixel = image.data + i * 3;
    const red = <u32>load<u8>(pixel);
    const green = <u32>load<u8>(pixel, 1);
    const blue = <u32>load<u8>(pixel, 2);
    store<u32>(spread + (i << 2), red | (green << 8) | (blue << 16));
  }
}

let query: usize = 0;
let source: usize = 0;
let sourceWidth: i32 = 0;
let bandLow: usize = 0;
let bandHigh: usize = 0;
let weights: usize = 0;
let far: usize = 0;
let best: usize = 0;
let smallest: usize = 0;
let scratch: usize = 0;

/**
 * Compares the patches of the grid rows [from, to), which have stride 1, with every source patch of the row band.
 * `spreadQuery` and `spreadSource` are pictures of four bytes a pixel. `low`, `high`: the band, i32 a frame row.
 * `weightOf`: f32 a source pixel, or 0. `farMasks`: i32 a cell, 0 or −1. `bestOf`: f32 a cell. `smallestOf`: i32 a
 * source pixel for each block of `block` rows. `scratchOf`: `scratchBytes` for each thread, at least
 * 4 · (frame width + 8) · (patch side + 1).
 */
export function exactRows(
  from: i32,
  to: i32,
  thread: i32,
  block: i32,
  spreadQuery: usize,
  spreadSource: usize,
  field: Field,
  low: usize,
  high: usize,
  weightOf: usize,
  farMasks: usize,
  bestOf: usize,
  smallestOf: usize,
  scratchOf: usize,
  scratchBytes: usize,
): void {
  query = spreadQuery;
  source = spreadSource;
  sourceWidth = field.photoWidth;
  bandLow = low;
  bandHigh = high;
  weights = weightOf;
  far = farMasks;
  best = bestOf;
  smallest = smallestOf + ((<usize>(from / block) * <usize>(field.photoWidth * field.photoHeight)) << 2);
  scratch = scratchOf + <usize>thread * scratchBytes;

  const radius = field.radius;
  const left = radius;
  const right = field.frameWidth - radius;
  const top = from + radius;
  const bottom = to + radius;
  // The centres of patches that lie wholly within the kept photo are left out: around them are four rectangles.
  const holeLeft = field.keptX + radius;
  const holeRight = field.keptX + field.keptWidth - radius;
  const holeTop = max(top, field.keptY + radius);
  const holeBottom = min(bottom, field.keptY + field.keptHeight - radius);
  if (holeLeft >= holeRight || holeTop >= holeBottom) {
    pairsOf(field, left, top, right, bottom);
    return;
  }
  pairsOf(field, left, top, right, holeTop);
  pairsOf(field, left, holeTop, holeLeft, holeBottom);
  pairsOf(field, holeRight, holeTop, right, holeBottom);
  pairsOf(field, left, holeBottom, right, bottom);
}

function pairsOf(field: Field, left: i32, top: i32, right: i32, bottom: i32): void {
  if (left >= right || top >= bottom) return;
  const radius = field.radius;
  let lowest = i32.MAX_VALUE;
  let highest = i32.MIN_VALUE;
  for (let y = top; y < bottom; y++) {
    lowest = min(lowest, lowAt(y) - y);
    highest = max(highest, highAt(y) - y);
  }
  for (let dy = lowest; dy <= highest; dy++) {
    let first = bottom;
    let end = top;
    for (let y = top; y < bottom; y++) {
      if (y + dy < lowAt(y) || y + dy > highAt(y)) continue;
      first = min(first, y);
      end = y + 1;
    }
    if (first >= end) continue;
    const lastDx = sourceWidth - 1 - radius - left;
    for (let dx = radius - (right - 1); dx <= lastDx; dx++) {
      displaced(field, max(left, radius - dx), min(right, sourceWidth - radius - dx), first, end, dx, dy);
    }
  }
}

// @ts-ignore: decorator
@inline
function lowAt(y: i32): i32 {
  return load<i32>(bandLow + (<usize>y << 2));
}

// @ts-ignore: decorator
@inline
function highAt(y: i32): i32 {
  return load<i32>(bandHigh + (<usize>y << 2));
}

/** Squared differences of four pixels, each summed over its channels. */
// @ts-ignore: decorator
@inline
function pixelSquares(a: usize, b: usize): v128 {
  const x = v128.load(a);
  const y = v128.load(b);
  const difference = v128.or(i8x16.sub_sat_u(x, y), i8x16.sub_sat_u(y, x));
  const low = i16x8.extend_low_i8x16_u(difference);
  const high = i16x8.extend_high_i8x16_u(difference);
  const first = i32x4.dot_i16x8_s(low, low);
  const second = i32x4.dot_i16x8_s(high, high);
  return i32x4.add(i32x4.shuffle(first, second, 0, 2, 4, 6), i32x4.shuffle(first, second, 1, 3, 5, 7));
}

/**
 * Distances for one displacement of all patches with centres in [left, right) × [top, end): a ring of the last rows'
 * squared differences, their sums down the patch's height, and sums of those across its width.
 */
function displaced(field: Field, left: i32, right: i32, top: i32, end: i32, dx: i32, dy: i32): void {
  const radius = field.radius;
  const side = 2 * radius + 1;
  const centres = right - left;
  const width = centres + 2 * radius;
  const rowBytes = <usize>((width + 3) >> 2) << 4;
  const columns = scratch;
  const ring = scratch + rowBytes + 16;
  memory.fill(columns, 0, rowBytes * (<usize>side + 1) + 16);
  let slot = 0;
  for (let y = top - radius; y < end + radius; y++) {
    const a = query + (<usize>(y * field.frameWidth + left - radius) << 2);
    const b = source + (<usize>((y + dy) * sourceWidth + left - radius + dx) << 2);
    const old = ring + <usize>slot * rowBytes;
    for (let i: usize = 0; i < rowBytes; i += 16) {
      const difference = pixelSquares(a + i, b + i);
      const change = i32x4.sub(difference, v128.load(old + i));
      v128.store(columns + i, i32x4.add(v128.load(columns + i), change));
      v128.store(old + i, difference);
    }
    slot = slot + 1 === side ? 0 : slot + 1;
    const centre = y - radius;
    if (centre < top || centre + dy < lowAt(centre) || centre + dy > highAt(centre)) continue;
    visit(field, left, centre, dx, dy, centres, columns, side);
  }
}

function visit(
  field: Field,
  x: i32,
  y: i32,
  dx: i32,
  dy: i32,
  count: i32,
  columns: usize,
  side: i32,
): void {
  const radius = field.radius;
  const cell = (y - radius) * field.columns - radius + x;
  const at = (y + dy) * sourceWidth + dx + x;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    let sums = v128.load(columns + (<usize>i << 2));
    for (let k = 1; k < side; k++) sums = i32x4.add(sums, v128.load(columns + (<usize>(i + k) << 2)));
    const least = smallest + (<usize>(at + i) << 2);
    v128.store(least, i32x4.min_s(v128.load(least), sums));
    let weighted = f32x4.convert_i32x4_s(sums);
    if (weights) {
      const weight = v128.load(weights + (<usize>(at + i) << 2));
      const mask = v128.load(far + (<usize>(cell + i) << 2));
      weighted = f32x4.mul(weighted, v128.bitselect(weight, f32x4.splat(1), mask));
    }
    const nearer = f32x4.lt(weighted, v128.load(best + (<usize>(cell + i) << 2)));
    if (!v128.any_true(nearer)) continue;
    take(field, cell + i, i32x4.extract_lane(sums, 0), f32x4.extract_lane(weighted, 0), x + i + dx, y + dy);
    take(field, cell + i + 1, i32x4.extract_lane(sums, 1), f32x4.extract_lane(weighted, 1), x + i + 1 + dx, y + dy);
    take(field, cell + i + 2, i32x4.extract_lane(sums, 2), f32x4.extract_lane(weighted, 2), x + i + 2 + dx, y + dy);
    take(field, cell + i + 3, i32x4.extract_lane(sums, 3), f32x4.extract_lane(weighted, 3), x + i + 3 + dx, y + dy);
  }
  for (; i < count; i++) {
    let sum = 0;
    for (let k = 0; k < side; k++) sum += load<i32>(columns + (<usize>(i + k) << 2));
    const least = smallest + (<usize>(at + i) << 2);
    if (sum < load<i32>(least)) store<i32>(least, sum);
    let weighted = <f32>sum;
    if (weights && load<i32>(far + (<usize>(cell + i) << 2))) {
      weighted *= load<f32>(weights + (<usize>(at + i) << 2));
    }
    take(field, cell + i, sum, weighted, x + i + dx, y + dy);
  }
}

/** Takes the source patch for a cell if it is nearer than all before it. */
function take(field: Field, cell: i32, sum: i32, weighted: f32, x: i32, y: i32): void {
  const at = <usize>cell;
  if (weighted >= load<f32>(best + (at << 2))) return;
  store<f32>(best + (at << 2), weighted);
  store<f32>(field.distance + (at << 2), <f32>sum);
  store<u16>(field.sourceX + (at << 1), <u16>x);
  store<u16>(field.sourceY + (at << 1), <u16>y);
}
