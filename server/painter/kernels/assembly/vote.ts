/** Voting and the divergence for blending; see `../plain/vote.ts` and `../plain/mismatch.ts`. */
import { centreX, centreY, Field, Image, isKept, toByte } from './records';

/** Mean squared difference, in grey levels, below which nearer patches gain little more weight. */
const NEAR: f32 = 0.01;
/** Mismatches of about so many grey levels begin to count as edges of the picture, to be kept as such. */
const EDGE: f32 = 72;
/** Divergences are held in 16 bits, in fractions of a grey level. */
const FIXED_POINT: f32 = 64;

let top: i32 = 0;
let end: i32 = 0;
let width: i32 = 0;
let colours: usize = 0;
let weights: usize = 0;
let across: usize = 0;
let acrossWeights: usize = 0;
let down: usize = 0;
let downWeights: usize = 0;

/**
 * Votes the rows [from, to) of the frame into `result`. `patchWeights` holds two tables of f32: the weight of each
 * byte of a patch, [side, 4 · ⌈3 · side / 4⌉] with 0 at the end of each row, and of each pixel, [side, side]. `trust`:
 * f32 by distance in pixels from the kept photo, `trustLength` of them. `mismatch`: 0, or i16 [3, height, width], which
 * receives the divergence of what the voted colours' differences lack towards the voted differences. `scratchOf`:
 * `scratchBytes` for each thread, at least (rows + 2) · width · 16 + 128, three times as much with `mismatch`.
 */
export function voteRows(
  from: i32,
  to: i32,
  thread: i32,
  field: Field,
  source: Image,
  result: Image,
  patchWeights: usize,
  trust: usize,
  trustLength: i32,
  mismatch: usize,
  scratchOf: usize,
  scratchBytes: usize,
): void {
  const blends = mismatch !== 0;
  width = field.frameWidth;
  // With blending also the rows next to them: the differences to those belong to the divergence.
  top = blends ? max(0, from - 1) : from;
  end = blends ? min(field.frameHeight, to + 1) : to;
  const pixels = <usize>((end - top) * width);
  const scratch = scratchOf + <usize>thread * scratchBytes;
  const colourBytes = pixels * 12 + 64;
  const weightBytes = pixels * 4 + 64;
  colours = scratch;
  weights = colours + colourBytes;
  across = weights + weightBytes;
  acrossWeights = across + colourBytes;
  down = acrossWeights + weightBytes;
  downWeights = down + colourBytes;
  memory.fill(scratch, 0, (colourBytes + weightBytes) * (blends ? 3 : 1));
  castVotes(field, source, patchWeights, trust, trustLength, blends);
  normalise(pixels);
  if (blends) fixKept(field, source);
  writeColours(from, to, result);
  if (blends) writeDivergence(from, to, field.frameHeight, mismatch);
}

function castVotes(
  field: Field,
  source: Image,
  patchWeights: usize,
  trust: usize,
  trustLength: i32,
  blends: bool,
): void {
  const radius = field.radius;
  const side = 2 * radius + 1;
  const samples = <f32>(side * side * 3);
  const lanes = (3 * side + 3) & ~3;
  const rowTable = <usize>lanes << 2;
  const pixelTable = patchWeights + <usize>side * rowTable;
  const sourceStride = source.width * 3;
  const first = max(0, (top - 2 * radius) / field.stride - 1);
  for (let gridRow = first; gridRow < field.rows; gridRow++) {
    const y = centreY(field, gridRow);
    const firstRow = max(0, top - (y - radius));
    const lastRow = min(side, end - (y - radius));
    if (lastRow <= 0) break;
    if (firstRow >= side) continue;
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (isKept(field, x, y)) continue;
      const cell = <usize>(gridRow * field.columns + column);
      let nearness: f32 = 1 / (NEAR + load<f32>(field.distance + (cell << 2)) / samples);
      if (field.keptWidth) {
        const reach = min(trustLength - 1, reachBeyond(field, x, y));
        nearness *= load<f32>(trust + (<usize>reach << 2));
      }
      const sourceX = <i32>load<u16>(field.sourceX + (cell << 1)) - radius;
      const sourceY = <i32>load<u16>(field.sourceY + (cell << 1)) - radius;
      for (let row = firstRow; row < lastRow; row++) {
        const pixel = <usize>((y - radius + row - top) * width + x - radius);
        const bytes = source.data + <usize>((sourceY + row) * sourceStride + sourceX * 3);
        const table = patchWeights + <usize>row * rowTable;
        addColours(colours + pixel * 12, bytes, table, nearness, lanes);
        const pixelWeights = pixelTable + (<usize>(row * side) << 2);
        addWeights(weights + (pixel << 2), pixelWeights, nearness, side);
        if (!blends) continue;
        addDifferences(across + pixel * 12, bytes, bytes + 3, table, nearness, 3 * (side - 1));
        addWeights(acrossWeights + (pixel << 2), pixelWeights, nearness, side - 1);
        if (row === side - 1) continue;
        addDifferences(down + pixel * 12, bytes, bytes + <usize>sourceStride, table, nearness, 3 * side);
        addWeights(downWeights + (pixel << 2), pixelWeights, nearness, side);
      }
    }
  }
}

/** How far the patch centred there reaches beyond the kept photo, in pixels. */
// @ts-ignore: decorator
@inline
function reachBeyond(field: Field, x: i32, y: i32): i32 {
  const radius = field.radius;
  const aside = max(field.keptX - (x - radius), x + radius - (field.keptX + field.keptWidth - 1));
  const away = max(field.keptY - (y - radius), y + radius - (field.keptY + field.keptHeight - 1));
  return max(0, max(aside, away));
}

/** Four bytes as floats. */
// @ts-ignore: decorator
@inline
function floats(address: usize): v128 {
  const bytes = v128.load32_zero(address);
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

/** Adds a row of bytes with their weights; the table's last lanes are 0, and what they add to is another pixel's. */
// @ts-ignore: decorator
@inline
function addColours(sums: usize, bytes: usize, table: usize, nearness: f32, lanes: i32): void {
  const factor = f32x4.splat(nearness);
  for (let i: usize = 0; i < <usize>lanes; i += 4) {
    const weight = f32x4.mul(factor, v128.load(table + (i << 2)));
    const at = sums + (i << 2);
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(weight, floats(bytes + i))));
  }
}

/** Adds `count` differences of two rows of bytes with their weights. */
// @ts-ignore: decorator
@inline
function addDifferences(
  sums: usize,
  here: usize,
  there: usize,
  table: usize,
  nearness: f32,
  count: i32,
): void {
  const factor = f32x4.splat(nearness);
  let i: usize = 0;
  for (; i + 4 <= <usize>count; i += 4) {
    const weight = f32x4.mul(factor, v128.load(table + (i << 2)));
    const at = sums + (i << 2);
    const difference = f32x4.sub(floats(there + i), floats(here + i));
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(weight, difference)));
  }
  for (; i < <usize>count; i++) {
    const at = sums + (i << 2);
    const difference = <f32>(<i32>load<u8>(there + i) - <i32>load<u8>(here + i));
    store<f32>(at, load<f32>(at) + nearness * load<f32>(table + (i << 2)) * difference);
  }
}

// @ts-ignore: decorator
@inline
function addWeights(sums: usize, table: usize, nearness: f32, count: i32): void {
  const factor = f32x4.splat(nearness);
  let i: usize = 0;
  for (; i + 4 <= <usize>count; i += 4) {
    const at = sums + (i << 2);
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(factor, v128.load(table + (i << 2)))));
  }
  for (; i < <usize>count; i++) {
    const at = sums + (i << 2);
    store<f32>(at, load<f32>(at) + nearness * load<f32>(table + (i << 2)));
  }
}

function normalise(pixels: usize): void {
  for (let pixel: usize = 0; pixel < pixels; pixel++) {
    const weight = load<f32>(weights + (pixel << 2));
    if (weight === 0) continue;
    const at = colours + pixel * 12;
    store<f32>(at, load<f32>(at) / weight);
    store<f32>(at, load<f32>(at, 4) / weight, 4);
    store<f32>(at, load<f32>(at, 8) / weight, 8);
  }
}

/** Puts the kept photo's own colours among the votes. */
function fixKept(field: Field, source: Image): void {
  const last = min(end, field.keptY + field.keptHeight);
  for (let y = max(top, field.keptY); y < last; y++) {
    const from = source.data + <usize>(((y - field.photoY) * source.width + field.keptX - field.photoX) * 3);
    const to = colours + <usize>((y - top) * width + field.keptX) * 12;
    for (let i: usize = 0; i < <usize>(field.keptWidth * 3); i++) {
      store<f32>(to + (i << 2), <f32>load<u8>(from + i));
    }
  }
}

function writeColours(from: i32, to: i32, result: Image): void {
  const start = colours + <usize>((from - top) * width) * 12;
  const target = result.data + <usize>(from * width) * 3;
  const count = <usize>((to - from) * width * 3);
  for (let i: usize = 0; i < count; i++) store<u8>(target + i, toByte(load<f32>(start + (i << 2))));
}

/** First turns the sums of differences into what the colours lack, then takes their divergence. */
function writeDivergence(from: i32, to: i32, height: i32, mismatch: usize): void {
  const rows = end - top;
  lacks(across, acrossWeights, rows * width, 1);
  lacks(down, downWeights, (rows - 1) * width, width);
  for (let y = from; y < to; y++) {
    const row = (y - top) * width;
    for (let x = 0; x < width; x++) {
      const pixel = row + x;
      for (let channel = 0; channel < 3; channel++) {
        let sum: f32 = -lack(across, pixel, channel);
        if (x > 0) sum += lack(across, pixel - 1, channel);
        if (y < height - 1) sum -= lack(down, pixel, channel);
        if (y > 0) sum += lack(down, pixel - width, channel);
        const at = <usize>((channel * height + y) * width + x);
        store<i16>(mismatch + (at << 1), <i16>sum);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function lack(sums: usize, pixel: i32, channel: i32): f32 {
  return load<f32>(sums + (<usize>(pixel * 3 + channel) << 2));
}

/** In fractions of a grey level, whole numbers; 0 where there are no votes. */
function lacks(sums: usize, sumWeights: usize, pixels: i32, step: i32): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = sums + <usize>pixel * 12;
    const weight = load<f32>(sumWeights + (<usize>pixel << 2));
    if (weight === 0) continue;
    const here = colours + <usize>pixel * 12;
    const there = here + <usize>step * 12;
    const red = load<f32>(at) / weight - (load<f32>(there) - load<f32>(here));
    const green = load<f32>(at, 4) / weight - (load<f32>(there, 4) - load<f32>(here, 4));
    const blue = load<f32>(at, 8) / weight - (load<f32>(there, 8) - load<f32>(here, 8));
    const largest = max(abs(red), max(abs(green), abs(blue))) / EDGE;
    const squared = largest * largest;
    const scale = FIXED_POINT / (1 + squared * squared);
    store<f32>(at, floor(red * scale + 0.5));
    store<f32>(at, floor(green * scale + 0.5), 4);
    store<f32>(at, floor(blue * scale + 0.5), 8);
  }
}

/** Rows of one channel of the divergence as f32 grey levels, `width` a row. */
export function channelOf(from: i32, to: i32, _thread: i32, mismatch: usize, channel: usize, columns: i32): void {
  const first = <usize>(from * columns);
  const last = <usize>(to * columns);
  for (let i = first; i < last; i++) {
    store<f32>(channel + (i << 2), <f32>load<i16>(mismatch + (i << 1)) / FIXED_POINT);
  }
}

/** Adds to one channel of a picture's rows a correction, f32 a pixel, held back softly as it nears `largest`. */
export function addCorrection(
  from: i32,
  to: i32,
  _thread: i32,
  image: Image,
  channel: i32,
  correction: usize,
  largest: f32,
): void {
  const first = <usize>(from * image.width);
  const last = <usize>(to * image.width);
  for (let i = first; i < last; i++) {
    const wanted = load<f32>(correction + (i << 2));
    const share = wanted / largest;
    const at = image.data + i * 3 + <usize>channel;
    store<u8>(at, toByte(<f32>load<u8>(at) + wanted / sqrt<f32>(1 + share * share)));
  }
}
