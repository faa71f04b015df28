/** For tests: pictures drawn by a function, and their pixels. */
import { CHANNELS, createPicture, type Picture } from './picture.ts';

/** A picture from a function of the place to red, green, blue. */
export function drawn(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly number[],
): Picture {
  const picture = createPicture(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) picture.data.set(colour(x, y), (y * width + x) * CHANNELS);
  }
  return picture;
}

/** The pixel at (x, y) as red, green, blue. */
export function pixel({ width, data }: Picture, x: number, y: number): number[] {
  const at = (y * width + x) * CHANNELS;
  return [...data.subarray(at, at + CHANNELS)];
}
