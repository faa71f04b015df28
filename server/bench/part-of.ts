import type { Rectangle } from '../../shared/geometry.ts';
import { CHANNELS, createPicture, type Picture } from '../images/picture.ts';

/** A part of a photo, as a photo of its own. */
export function partOf(photo: Picture, { x, y, width, height }: Rectangle): Picture {
  const part = createPicture(width, height);
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * photo.width + x) * CHANNELS;
    part.data.set(photo.data.subarray(start, start + width * CHANNELS), row * width * CHANNELS);
  }
  return part;
}
