/** A picture of interleaved RGB bytes. */
@unmanaged
export class Image {
  data: usize;
  width: i32;
  height: i32;
}

/** A nearest-neighbour field and the level it belongs to; see `../../field.ts` and `../../levels.ts`. */
@unmanaged
export class Field {
  /** u16, u16 and f32 for each cell. */
  sourceX: usize;
  sourceY: usize;
  distance: usize;
  columns: i32;
  rows: i32;
  radius: i32;
  stride: i32;
  frameWidth: i32;
  frameHeight: i32;
  photoX: i32;
  photoY: i32;
  photoWidth: i32;
  photoHeight: i32;
  /** Sides of 0 where no photo is kept. */
  keptX: i32;
  keptY: i32;
  keptWidth: i32;
  keptHeight: i32;
}

/** One grid of the multigrid; its hole has sides of 0 where there is none. */
@unmanaged
export class Grid {
  u: usize;
  b: usize;
  width: i32;
  height: i32;
  holeX: i32;
  holeY: i32;
  holeWidth: i32;
  holeHeight: i32;
  lambda: f32;
}

export const GRID_BYTES: usize = 36;

/** X of the patch centre in a grid column, in frame pixels. */
// @ts-ignore: decorator
@inline
export function centreX(field: Field, column: i32): i32 {
  return min(field.radius + field.stride * column, field.frameWidth - 1 - field.radius);
}

/** Y of the patch centre in a grid row, in frame pixels. */
// @ts-ignore: decorator
@inline
export function centreY(field: Field, row: i32): i32 {
  return min(field.radius + field.stride * row, field.frameHeight - 1 - field.radius);
}

/** Whether the patch centred there lies wholly within the kept photo. */
// @ts-ignore: decorator
@inline
export function isKept(field: Field, x: i32, y: i32): bool {
  const radius = field.radius;
  return (
    x - radius >= field.keptX &&
    x + radius < field.keptX + field.keptWidth &&
    y - radius >= field.keptY &&
    y + radius < field.keptY + field.keptHeight
  );
}

// @ts-ignore: decorator
@inline
export function clamp(value: i32, low: i32, high: i32): i32 {
  return value < low ? low : value > high ? high : value;
}

/** The nearest 8-bit value. */
// @ts-ignore: decorator
@inline
export function toByte(value: f32): u8 {
  return value <= 0 ? 0 : value >= 255 ? 255 : <u8>(<i32>(value + 0.5));
}
