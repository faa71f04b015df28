import { sharp } from './sharp.ts';
import type { Rectangle } from '../../shared/geometry.ts';
import type { Format } from '../../shared/request.ts';
import { encoded } from './encode.ts';

/** A part of an encoded picture, in the same format; of a PNG with the same pixels. */
export async function cutTile(bytes: Uint8Array, tile: Rectangle, format: Format): Promise<Uint8Array> {
  const { x: left, y: top, width, height } = tile;
  const picture = sharp(bytes, { limitInputPixels: false }).extract({ left, top, width, height });
  return encoded(picture, format).toBuffer();
}
