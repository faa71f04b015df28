/** Small synthetic pictures for the painter's tests. */
import { CHANNELS, createPicture, type Picture } from '../images/picture.ts';

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

/** Pseudo-random texture over a gradient from sky to ground, all values from 60 to 200. */
export function landscape(width: number, height: number): Picture {
  return drawn(width, height, (x, y) => {
    const noise = ((((x * 73 + y * 151) % 97) * 37) % 31) - 15;
    const ground = y > height / 2 ? 40 : 0;
    return [100 + ground + noise, 120 + noise, 160 - ground + noise];
  });
}

/** The pixel at (x, y) as red, green, blue. */
export function pixel(picture: Picture, x: number, y: number): number[] {
  const at = (y * picture.width + x) * CHANNELS;
  return [...picture.data.subarray(at, at + CHANNELS)];
}
