/** The oracle of the kernel `coherentRows`. */
import { CHANNELS } from '../../images/picture.ts';
import { centreX, centreY, createField, farFromKept, isKept, type Field } from '../field.ts';
import type { Level } from '../levels.ts';
import type { SearchProblem } from '../search.ts';

/** Steps on the earlier field's grid at which candidates are read: the place itself first. */
const NEIGHBOURS_X = [0, -1, 1, 0, 0, -1, 1, -1, 1];
const NEIGHBOURS_Y = [0, 0, 0, -1, 1, -1, -1, 1, 1];

/** What `searchCoherently` finds. */
export function coherentSearch(level: Level, problem: SearchProblem, earlier: Field): Field {
  const field = createField(level);
  const far = farFromKept(field);
  for (let row = 0; row < field.rows; row++) {
    const y = centreY(field, row);
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (isKept(level, x, y)) continue;
      const cell = row * field.columns + column;
      const best = searchCell(problem, far[cell] === 1, earlier, level, x, y);
      field.sourceX[cell] = best.x;
      field.sourceY[cell] = best.y;
      field.distance[cell] = best.distance;
    }
  }
  return field;
}

interface Match {
  x: number;
  y: number;
  distance: number;
  weighted: number;
}

/** Considers for the cell at (x, y) the matches that `earlier` holds there and around, then those next to the best. */
function searchCell(
  problem: SearchProblem,
  favours: boolean,
  earlier: Field,
  level: Level,
  x: number,
  y: number,
): Match {
  const { frame, photo, radius } = level;
  const { source, band, weights } = problem;
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
  const best: Match = { x: -1, y: -1, distance: Infinity, weighted: Infinity };
  const consider = (sx: number, sy: number): void => {
    const weight = favours && weights ? weights[sy * source.width + sx]! : 1;
    const distance = patchDistance(problem, radius, x, y, sx, sy);
    // Divided, not multiplied: rounding may make a difference where two are as good as equal.
    if (distance >= best.weighted / weight) return;
    Object.assign(best, { x: sx, y: sy, distance, weighted: distance * weight });
  };
  const candidates = NEIGHBOURS_X.map((stepX, n) => {
    const column = clamp(atColumn + stepX, 0, earlier.columns - 1);
    const row = clamp(atRow + NEIGHBOURS_Y[n]!, 0, earlier.rows - 1);
    const from = row * earlier.columns + column;
    const shiftX = placeX - centreX(earlier, column);
    const shiftY = placeY - centreY(earlier, row);
    return {
      x: clamp(Math.round((earlier.sourceX[from]! + 0.5 + shiftX) * growX - 0.5), radius, rightmost),
      y: clamp(Math.round((earlier.sourceY[from]! + 0.5 + shiftY) * growY - 0.5), low, high),
    };
  });
  for (const { x, y } of candidates) consider(x, y);
  // Where all neighbours of the same level agree, the positions around were considered when they were found.
  const [first] = candidates;
  const agree = candidates.every((other) => other.x === first!.x && other.y === first!.y);
  const { width, height } = coarse.frame;
  const sameGrid = width === frame.width && height === frame.height && coarse.stride === level.stride;
  if (sameGrid && agree) return best;
  const around = { ...best };
  for (let sy = Math.max(low, around.y - 1); sy <= Math.min(high, around.y + 1); sy++) {
    for (let sx = Math.max(radius, around.x - 1); sx <= Math.min(rightmost, around.x + 1); sx++) {
      consider(sx, sy);
    }
  }
  return best;
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** Sum of squared differences of the patches centred at (x, y) in the query and (sx, sy) in the source. */
export function patchDistance(
  { query, source }: SearchProblem,
  radius: number,
  x: number,
  y: number,
  sx: number,
  sy: number,
): number {
  const rowBytes = (2 * radius + 1) * CHANNELS;
  let sum = 0;
  for (let row = -radius; row <= radius; row++) {
    const a = ((y + row) * query.width + x - radius) * CHANNELS;
    const b = ((sy + row) * source.width + sx - radius) * CHANNELS;
    for (let i = 0; i < rowBytes; i++) sum += (query.data[a + i]! - source.data[b + i]!) ** 2;
  }
  return sum;
}
