/** Distribution transfer between the patches of two pictures; see `../../balance.ts` and `../../plain/balance.ts`. */
import { clamp } from './records';

/** Pixels a side of the patches, and numbers in one. */
const SIDE: i32 = 7;
const LENGTH: i32 = 147;
/** Bins of the histograms of projections. */
const BINS: i32 = 2048;

/** What the groups of directions share. Planes are f32 [3, height, width]. */
@unmanaged
class Transfer {
  frame: usize;
  frameWidth: i32;
  frameHeight: i32;
  /** Columns of patches, by their left edge, that lie wholly within the kept photo. */
  holeLeft: i32;
  holeRight: i32;
  source: usize;
  sourceWidth: i32;
  sourceHeight: i32;
  /** f32 [directions, 3, 7, 7], and after each the weight of the row. */
  directions: usize;
  count: i32;
  groups: i32;
  /** The row of a frame's patch as a share of the photo: first + step · y; of a source patch, y · sourceStep. */
  firstRow: f32;
  rowStep: f32;
  sourceFirst: f32;
  sourceStep: f32;
  /** `scratchBytes` for each group: projections of frame and source, then the histograms. */
  scratch: usize;
  scratchBytes: usize;
  /** f32 [groups, 3, height, width] */
  deltas: usize;
}

/** Takes the directions of the groups [from, to) and sums what they ask of each pixel into the groups' deltas. */
export function transferGroups(from: i32, to: i32, _thread: i32, transfer: Transfer): void {
  for (let group = from; group < to; group++) {
    const planeBytes = (<usize>(transfer.frameWidth * transfer.frameHeight * 3)) << 2;
    const delta = transfer.deltas + <usize>group * planeBytes;
    memory.fill(delta, 0, planeBytes);
    for (let n = group; n < transfer.count; n += transfer.groups) {
      transferAlong(transfer, transfer.directions + ((<usize>(n * (LENGTH + 1))) << 2), group, delta);
    }
  }
}

let lowest: f32 = 0;
let highest: f32 = 0;

function transferAlong(transfer: Transfer, direction: usize, group: i32, delta: usize): void {
  const width = transfer.frameWidth;
  const columns = width - SIDE + 1;
  const rows = transfer.frameHeight - SIDE + 1;
  const sourceColumns = transfer.sourceWidth - SIDE + 1;
  const sourceRows = transfer.sourceHeight - SIDE + 1;
  const own = transfer.scratch + <usize>group * transfer.scratchBytes;
  const theirs = own + ((<usize>((columns + 16) * rows)) << 2);
  const histograms = theirs + ((<usize>((sourceColumns + 16) * sourceRows)) << 2);
  const rowWeight = load<f32>(direction + ((<usize>LENGTH) << 2));
  lowest = Infinity;
  highest = -Infinity;
  for (let y = 0; y < rows; y++) {
    const offset = rowWeight * (transfer.firstRow + transfer.rowStep * <f32>y);
    const target = own + ((<usize>((columns + 16) * y)) << 2);
    projectRow(
      transfer.frame,
      width,
      transfer.frameHeight,
      y,
      0,
      transfer.holeLeft,
      direction,
      offset,
      target,
    );
    projectRow(
      transfer.frame,
      width,
      transfer.frameHeight,
      y,
      transfer.holeRight,
      columns,
      direction,
      offset,
      target,
    );
  }
  for (let y = 0; y < sourceRows; y++) {
    const offset = rowWeight * (transfer.sourceFirst + transfer.sourceStep * <f32>y);
    const target = theirs + ((<usize>((sourceColumns + 16) * y)) << 2);
    projectRow(
      transfer.source,
      transfer.sourceWidth,
      transfer.sourceHeight,
      y,
      0,
      sourceColumns,
      direction,
      offset,
      target,
    );
  }
  const scale: f32 = <f32>BINS / max<f32>(highest - lowest, 1e-3);
  const ownCounts = histograms;
  const theirCounts = histograms + ((<usize>(BINS + 1)) << 2);
  const map = theirCounts + ((<usize>(BINS + 1)) << 2);
  memory.fill(histograms, 0, (<usize>(2 * (BINS + 1))) << 2);
  for (let y = 0; y < rows; y++) {
    const row = own + ((<usize>((columns + 16) * y)) << 2);
    countRow(row, 0, transfer.holeLeft, scale, ownCounts);
    countRow(row, transfer.holeRight, columns, scale, ownCounts);
  }
  for (let y = 0; y < sourceRows; y++) {
    countRow(theirs + ((<usize>((sourceColumns + 16) * y)) << 2), 0, sourceColumns, scale, theirCounts);
  }
  matchHistograms(ownCounts, theirCounts, map);
  for (let y = 0; y < rows; y++) {
    const row = own + ((<usize>((columns + 16) * y)) << 2);
    wantRow(row, 0, transfer.holeLeft, scale, map);
    wantRow(row, transfer.holeRight, columns, scale, map);
    spreadRow(delta, width, transfer.frameHeight, y, 0, transfer.holeLeft, direction, row);
    spreadRow(delta, width, transfer.frameHeight, y, transfer.holeRight, columns, direction, row);
  }
}

/** Projections of the patches with their left edge in [from, to) of a row, 16 at a time; what is beyond is ignored. */
function projectRow(
  planes: usize,
  width: i32,
  height: i32,
  y: i32,
  from: i32,
  to: i32,
  direction: usize,
  offset: f32,
  target: usize,
): void {
  const rowBytes = (<usize>width) << 2;
  for (let x = from; x < to; x += 16) {
    let a = f32x4.splat(offset);
    let b = a;
    let c = a;
    let d = a;
    let weight = direction;
    for (let channel = 0; channel < 3; channel++) {
      let row = planes + ((<usize>((channel * height + y) * width + x)) << 2);
      for (let j = 0; j < SIDE; j++) {
        for (let i: usize = 0; i < <usize>SIDE; i++, weight += 4) {
          // Directions are sparse.
          if (load<f32>(weight) === 0) continue;
          const w = v128.load32_splat(weight);
          const at = row + (i << 2);
          a = f32x4.add(a, f32x4.mul(w, v128.load(at)));
          b = f32x4.add(b, f32x4.mul(w, v128.load(at, 16)));
          c = f32x4.add(c, f32x4.mul(w, v128.load(at, 32)));
          d = f32x4.add(d, f32x4.mul(w, v128.load(at, 48)));
        }
        row += rowBytes;
      }
    }
    const at = target + ((<usize>x) << 2);
    if (x + 16 <= to) {
      v128.store(at, a);
      v128.store(at, b, 16);
      v128.store(at, c, 32);
      v128.store(at, d, 48);
    } else {
      // Beyond `to` there may be projections of another span.
      storeSome(at, a, to - x);
      storeSome(at + 16, b, to - x - 4);
      storeSome(at + 32, c, to - x - 8);
      storeSome(at + 48, d, to - x - 12);
    }
    for (let i = x; i < min(to, x + 16); i++) {
      const value = load<f32>(target + ((<usize>i) << 2));
      lowest = min(lowest, value);
      highest = max(highest, value);
    }
  }
}

function storeSome(at: usize, values: v128, count: i32): void {
  if (count > 0) store<f32>(at, f32x4.extract_lane(values, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(values, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(values, 2), 8);
  if (count > 3) store<f32>(at, f32x4.extract_lane(values, 3), 12);
}

function countRow(row: usize, from: i32, to: i32, scale: f32, counts: usize): void {
  for (let x = from; x < to; x++) {
    const bin = <i32>((load<f32>(row + ((<usize>x) << 2)) - lowest) * scale);
    const at = counts + ((<usize>clamp(bin, 0, BINS - 1)) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
}

/**
 * For each bin, in bins: the places in the others between which there is the share of all that the bin has. Where
 * others are missing at an end, it is the nearer side of the gap: what has their distribution already stays.
 */
function matchHistograms(own: usize, theirs: usize, map: usize): void {
  let ownTotal: f64 = 0;
  let theirTotal: f64 = 0;
  for (let bin = 0; bin < BINS; bin++) {
    ownTotal += <f64>load<i32>(own + ((<usize>bin) << 2));
    theirTotal += <f64>load<i32>(theirs + ((<usize>bin) << 2));
  }
  let below: f64 = 0;
  let theirBelow: f64 = 0;
  let place = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const at = map + ((<usize>bin) << 3);
    let wanted = (below * theirTotal) / ownTotal;
    let inside = <f64>load<i32>(theirs + ((<usize>place) << 2));
    while (place < BINS - 1 && theirBelow + inside <= wanted) {
      theirBelow += inside;
      place++;
      inside = <f64>load<i32>(theirs + ((<usize>place) << 2));
    }
    store<f32>(at, <f32>(<f64>place + min<f64>(1, (wanted - theirBelow) / max<f64>(1, inside))));
    below += <f64>load<i32>(own + ((<usize>bin) << 2));
    wanted = (below * theirTotal) / ownTotal;
    while (place < BINS - 1 && theirBelow + inside < wanted) {
      theirBelow += inside;
      place++;
      inside = <f64>load<i32>(theirs + ((<usize>place) << 2));
    }
    store<f32>(at, <f32>(<f64>place + min<f64>(1, (wanted - theirBelow) / max<f64>(1, inside))), 4);
  }
}

/** Turns projections into how much they ought to change. */
function wantRow(row: usize, from: i32, to: i32, scale: f32, map: usize): void {
  for (let x = from; x < to; x++) {
    const at = row + ((<usize>x) << 2);
    const place = (load<f32>(at) - lowest) * scale;
    const bin = clamp(<i32>place, 0, BINS - 1);
    const share = place - <f32>bin;
    const first = load<f32>(map + ((<usize>bin) << 3));
    const next = load<f32>(map + ((<usize>bin) << 3), 4);
    store<f32>(at, (first + share * (next - first) - place) / scale);
  }
}

/** Adds each patch's wanted change along the direction to its pixels: pixel by pixel from the patches over it. */
function spreadRow(
  delta: usize,
  width: i32,
  height: i32,
  y: i32,
  from: i32,
  to: i32,
  direction: usize,
  wanted: usize,
): void {
  let weight = direction;
  for (let channel = 0; channel < 3; channel++) {
    for (let j = 0; j < SIDE; j++) {
      const row = delta + ((<usize>((channel * height + y + j) * width)) << 2);
      for (let i = 0; i < SIDE; i++, weight += 4) {
        if (load<f32>(weight) === 0) continue;
        const w = v128.load32_splat(weight);
        let x = from;
        for (; x + 4 <= to; x += 4) {
          const at = row + ((<usize>(x + i)) << 2);
          v128.store(at, f32x4.add(v128.load(at), f32x4.mul(w, v128.load(wanted + ((<usize>x) << 2)))));
        }
        for (; x < to; x++) {
          const at = row + ((<usize>(x + i)) << 2);
          store<f32>(at, load<f32>(at) + load<f32>(weight) * load<f32>(wanted + ((<usize>x) << 2)));
        }
      }
    }
  }
}

/**
 * Moves the rows [from, to) of the planes by the sum of the groups' deltas times `gain`, f32 a pixel, 0 where nothing
 * moves.
 */
export function moveRows(from: i32, to: i32, _thread: i32, transfer: Transfer, gain: usize): void {
  const plane = transfer.frameWidth * transfer.frameHeight;
  for (let channel = 0; channel < 3; channel++) {
    for (let i = from * transfer.frameWidth; i < to * transfer.frameWidth; i++) {
      const at = (<usize>(channel * plane + i)) << 2;
      let sum: f32 = 0;
      for (let group = 0; group < transfer.groups; group++) {
        sum += load<f32>(transfer.deltas + ((<usize>(group * plane * 3)) << 2) + at);
      }
      const value = load<f32>(transfer.frame + at) + load<f32>(gain + ((<usize>i) << 2)) * sum;
      store<f32>(transfer.frame + at, min<f32>(255, max<f32>(0, value)));
    }
  }
}
