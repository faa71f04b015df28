/**
 * Exact patch search for the coarsest levels: every source patch of the row band is compared. One displacement
 * between frame and source is taken at a time, and the distances of all patches under it come from running sums,
 * so that a pair of patches costs a few operations whatever the patch's size.
 */
import { CHANNELS } from '../images/picture.ts';
import type { Rectangle } from '../../shared/geometry.ts';
import type { Field } from './field.ts';
import { farFromKept, keptCentres } from './field.ts';
import type { Pacer } from './pacer.ts';
import type { SearchProblem } from './search.ts';

/** Takes the distances of a run of patch pairs: centres (x + i, y) in the frame and (x + i + dx, y + dy) in the source. */
type Visit = (x: number, y: number, dx: number, dy: number, count: number, sums: Int32Array) => void;

/**
 * Finds each patch's nearest source patch by weighted distance; `field` must have stride 1. Of equally near ones
 * the first in order of displacement wins. The identity under the kept photo is left alone.
 *
 * Returns for each source patch the smallest distance, not weighted, to any patch of the frame that is not wholly
 * kept photo: [source height, source width] by centre, Infinity where the row band joins it to none.
 */
export async function exactSearch(problem: SearchProblem, field: Field, pacer: Pacer): Promise<Float32Array> {
  const { radius, source, weights } = problem;
  const { columns, sourceX, sourceY, distance } = field;
  const far = farFromKept(field);
  const best = new Float32Array(columns * field.rows).fill(Infinity);
  const smallest = new Float32Array(source.width * source.height).fill(Infinity);
  await eachPair(problem, field, pacer, (x, y, dx, dy, count, sums) => {
    const row = (y - radius) * columns - radius + x;
    const sourceRow = (y + dy) * source.width + dx + x;
    for (let i = 0; i < count; i++) {
      const sum = sums[i]!;
      const cell = row + i;
      const at = sourceRow + i;
      if (sum < smallest[at]!) smallest[at] = sum;
      const weighted = weights && far[cell] ? sum * weights[at]! : sum;
      if (weighted >= best[cell]!) continue;
      best[cell] = weighted;
      distance[cell] = sum;
      sourceX[cell] = x + i + dx;
      sourceY[cell] = y + dy;
    }
  });
  return smallest;
}

async function eachPair(problem: SearchProblem, field: Field, pacer: Pacer, visit: Visit): Promise<void> {
  const { frame, kept } = field.level;
  const { radius } = problem;
  const all = { x: radius, y: radius, width: frame.width - 2 * radius, height: frame.height - 2 * radius };
  const hole = kept && keptCentres(kept, radius);
  for (const part of hole ? around(all, hole) : [all]) {
    await pairsOf(part, problem, pacer, visit);
  }
}

/** `outer` without `hole`, in up to four rectangles. */
function around(outer: Rectangle, hole: Rectangle): Rectangle[] {
  const right = outer.x + outer.width;
  const bottom = outer.y + outer.height;
  const holeRight = hole.x + hole.width;
  const holeBottom = hole.y + hole.height;
  return [
    { x: outer.x, y: outer.y, width: outer.width, height: hole.y - outer.y },
    { x: outer.x, y: hole.y, width: hole.x - outer.x, height: hole.height },
    { x: holeRight, y: hole.y, width: right - holeRight, height: hole.height },
    { x: outer.x, y: holeBottom, width: outer.width, height: bottom - holeBottom },
  ].filter((part) => part.width > 0 && part.height > 0);
}

async function pairsOf(part: Rectangle, problem: SearchProblem, pacer: Pacer, visit: Visit): Promise<void> {
  const { source, radius, band } = problem;
  const bottom = part.y + part.height;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let y = part.y; y < bottom; y++) {
    lowest = Math.min(lowest, band.low[y]! - y);
    highest = Math.max(highest, band.high[y]! - y);
  }
  const scratch = createScratch(part.width, radius);
  for (let dy = lowest; dy <= highest; dy++) {
    let top = bottom;
    let end = part.y;
    for (let y = part.y; y < bottom; y++) {
      if (y + dy < band.low[y]! || y + dy > band.high[y]!) continue;
      top = Math.min(top, y);
      end = y + 1;
    }
    if (top >= end) continue;
    const firstDx = radius - (part.x + part.width - 1);
    const lastDx = source.width - 1 - radius - part.x;
    await pacer.overRows(firstDx, lastDx + 1, part.width * (end - top), (from, to) => {
      for (let dx = from; dx < to; dx++) {
        const left = Math.max(part.x, radius - dx);
        const right = Math.min(part.x + part.width, source.width - radius - dx);
        displaced(problem, left, right, top, end, dx, dy, scratch, visit);
      }
    });
  }
}

interface Scratch {
  /** [patch rows, width] squared differences of the last rows. */
  readonly ring: Int32Array;
  /** [width] their sums down the patch's height. */
  readonly columns: Int32Array;
  /** [width] distances of a row of patches. */
  readonly sums: Int32Array;
}

function createScratch(centres: number, radius: number): Scratch {
  const width = centres + 2 * radius;
  return {
    ring: new Int32Array(width * (2 * radius + 1)),
    columns: new Int32Array(width),
    sums: new Int32Array(width),
  };
}

/** Distances for one displacement of all patches with centres in [left, right) × [top, end). */
function displaced(
  { query, source, radius, band }: SearchProblem,
  left: number,
  right: number,
  top: number,
  end: number,
  dx: number,
  dy: number,
  { ring, columns, sums }: Scratch,
  visit: Visit,
): void {
  const side = 2 * radius + 1;
  const centres = right - left;
  const width = centres + 2 * radius;
  const q = query.data;
  const s = source.data;
  ring.fill(0, 0, width * side);
  columns.fill(0, 0, width);
  for (let y = top - radius, n = 0; y < end + radius; y++, n++) {
    const slot = (n % side) * width;
    let a = (y * query.width + left - radius) * CHANNELS;
    let b = ((y + dy) * source.width + left - radius + dx) * CHANNELS;
    for (let x = 0; x < width; x++, a += 3, b += 3) {
      const red = q[a]! - s[b]!;
      const green = q[a + 1]! - s[b + 1]!;
      const blue = q[a + 2]! - s[b + 2]!;
      const difference = red * red + green * green + blue * blue;
      columns[x]! += difference - ring[slot + x]!;
      ring[slot + x] = difference;
    }
    const centre = y - radius;
    if (centre < top || centre + dy < band.low[centre]! || centre + dy > band.high[centre]!) continue;
    let sum = 0;
    for (let x = 0; x < 2 * radius; x++) sum += columns[x]!;
    for (let x = 0; x < centres; x++) {
      sum += columns[x + 2 * radius]!;
      sums[x] = sum;
      sum -= columns[x]!;
    }
    visit(left, centre, dx, dy, centres, sums);
  }
}
