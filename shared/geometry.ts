/** Sizes and places, in whole pixels. Pure arithmetic that both ends speak. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the whole photo lies in the frame, in the frame's pixels; with a zoom it may reach beyond the frame. */
export interface Placement {
  readonly photo: Rectangle;
  /** Frame pixels per photo pixel. */
  readonly scale: number;
}

/**
 * Places the photo in the frame for `extend`: uniformly scaled to fit (`zoom` 1) or `zoom` times that, at most
 * until it covers the frame, and laid at `anchor` in the room left over (0 left or top, 1 right or bottom).
 */
export function placePhoto(photo: Size, frame: Size, anchor: Point, zoom: number): Placement {
  const fit = Math.min(frame.width / photo.width, frame.height / photo.height);
  const cover = Math.max(frame.width / photo.width, frame.height / photo.height);
  const scale = Math.min(fit * zoom, cover);
  const width = Math.max(1, Math.round(photo.width * scale));
  const height = Math.max(1, Math.round(photo.height * scale));
  const x = Math.round((frame.width - width) * anchor.x);
  const y = Math.round((frame.height - height) * anchor.y);
  return { photo: { x, y, width, height }, scale };
}

/** The part of `rectangle` that lies inside a frame of `size`, or null where they do not meet. */
export function clipToFrame(rectangle: Rectangle, size: Size): Rectangle | null {
  const left = Math.max(0, rectangle.x);
  const top = Math.max(0, rectangle.y);
  const right = Math.min(size.width, rectangle.x + rectangle.width);
  const bottom = Math.min(size.height, rectangle.y + rectangle.height);
  if (right <= left || bottom <= top) return null;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * The frame's size at one scale of the pyramid, where the whole photo measures `level`, and the photo's place in
 * it: the same proportions as in the frame, in whole pixels, at least one.
 */
export function frameAtLevel(frame: Size, photo: Rectangle, level: Size): { frame: Size; photo: Rectangle } {
  const across = level.width / photo.width;
  const down = level.height / photo.height;
  return {
    frame: {
      width: Math.max(1, Math.round(frame.width * across)),
      height: Math.max(1, Math.round(frame.height * down)),
    },
    photo: { x: Math.round(photo.x * across), y: Math.round(photo.y * down), ...sizeOf(level) },
  };
}

/** A frame's size in units with fractions, as whole pixels: round(width × scale) × round(height × scale). */
export function pixelsOf({ width, height }: Size, scale: number): Size {
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Longest side of a tile, in pixels: Figma takes no larger picture. */
export const MAX_TILE_SIDE = 4096;

/** Columns count from the left and rows from the top, both from 0. */
export interface TileGrid {
  readonly columns: number;
  readonly rows: number;
}

/** The fewest columns and rows of tiles that a picture of `size` can be cut into. */
export function tileGrid({ width, height }: Size): TileGrid {
  return { columns: Math.ceil(width / MAX_TILE_SIDE), rows: Math.ceil(height / MAX_TILE_SIDE) };
}

/**
 * The tile at a place of the grid of `size`, or null where the grid has none, whatever the numbers. Tiles fit without
 * gap or overlap, and their sides differ by at most one pixel.
 */
export function tileAt(size: Size, column: number, row: number): Rectangle | null {
  const { columns, rows } = tileGrid(size);
  const across = part(size.width, columns, column);
  const down = part(size.height, rows, row);
  if (!across || !down) return null;
  return { x: across.start, y: down.start, width: across.length, height: down.length };
}

/** The `index`-th of `count` parts of a length, as even as whole pixels allow. */
function part(length: number, count: number, index: number): { start: number; length: number } | null {
  if (!Number.isInteger(index) || index < 0 || index >= count) return null;
  const start = Math.floor((length * index) / count);
  return { start, length: Math.floor((length * (index + 1)) / count) - start };
}

/** In pixels. */
export const areaOf = ({ width, height }: Size): number => width * height;

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}
