/** The nearest-neighbour field: for a grid of patch centres in the frame, the source patch that serves there. */
import type { Rectangle } from '../../shared/geometry.ts';
import { ARRAYS, type Arrays } from './arrays.ts';
import type { Level } from './levels.ts';

/** Patch sizes from the kept photo's border to where the picture is freer to choose. */
const FAR_SIZES = 1.5;

export interface Field {
  readonly level: Level;
  /** Size of the grid. Its last row and column lie at the frame's edge whatever the stride. */
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns] centre of the source patch, in source pixels. */
  readonly sourceX: Uint16Array;
  readonly sourceY: Uint16Array;
  /** [rows, columns] sum of squared differences of the two patches. */
  readonly distance: Float32Array;
}

/** A field for the level; where the patch lies within the kept photo it is the identity, elsewhere anything. */
export function createField(level: Level, arrays: Arrays = ARRAYS): Field {
  const columns = gridSize(level.frame.width, level.radius, level.stride);
  const rows = gridSize(level.frame.height, level.radius, level.stride);
  const field: Field = {
    level,
    columns,
    rows,
    sourceX: arrays.shorts(columns * rows),
    sourceY: arrays.shorts(columns * rows),
    distance: arrays.floats(columns * rows),
  };
  fillIdentity(field);
  return field;
}

function gridSize(size: number, radius: number, stride: number): number {
  return Math.ceil((size - 1 - 2 * radius) / stride) + 1;
}

function fillIdentity(field: Field): void {
  const { photo, kept } = field.level;
  const centres = kept && keptCentres(kept, field.level.radius);
  if (!centres) return;
  for (let row = 0; row < field.rows; row++) {
    const y = centreY(field, row);
    if (y < centres.y || y >= centres.y + centres.height) continue;
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (x < centres.x || x >= centres.x + centres.width) continue;
      field.sourceX[row * field.columns + column] = x - photo.x;
      field.sourceY[row * field.columns + column] = y - photo.y;
      field.distance[row * field.columns + column] = 0;
    }
  }
}

/** X of the patch centre in a grid column, in frame pixels. */
export function centreX(field: Field, column: number): number {
  const { frame, radius, stride } = field.level;
  return Math.min(radius + stride * column, frame.width - 1 - radius);
}

/** Y of the patch centre in a grid row, in frame pixels. */
export function centreY(field: Field, row: number): number {
  const { frame, radius, stride } = field.level;
  return Math.min(radius + stride * row, frame.height - 1 - radius);
}

/** The centres of the patches that lie wholly within the kept photo, or null where there is none. */
export function keptCentres(kept: Rectangle, radius: number): Rectangle | null {
  const width = kept.width - 2 * radius;
  const height = kept.height - 2 * radius;
  if (width <= 0 || height <= 0) return null;
  return { x: kept.x + radius, y: kept.y + radius, width, height };
}

/** Whether the patch centred at (x, y) lies wholly within the kept photo. */
export function isKept({ kept, radius }: Level, x: number, y: number): boolean {
  const centres = kept && keptCentres(kept, radius);
  if (!centres) return false;
  const { x: left, y: top, width, height } = centres;
  return x >= left && x < left + width && y >= top && y < top + height;
}

/**
 * [rows, columns] 1 where rare patches are wanted: everywhere without a kept photo, beside one from one and a half
 * patch sizes away. Above and below it they would bring the middle of the photo into its sky and its ground.
 */
export function farFromKept(field: Field): Uint8Array {
  const { kept, radius } = field.level;
  const far = new Uint8Array(field.columns * field.rows).fill(1);
  if (!kept) return far;
  const size = FAR_SIZES * (2 * radius + 1);
  for (let row = 0; row < field.rows; row++) {
    const y = centreY(field, row);
    const down = Math.max(kept.y - y, y - (kept.y + kept.height - 1));
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      const across = Math.max(kept.x - x, x - (kept.x + kept.width - 1));
      if (down > 0 || across <= size) far[row * field.columns + column] = 0;
    }
  }
  return far;
}
