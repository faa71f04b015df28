import { CHANNELS, type Picture } from '../images/picture.ts';
import type { Level } from './levels.ts';

/** Copies the kept part of the photo, at the level's scale, to its place. */
export function pasteKept({ kept, photo: place }: Level, photo: Picture, result: Picture): void {
  if (!kept) return;
  for (let y = kept.y; y < kept.y + kept.height; y++) {
    const from = ((y - place.y) * photo.width + kept.x - place.x) * CHANNELS;
    result.data.set(
      photo.data.subarray(from, from + kept.width * CHANNELS),
      (y * result.width + kept.x) * CHANNELS,
    );
  }
}
