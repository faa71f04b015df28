/**
 * Patch search for the finer levels, without chance. The candidates are what coherence gives: the matches that
 * an earlier field holds at the patch's place and around it, moved along (Ashikhmin, "Synthesizing natural
 * textures", 2001; Tong et al., k-coherence, 2002), then the positions around the best of them.
 */
import { BestMatch } from './best-match.ts';
import { centreX, centreY, farFromKept, keptCentres, type Field } from './field.ts';
import type { Pacer } from './pacer.ts';
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
  const match = new BestMatch(problem);
  const hole = kept && keptCentres(kept, radius);
  for (let row = from; row < to; row++) {
    const y = centreY(field, row);
    const crossesHole = hole !== null && y >= hole.y && y < hole.y + hole.height;
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (crossesHole && x >= hole.x && x < hole.x + hole.width) continue;
      const cell = row * field.columns + column;
      match.start(x, y, far[cell] === 1);
      searchCell(match, problem.band, earlier, field, cell, x, y);
    }
  }
}

/** Considers for the cell at (x, y) the matches that `earlier` holds there and around, then those next to the best. */
function searchCell(
  match: BestMatch,
  band: SearchProblem['band'],
  earlier: Field,
  field: Field,
  cell: number,
  x: number,
  y: number,
): void {
  const { frame, photo, radius } = field.level;
  const coarse = earlier.level;
  const low = band.low[y]!;
  const high = band.high[y]!;
  const rightmost = photo.width - 1 - radius;
  // The place in the earlier frame, and the grid cell nearest to it.
  const placeX = ((x + 0.5) * coarse.frame.width) / frame.width - 0.5;
  const placeY = ((y + 0.5) * coarse.frame.height) / frame.height - 0.5;
  const atColumn = Math.round((placeX - coarse.radius) / coarse.stride);
  const atRow = Math.round((placeY - coarse.radius) / coarse.stride);
  const growX = photo.width / coarse.photo.width;
  const growY = photo.height / coarse.photo.height;

  let firstX = 0;
  let firstY = 0;
  let lastX = -1;
  let lastY = -1;
  let agree = true;
  for (let n = 0; n < NEIGHBOURS_X.length; n++) {
    const column = clamp(atColumn + NEIGHBOURS_X[n]!, 0, earlier.columns - 1);
    const row = clamp(atRow + NEIGHBOURS_Y[n]!, 0, earlier.rows - 1);
    const from = row * earlier.columns + column;
    const shiftX = placeX - centreX(earlier, column);
    const shiftY = placeY - centreY(earlier, row);
    const sx = clamp(Math.round((earlier.sourceX[from]! + 0.5 + shiftX) * growX - 0.5), radius, rightmost);
    const sy = clamp(Math.round((earlier.sourceY[from]! + 0.5 + shiftY) * growY - 0.5), low, high);
    if (n === 0) {
      firstX = sx;
      firstY = sy;
    } else if (sx === firstX && sy === firstY) continue;
    else agree = false;
    if ((sx === lastX && sy === lastY) || (sx === match.x && sy === match.y && n > 0)) continue;
    lastX = sx;
    lastY = sy;
    match.consider(sx, sy);
  }
  // Where all neighbours of the same level agree, the positions around were considered when they were found.
  if (coarse !== field.level || !agree) {
    const aroundX = match.x;
    const aroundY = match.y;
    for (let sy = Math.max(low, aroundY - 1); sy <= Math.min(high, aroundY + 1); sy++) {
      for (let sx = Math.max(radius, aroundX - 1); sx <= Math.min(rightmost, aroundX + 1); sx++) {
        if (sx !== aroundX || sy !== aroundY) match.consider(sx, sy);
      }
    }
  }
  field.sourceX[cell] = match.x;
  field.sourceY[cell] = match.y;
  field.distance[cell] = match.distance;
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
