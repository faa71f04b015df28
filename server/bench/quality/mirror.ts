/** The simplest way of continuing a photo: its mirror images. */
import type { Rectangle, Size } from '../../../shared/geometry.ts';
import { CHANNELS, createPicture, type Picture } from '../../images/picture.ts';

/** `photo` at its place in the frame, mirrored at its edges again and again until the frame is full. */
export function mirrored(photo: Picture, frame: Size, { x, y }: Rectangle): Picture {
  const picture = createPicture(frame.width, frame.height);
  for (let row = 0, o = 0; row < frame.height; row++) {
    const from = reflect(row - y, photo.height) * photo.width;
    for (let column = 0; column < frame.width; column++, o += CHANNELS) {
      const at = (from + reflect(column - x, photo.width)) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++)
        picture.data[o + channel] = photo.data[at + channel]!;
    }
  }
  return picture;
}

/** … 1 0 | 0 1 … length−1 | length−1 … */
function reflect(at: number, length: number): number {
  const place = ((at % (2 * length)) + 2 * length) % (2 * length);
  return place < length ? place : 2 * length - 1 - place;
}
