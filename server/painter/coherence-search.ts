/**
 * Patch search for the finer levels, without chance. The candidates are what coherence gives: the matches that
 * an earlier field holds at the patch's place and around it, moved along (Ashikhmin, "Synthesizing natural
 * textures", 2001; Tong et al., k-coherence, 2002), then the positions around the best of them.
 */
import { CHANNELS } from '../images/picture.ts';
import { centreX, centreY, farFromKept, keptCentres, type Field } from './field.ts';
import type { Pacer } from './pacer.ts';
import { patchDistance } from './patch-distance.ts';
import type { SearchProblem } from './search.ts';

/** Steps on the earlier field's grid at which candidates are read: the place itself first. */
const NEIGHBOURS_X = Int8Array.of(0, -1, 1, 0, 0, -1, 1, -1, 1);
const NEIGHBOURS_Y = Int8Array.of(0, 0, 0, -1, 1, -1, -1, 1, 1);
/** A comparison in pixels of ordinary work, for the pacer. */
const CELL_COST = 60;

/**
 * Fills `field` from the candidates of `earlier`, a field of the same level or of the one before. Each cell
 * depends on `earlier` alone, so that rows may be found in any order.
 */
export async function coherenceSearch(
  problem: SearchProblem,
  earlier: Field,
  field: Field,
  pacer: Pacer,
): Promise<void> {
  await pacer.overRows(0, field.rows, field.columns * CELL_COST, (from, to) => {
    searchRows(problem, earlier, field, from, to);
  });
}

function searchRows(problem: SearchProblem, earlier: Field, field: Field, from: number, to: number): void {
  const { kept, radius } = field.level;
  const far = farFromKept(field);
  const hole = kept && keptCentres(kept, radius);
  for (let row = from; row < to; row++) {
    const y = centreY(field, row);
    const crossesHole = hole !== null && y >= hole.y && y < hole.y + hole.height;
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (crossesHole && x >= hole.x && x < hole.x + hole.width) continue;
      searchCell(problem, far, earlier, field, row * field.columns + column, x, y);
    }
  }
}

function searchCell(
  { query, source, band, weights: favours }: SearchProblem,
  far: Uint8Array,
  earlier: Field,
  field: Field,
  cell: number,
  x: number,
  y: number,
): void {
  const { frame, photo, radius } = field.level;
  const weights = favours && far[cell] ? favours : null;
  const coarse = earlier.level;
  const side = 2 * radius + 1;
  const rowBytes = side * CHANNELS;
  const queryStride = query.width * CHANNELS;
  const sourceStride = source.width * CHANNELS;
  const queryStart = (y - radius) * queryStride + (x - radius) * CHANNELS;
  const low = band.low[y]!;
  const high = band.high[y]!;
  const rightmost = source.width - 1 - radius;
  // The place in the earlier frame, and the grid cell nearest to it.
  const placeX = ((x + 0.5) * coarse.frame.width) / frame.width - 0.5;
  const placeY = ((y + 0.5) * coarse.frame.height) / frame.height - 0.5;
  const atColumn = Math.round((placeX - coarse.radius) / coarse.stride);
  const atRow = Math.round((placeY - coarse.radius) / coarse.stride);
  const growX = photo.width / coarse.photo.width;
  const growY = photo.height / coarse.photo.height;

  let best = Infinity;
  let raw = Infinity;
  let bestX = 0;
  let bestY = 0;
  let lastX = -1;
  let lastY = -1;
  let agree = true;
  for (let n = 0; n < NEIGHBOURS_X.length; n++) {
    const column = Math.min(earlier.columns - 1, Math.max(0, atColumn + NEIGHBOURS_X[n]!));
    const row = Math.min(earlier.rows - 1, Math.max(0, atRow + NEIGHBOURS_Y[n]!));
    const from = row * earlier.columns + column;
    let sx = Math.round((earlier.sourceX[from]! + 0.5 + placeX - centreX(earlier, column)) * growX - 0.5);
    let sy = Math.round((earlier.sourceY[from]! + 0.5 + placeY - centreY(earlier, row)) * growY - 0.5);
    sx = sx < radius ? radius : sx > rightmost ? rightmost : sx;
    sy = sy < low ? low : sy > high ? high : sy;
    if ((sx === bestX && sy === bestY) || (sx === lastX && sy === lastY)) continue;
    if (n > 0) agree = false;
    lastX = sx;
    lastY = sy;
    const weight = weights ? weights[sy * source.width + sx]! : 1;
    const start = (sy - radius) * sourceStride + (sx - radius) * CHANNELS;
    const limit = best / weight;
    const distance = patchDistance(
      query.data,
      queryStart,
      queryStride,
      source.data,
      start,
      sourceStride,
      side,
      rowBytes,
      limit,
    );
    if (distance >= limit) continue;
    best = distance * weight;
    raw = distance;
    bestX = sx;
    bestY = sy;
  }
  if (coarse === field.level && agree) {
    field.sourceX[cell] = bestX;
    field.sourceY[cell] = bestY;
    field.distance[cell] = raw;
    return;
  }
  const aroundX = bestX;
  const aroundY = bestY;
  for (let sy = Math.max(low, aroundY - 1); sy <= Math.min(high, aroundY + 1); sy++) {
    for (let sx = Math.max(radius, aroundX - 1); sx <= Math.min(rightmost, aroundX + 1); sx++) {
      if (sx === aroundX && sy === aroundY) continue;
      const weight = weights ? weights[sy * source.width + sx]! : 1;
      const start = (sy - radius) * sourceStride + (sx - radius) * CHANNELS;
      const limit = best / weight;
      const distance = patchDistance(
        query.data,
        queryStart,
        queryStride,
        source.data,
        start,
        sourceStride,
        side,
        rowBytes,
        limit,
      );
      if (distance >= limit) continue;
      best = distance * weight;
      raw = distance;
      bestX = sx;
      bestY = sy;
    }
  }
  field.sourceX[cell] = bestX;
  field.sourceY[cell] = bestY;
  field.distance[cell] = raw;
}
