/** 7×7 patches of pictures: reading them, finding the nearest, projecting them. */
import type { Picture } from '../images/picture.ts';
import { CHANNELS } from '../images/picture.ts';
import { createRandom } from '../singan/random.ts';

export const PATCH = 7;
export const PATCH_LENGTH = PATCH * PATCH * CHANNELS;

/** Patches as one array, [count, 7 · 7 · 3]; places count through the rows of `columns` each, from the top left. */
export interface Patches {
  readonly count: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Every `step`-th patch of the picture in each direction. */
export function patchesOf(picture: Picture, step: number): Patches {
  const columns = Math.floor((picture.width - PATCH) / step) + 1;
  const rows = Math.floor((picture.height - PATCH) / step) + 1;
  const data = new Float32Array(columns * rows * PATCH_LENGTH);
  let offset = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, offset += PATCH_LENGTH) {
      readPatch(picture, column * step, row * step, data, offset);
    }
  }
  return { count: columns * rows, columns, data };
}

export interface Nearest {
  /** [queries] sum of squared differences. */
  readonly distance: Float64Array;
  /** [queries] which patch that is. Of several that are equally near, the one that serves least often so far. */
  readonly index: Int32Array;
}

/**
 * For each of `queries` the nearest of `patches`, exactly: they are tried outwards from those of the same brightness,
 * and (Σa − Σb)² / n is at most their distance.
 */
export function nearestPatches(queries: Patches, patches: Patches): Nearest {
  const sums = sumsOf(patches);
  const order = Uint32Array.from(sums.keys()).sort((a, b) => sums[a]! - sums[b]!);
  const sorted = order.map((patch) => sums[patch]!);
  const querySums = sumsOf(queries);
  const used = new Uint32Array(patches.count);
  const distance = new Float64Array(queries.count);
  const index = new Int32Array(queries.count);
  for (let query = 0; query < queries.count; query++) {
    const sum = querySums[query]!;
    let best = Infinity;
    let chosen = -1;
    let high = lowerBound(sorted, sum);
    let low = high - 1;
    while (low >= 0 || high < sorted.length) {
      const below = low >= 0 ? sum - sorted[low]! : Infinity;
      const above = high < sorted.length ? sorted[high]! - sum : Infinity;
      const gap = Math.min(below, above);
      if ((gap * gap) / PATCH_LENGTH > best) break;
      const patch = order[below < above ? low-- : high++]!;
      const found = squaredDistance(queries.data, query, patches.data, patch, best);
      if (found < best || (found === best && used[patch]! < used[chosen]!)) {
        best = found;
        chosen = patch;
      }
    }
    distance[query] = best;
    index[query] = chosen;
    used[chosen]!++;
  }
  return { distance, index };
}

/** Given up, too large, once it exceeds `limit`. */
function squaredDistance(a: Float32Array, i: number, b: Float32Array, j: number, limit: number): number {
  const [from, to] = [i * PATCH_LENGTH, j * PATCH_LENGTH];
  let distance = 0;
  for (let k = 0; k < PATCH_LENGTH && distance <= limit; k++) {
    const difference = a[from + k]! - b[to + k]!;
    distance += difference * difference;
  }
  return distance;
}

function sumsOf({ count, data }: Patches): Uint32Array {
  const sums = new Uint32Array(count);
  for (let patch = 0; patch < count; patch++) {
    for (let k = 0; k < PATCH_LENGTH; k++) sums[patch]! += data[patch * PATCH_LENGTH + k]!;
  }
  return sums;
}

function lowerBound(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Fixed random unit vectors in the space of patches: the first `count` of an endless list. */
export function directions(count: number): Float32Array[] {
  return Array.from({ length: count }, (_, index) => {
    const vector = createRandom(index, 'projection').normal(PATCH_LENGTH);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}

/** Directions that are projected onto together: one alone waits for its own sum, and four take half the time. */
const TOGETHER = 4;

/** The patches at the given places, projected onto each direction; each direction's numbers sorted. */
export function project(
  picture: Picture,
  places: Iterable<readonly [x: number, y: number]>,
  count: number,
  onto: readonly Float32Array[],
): Float32Array[] {
  const projected = onto.map(() => new Float32Array(count));
  const patch = new Float32Array(PATCH_LENGTH);
  const sums = new Float64Array(TOGETHER);
  let n = 0;
  for (const [x, y] of places) {
    readPatch(picture, x, y, patch, 0);
    for (let first = 0; first < onto.length; first += TOGETHER) {
      projectOnto(patch, onto, first, sums);
      for (let k = 0; k < TOGETHER && first + k < onto.length; k++) projected[first + k]![n] = sums[k]!;
    }
    n++;
  }
  return projected.map((values) => values.sort());
}

function projectOnto(
  patch: Float32Array,
  onto: readonly Float32Array[],
  first: number,
  sums: Float64Array,
): void {
  const a = onto[first]!;
  const [b, c, d] = [onto[first + 1] ?? a, onto[first + 2] ?? a, onto[first + 3] ?? a];
  let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
  for (let i = 0; i < PATCH_LENGTH; i++) {
    const value = patch[i]!;
    sumA += value * a[i]!;
    sumB += value * b[i]!;
    sumC += value * c[i]!;
    sumD += value * d[i]!;
  }
  sums[0] = sumA;
  sums[1] = sumB;
  sums[2] = sumC;
  sums[3] = sumD;
}

/**
 * Sliced Wasserstein distance in grey levels: over all directions, the mean distance of sorted projections of equally
 * many patches of two pictures.
 */
export function slicedWasserstein(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let sum = 0;
  let count = 0;
  a.forEach((values, index) => {
    const others = b[index]!;
    for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]! - others[i]!);
    count += values.length;
  });
  return sum / count;
}

function readPatch(
  { width, data }: Picture,
  x: number,
  y: number,
  target: Float32Array,
  offset: number,
): void {
  const rowLength = PATCH * CHANNELS;
  for (let row = 0; row < PATCH; row++) {
    const start = ((y + row) * width + x) * CHANNELS;
    for (let i = 0; i < rowLength; i++) target[offset + row * rowLength + i] = data[start + i]!;
  }
}
