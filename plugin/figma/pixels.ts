/** From Figma's units to a picture's pixels: what each scale comes to, and how it is laid into the frame. */
import {
  MAX_TILE_SIDE,
  pixelsOf,
  placePhoto,
  tileAt,
  tileGrid,
  type Point,
  type Rectangle,
  type Size,
} from '../../shared/geometry.ts';
import { FRAME_SIDE } from '../../shared/request.ts';

export const SCALES = [1, 2, 3] as const;
export type Scale = (typeof SCALES)[number];

/** How a frame is filled. */
export type Plan =
  | {
      readonly ok: true;
      /** Pixels for one unit; not whole where no whole one fits. */
      readonly scale: number;
      readonly pixels: Size;
      /** 1 where one picture is enough. */
      readonly tiles: number;
      /** The wish was another one. */
      readonly lowered: boolean;
    }
  /** Its shorter side has fewer pixels than the server makes. */
  | { readonly ok: false; readonly pixels: Size };

/**
 * The plan for a frame at the wished scale, or at the largest that fits where that is too much. One picture of Figma's
 * has at most 4096 px a side; more is cut into tiles, where they are wanted and can be laid into this frame.
 */
export function planOf(
  size: Size,
  wish: number,
  tiles: { readonly wanted: boolean; readonly possible: boolean },
): Plan {
  const most = tiles.wanted && tiles.possible ? FRAME_SIDE.max : MAX_TILE_SIDE;
  const wished = pixelsOf(size, wish);
  const fits = Math.max(wished.width, wished.height) <= most;
  const scale = fits ? wish : most / Math.max(size.width, size.height);
  const pixels = fits ? wished : pixelsOf(size, scale);
  if (Math.min(pixels.width, pixels.height) < FRAME_SIDE.min) return { ok: false, pixels };
  const { columns, rows } = tileGrid(pixels);
  return { ok: true, scale, pixels, tiles: columns * rows, lowered: !fits };
}

/** Whether this wish asks for more pixels than one picture of Figma's holds. */
export function needsTiles(size: Size, wish: Scale): boolean {
  const { width, height } = pixelsOf(size, wish);
  return Math.max(width, height) > MAX_TILE_SIDE;
}

export interface Tile {
  readonly column: number;
  readonly row: number;
  readonly rectangle: Rectangle;
}

/** The tiles of a picture, row by row; one for a picture that needs none. */
export function tilesOf(pixels: Size): Tile[] {
  const { columns, rows } = tileGrid(pixels);
  return Array.from({ length: columns * rows }, (_, i) => {
    const column = i % columns;
    const row = Math.floor(i / columns);
    const rectangle = tileAt(pixels, column, row);
    if (!rectangle) throw new Error('internal: a tile lies outside of its grid');
    return { column, row, rectangle };
  });
}

/** Proportions that differ by less are taken for the same. */
const SAME_PROPORTIONS = 0.02;

/**
 * Anchor and zoom that lay the photo where its layer lies in the frame, as far as they can. `layer` is in the frame's
 * units; a photo of other proportions than its layer is laid around the layer's middle.
 */
export function placeOf(photo: Size, layer: Rectangle, frame: Size): { anchor: Point; zoom: number } {
  const fit = Math.min(frame.width / photo.width, frame.height / photo.height);
  const across = layer.width / photo.width;
  const same = Math.abs((across * photo.height) / layer.height - 1) < SAME_PROPORTIONS;
  const zoom = same ? Math.max(1, across / fit) : 1;
  const { scale } = placePhoto(photo, frame, { x: 0, y: 0 }, zoom);
  return {
    anchor: {
      x: along(layer.x + layer.width / 2, photo.width * scale, frame.width),
      y: along(layer.y + layer.height / 2, photo.height * scale, frame.height),
    },
    zoom,
  };
}

/** The anchor that puts the middle of `length` at `middle`. */
function along(middle: number, length: number, room: number): number {
  const free = room - length;
  if (Math.abs(free) < 1) return 0.5;
  return Math.min(1, Math.max(0, (middle - length / 2) / free));
}
