/** The coherence search; see `../plain/coherent-search.ts`. */
import { centreX, centreY, clamp, Field, Image, isKept } from './records';

/** Patch sizes from the kept photo's border to where rare patches are favoured. */
const FAR_SIZES: i32 = 3; // halves

let rowBytes: i32 = 0;
let side: i32 = 0;
let tail: i32 = 0;
let queryStart: usize = 0;
let queryStride: usize = 0;
let sourceData: usize = 0;
let sourceWidth: i32 = 0;
let sourceStride: usize = 0;
let weightsStart: usize = 0;
let favours: bool = false;
let bestX: i32 = 0;
let bestY: i32 = 0;
let bestDistance: i32 = 0;
let bestWeighted: f64 = 0;
let tailMask: v128 = i32x4.splat(0);

/** Squared differences of 16 bytes under a mask, summed by fours. */
// @ts-ignore: decorator
@inline
function squares(a: usize, b: usize, mask: v128): v128 {
  const x = v128.load(a);
  const y = v128.load(b);
  const difference = v128.and(v128.or(i8x16.sub_sat_u(x, y), i8x16.sub_sat_u(y, x)), mask);
  const low = i16x8.extend_low_i8x16_u(difference);
  const high = i16x8.extend_high_i8x16_u(difference);
  return i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high));
}

// @ts-ignore: decorator
@inline
function total(sums: v128): i32 {
  const pairs = i32x4.add(sums, i32x4.shuffle(sums, sums, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** Sum of squared differences of two patches, or some number of at least `limit` once it is certain to reach it. */
function patchDistance(a: usize, b: usize, limit: f64): i32 {
  const all = i32x4.splat(-1);
  const mask = tailMask;
  let sums = i32x4.splat(0);
  for (let row = 0; row < side; row++) {
    for (let i = 0; i + 16 <= rowBytes; i += 16) sums = i32x4.add(sums, squares(a + i, b + i, all));
    sums = i32x4.add(sums, squares(a + tail, b + tail, mask));
    if (row % 3 === 2 && <f64>total(sums) >= limit) break;
    a += queryStride;
    b += sourceStride;
  }
  return total(sums);
}

/** Sets what all comparisons share. A patch row's last bytes are read with what lies before them, which is masked. */
function prepare(query: Image, source: Image, radius: i32, weights: usize): void {
  side = 2 * radius + 1;
  rowBytes = 3 * side;
  queryStride = <usize>query.width * 3;
  sourceData = source.data;
  sourceWidth = source.width;
  sourceStride = <usize>source.width * 3;
  weightsStart = weights;
  const rest = rowBytes % 16;
  tail = rowBytes < 16 ? 0 : rowBytes - 16;
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  tailMask =
    rowBytes < 16 ? i8x16.lt_s(lanes, i8x16.splat(<i8>rest)) : i8x16.ge_s(lanes, i8x16.splat(<i8>(16 - rest)));
}

/** Takes the source patch centred there if it is nearer than all before it. */
function consider(x: i32, y: i32): void {
  const radius = side >> 1;
  const weight: f64 = favours ? <f64>load<f32>(weightsStart + ((<usize>(y * sourceWidth + x)) << 2)) : 1;
  const limit = bestWeighted / weight;
  const start = sourceData + <usize>(y - radius) * sourceStride + <usize>(x - radius) * 3;
  const distance = patchDistance(queryStart, start, limit);
  if (<f64>distance >= limit) return;
  bestWeighted = <f64>distance * weight;
  bestDistance = distance;
  bestX = x;
  bestY = y;
}

/**
 * Fills the rows [from, to) of `field` from the candidates of `earlier`. `low` and `high` are the row band, i32 for
 * each frame row; `weights` f32 for each source pixel, or 0.
 */
export function coherentRows(
  from: i32,
  to: i32,
  _thread: i32,
  query: Image,
  source: Image,
  earlier: Field,
  field: Field,
  low: usize,
  high: usize,
  weights: usize,
): void {
  const radius = field.radius;
  prepare(query, source, radius, weights);
  const keptRight = field.keptX + field.keptWidth - 1;
  const keptBottom = field.keptY + field.keptHeight - 1;
  for (let row = from; row < to; row++) {
    const y = centreY(field, row);
    const first = load<i32>(low + (<usize>y << 2));
    const last = load<i32>(high + (<usize>y << 2));
    const beside = max(field.keptY - y, y - keptBottom) <= 0;
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (isKept(field, x, y)) continue;
      const across = max(field.keptX - x, x - keptRight);
      favours = weights !== 0 && (field.keptWidth === 0 || (beside && 2 * across > FAR_SIZES * side));
      queryStart = query.data + <usize>(y - radius) * queryStride + <usize>(x - radius) * 3;
      searchCell(earlier, field, x, y, first, last);
      const cell = <usize>(row * field.columns + column);
      store<u16>(field.sourceX + (cell << 1), <u16>bestX);
      store<u16>(field.sourceY + (cell << 1), <u16>bestY);
      store<f32>(field.distance + (cell << 2), <f32>bestDistance);
    }
  }
}

// @ts-ignore: decorator
@inline
function round(value: f64): i32 {
  return <i32>floor(value + 0.5);
}

function searchCell(earlier: Field, field: Field, x: i32, y: i32, low: i32, high: i32): void {
  const radius = field.radius;
  const rightmost = field.photoWidth - 1 - radius;
  // The place in the earlier frame, and the grid cell nearest to it.
  const placeX = ((<f64>x + 0.5) * <f64>earlier.frameWidth) / <f64>field.frameWidth - 0.5;
  const placeY = ((<f64>y + 0.5) * <f64>earlier.frameHeight) / <f64>field.frameHeight - 0.5;
  const atColumn = round((placeX - <f64>earlier.radius) / <f64>earlier.stride);
  const atRow = round((placeY - <f64>earlier.radius) / <f64>earlier.stride);
  const growX = <f64>field.photoWidth / <f64>earlier.photoWidth;
  const growY = <f64>field.photoHeight / <f64>earlier.photoHeight;
  bestWeighted = Infinity;

  let firstX = 0;
  let firstY = 0;
  let lastX = -1;
  let lastY = -1;
  let agree = true;
  for (let n = 0; n < 9; n++) {
    // The place itself, its four neighbours, then the diagonal ones.
    const stepX = n === 1 || n === 5 || n === 7 ? -1 : n === 2 || n === 6 || n === 8 ? 1 : 0;
    const stepY = n === 3 || n === 5 || n === 6 ? -1 : n === 4 || n === 7 || n === 8 ? 1 : 0;
    const column = clamp(atColumn + stepX, 0, earlier.columns - 1);
    const row = clamp(atRow + stepY, 0, earlier.rows - 1);
    const cell = <usize>(row * earlier.columns + column) << 1;
    const shiftX = placeX - <f64>centreX(earlier, column);
    const shiftY = placeY - <f64>centreY(earlier, row);
    const oldX = <f64>load<u16>(earlier.sourceX + cell);
    const oldY = <f64>load<u16>(earlier.sourceY + cell);
    const sx = clamp(round((oldX + 0.5 + shiftX) * growX - 0.5), radius, rightmost);
    const sy = clamp(round((oldY + 0.5 + shiftY) * growY - 0.5), low, high);
    if (n === 0) {
      firstX = sx;
      firstY = sy;
    } else if (sx === firstX && sy === firstY) continue;
    else agree = false;
    if ((sx === lastX && sy === lastY) || (n > 0 && sx === bestX && sy === bestY)) continue;
    lastX = sx;
    lastY = sy;
    consider(sx, sy);
  }
  // Where all neighbours of the same level agree, the positions around were considered when they were found.
  const sameLevel =
    earlier.frameWidth === field.frameWidth && earlier.frameHeight === field.frameHeight && earlier.stride === field.stride;
  if (sameLevel && agree) return;
  const aroundX = bestX;
  const aroundY = bestY;
  for (let sy = max(low, aroundY - 1); sy <= min(high, aroundY + 1); sy++) {
    for (let sx = max(radius, aroundX - 1); sx <= min(rightmost, aroundX + 1); sx++) {
      if (sx !== aroundX || sy !== aroundY) consider(sx, sy);
    }
  }
}
