/** Small synthetic pictures for the painter's tests. */
import type { Picture } from '../images/picture.ts';
import { drawn } from '../images/pictures.testing.ts';

/** Pseudo-random texture over a gradient from sky to ground, all values from 60 to 200. */
export function landscape(width: number, height: number): Picture {
  return drawn(width, height, (x, y) => {
    const noise = ((((x * 73 + y * 151) % 97) * 37) % 31) - 15;
    const ground = y > height / 2 ? 40 : 0;
    return [100 + ground + noise, 120 + noise, 160 - ground + noise];
  });
}
