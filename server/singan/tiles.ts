/** Pictures of numbers, [height, width, 3], in tiles: how large, where, cut out and put back. */
import { areaOf } from '../../shared/geometry.ts';
import type { Rectangle, Size } from '../../shared/geometry.ts';

const CHANNELS = 3;

/** Half of a tile, cut across its longer side; of odd sides the larger half. */
export function halved({ width, height }: Size): Size {
  return width >= height ? { width: Math.ceil(width / 2), height } : { width, height: Math.ceil(height / 2) };
}

/** A picture's size, halved until it has at most so many pixels. */
export function tileWithin(size: Size, pixels: number): Size {
  let tile = size;
  while (areaOf(tile) > Math.max(1, pixels)) tile = halved(tile);
  return tile;
}

/** Places of tiles that cover a picture, row by row. All have the same size: the last ones overlap their neighbours. */
export function tilesOf(size: Size, tile: Size): Rectangle[] {
  const rows = starts(size.height, tile.height);
  const columns = starts(size.width, tile.width);
  return rows.flatMap((y) => columns.map((x) => ({ x, y, ...tile })));
}

function starts(length: number, part: number): number[] {
  return Array.from({ length: Math.ceil(length / part) }, (_, i) => Math.min(i * part, length - part));
}

/** The numbers at a place of a picture that is `width` pixels wide. */
export function cut(picture: Float32Array, width: number, place: Rectangle): Float32Array {
  const part = new Float32Array(areaOf(place) * CHANNELS);
  const row = place.width * CHANNELS;
  for (let y = 0; y < place.height; y++) {
    const start = ((place.y + y) * width + place.x) * CHANNELS;
    part.set(picture.subarray(start, start + row), y * row);
  }
  return part;
}

/** Puts numbers at a place of a picture that is `width` pixels wide. */
export function paste(picture: Float32Array, width: number, place: Rectangle, part: Float32Array): void {
  const row = place.width * CHANNELS;
  for (let y = 0; y < place.height; y++) {
    picture.set(part.subarray(y * row, (y + 1) * row), ((place.y + y) * width + place.x) * CHANNELS);
  }
}
