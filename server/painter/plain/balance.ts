/**
 * The oracle of the kernels `transferGroups` and `moveRows`. It rounds to 32 bits wherever they do and adds in their
 * order: a projection that fell into the bin beside its own would ask for another colour.
 */
import { CHANNELS, type Picture } from '../../images/picture.ts';
import { BINS, DIRECTIONS, fillDirections, GAIN, GROUPS, LENGTH, SIDE } from '../balance.ts';
import { Gaussians } from '../gaussians.ts';
import type { Level } from '../levels.ts';

const f32 = Math.fround;

/** What `balance` makes of the picture. */
export function balanced(
  level: Level,
  picture: Picture,
  source: Picture,
  steps: number,
  strength: number,
): Picture {
  const { width, height } = level.frame;
  const colours = Float32Array.from(picture.data);
  const gaussians = new Gaussians(width * 65536 + height);
  for (let step = 0; step < steps; step++) {
    const directions = new Float32Array(DIRECTIONS * (LENGTH + 1));
    fillDirections(directions, gaussians);
    move(level, colours, source, directions, strength);
  }
  return { width, height, data: Uint8Array.from(colours, Math.round) };
}

/** A patch by its top left corner. */
interface Patch {
  readonly x: number;
  readonly y: number;
}

/** The patches of a picture, but for those within the kept photo; before and after it each row is from right to left. */
function patchesOf(width: number, height: number, kept: Level['kept']): Patch[] {
  const columns = Array.from({ length: width - SIDE + 1 }, (_, x) => x);
  const outside = columns.filter((x) => !kept || x < kept.x || x + SIDE > kept.x + kept.width);
  const before = outside.filter((x) => kept !== null && x < kept.x).reverse();
  const after = outside.filter((x) => kept === null || x >= kept.x).reverse();
  return Array.from({ length: height - SIDE + 1 }, (_, y) =>
    [...before, ...after].map((x) => ({ x, y })),
  ).flat();
}

/** One step: colours are [height, width, 3]. */
function move(
  { frame: { width, height }, photo, kept }: Level,
  colours: Float32Array,
  source: Picture,
  directions: Float32Array,
  strength: number,
): void {
  const patches = patchesOf(width, height, kept);
  const sourcePatches = patchesOf(source.width, source.height, null);
  const sourceColours = Float32Array.from(source.data);
  const [first, step] = kept
    ? [(SIDE / 2 - photo.y) / photo.height, 1 / photo.height]
    : [SIDE / 2 / height, 1 / height];
  const [places, sourcePlaces] = [placesIn(width), placesIn(source.width)];
  const deltas = Array.from({ length: GROUPS }, () => new Float32Array(colours.length));
  for (let n = 0; n < DIRECTIONS; n++) {
    const direction = directions.subarray(n * (LENGTH + 1), (n + 1) * (LENGTH + 1));
    const own = patches.map(({ x, y }) => {
      const row = f32(f32(first) + f32(f32(step) * y));
      return projection(colours, (y * width + x) * CHANNELS, places, direction, row);
    });
    const theirs = sourcePatches.map(({ x, y }) => {
      const row = f32(f32(SIDE / 2 / source.height) + f32(f32(1 / source.height) * y));
      return projection(sourceColours, (y * source.width + x) * CHANNELS, sourcePlaces, direction, row);
    });
    const changes = wantedChanges(own, theirs);
    const delta = deltas[n % GROUPS]!;
    for (const [index, { x, y }] of patches.entries()) {
      const start = (y * width + x) * CHANNELS;
      for (let i = 0; i < LENGTH; i++) delta[start + places[i]!]! += f32(direction[i]! * changes[index]!);
    }
  }
  const over = new Int32Array(colours.length);
  for (const { x, y } of patches) for (const place of places) over[(y * width + x) * CHANNELS + place]!++;
  for (const [at, colour] of colours.entries()) {
    const x = Math.floor(at / CHANNELS) % width;
    if (over[at] === 0 || (kept && x >= kept.x && x < kept.x + kept.width)) continue;
    const sum = deltas.reduce((total, delta) => f32(total + delta[at]!), 0);
    const gain = f32((strength * GAIN) / over[at]!);
    colours[at] = Math.min(255, Math.max(0, f32(colour + f32(gain * sum))));
  }
}

/** Where a patch's numbers, in the directions' order [3, side, side], lie among colours [height, width, 3]. */
function placesIn(width: number): Int32Array {
  return Int32Array.from({ length: LENGTH }, (_, i) => {
    const channel = Math.floor(i / SIDE ** 2);
    const row = Math.floor(i / SIDE) % SIDE;
    return (row * width + (i % SIDE)) * CHANNELS + channel;
  });
}

/** `row` is the patch's row as a share of the photo. */
function projection(
  colours: Float32Array,
  start: number,
  places: Int32Array,
  direction: Float32Array,
  row: number,
): number {
  let sum = f32(direction[LENGTH]! * row);
  for (let i = 0; i < LENGTH; i++) sum = f32(sum + f32(direction[i]! * colours[start + places[i]!]!));
  return sum;
}

/** How much each projection would have to change for their histogram to be the others'. */
function wantedChanges(own: readonly number[], theirs: readonly number[]): number[] {
  const all = [...own, ...theirs];
  const lowest = all.reduce((a, b) => Math.min(a, b));
  const highest = all.reduce((a, b) => Math.max(a, b));
  const scale = f32(BINS / Math.max(f32(highest - lowest), f32(1e-3)));
  const placeOf = (value: number) => f32(f32(value - lowest) * scale);
  const binOf = (value: number) => Math.min(BINS - 1, Math.trunc(placeOf(value)));
  const [ownCounts, theirCounts] = [own, theirs].map((values) => {
    const counts = new Int32Array(BINS);
    for (const value of values) counts[binOf(value)]!++;
    return counts;
  });
  const [starts, ends] = matchedBins(ownCounts!, theirCounts!, own.length, theirs.length);
  return own.map((value) => {
    const bin = binOf(value);
    const share = f32(placeOf(value) - bin);
    const [start, end] = [starts![bin]!, ends![bin]!];
    const target = f32(start + f32(share * f32(end - start)));
    return f32(f32(target - placeOf(value)) / scale);
  });
}

/**
 * For each bin, in bins, the places in the others between which there is the share of all that the bin has. A gap in the
 * others at its start belongs to the bin before, one at its end to the next.
 */
function matchedBins(own: Int32Array, theirs: Int32Array, ownTotal: number, theirTotal: number) {
  const starts = new Float32Array(BINS);
  const ends = new Float32Array(BINS);
  let below = 0;
  let theirBelow = 0;
  let at = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const first = (below * theirTotal) / ownTotal;
    while (at < BINS - 1 && theirBelow + theirs[at]! <= first) theirBelow += theirs[at++]!;
    starts[bin] = at + Math.min(1, (first - theirBelow) / Math.max(1, theirs[at]!));
    below += own[bin]!;
    const last = (below * theirTotal) / ownTotal;
    while (at < BINS - 1 && theirBelow + theirs[at]! < last) theirBelow += theirs[at++]!;
    ends[bin] = at + Math.min(1, (last - theirBelow) / Math.max(1, theirs[at]!));
  }
  return [starts, ends];
}
