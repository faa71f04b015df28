/** Pictures whose figures are known. */
import type { Picture } from '../../images/picture.ts';
import { drawn, pixel } from '../../images/pictures.testing.ts';
import { createRandom } from '../../singan/random.ts';

/** Sky over ground, both with fine noise and soft blobs that are nowhere the same. */
export function scene(width: number, height: number, horizonAt = 0.5, seed = 1): Picture {
  const random = createRandom(seed, 'scene');
  const blobs = Array.from({ length: 14 }, () => ({
    x: random.uniform() * width,
    y: random.uniform() * height,
    size: (0.05 + 0.1 * random.uniform()) * height,
    colour: [0, 1, 2].map(() => 100 * (random.uniform() - 0.5)),
  }));
  const noise = random.normal(width * height);
  return drawn(width, height, (x, y) => {
    const base = y < horizonAt * height ? [110, 140, 190] : [120, 130, 70];
    return base.map((value, channel) => {
      let sum = value + 8 * noise[y * width + x]!;
      for (const blob of blobs) {
        const distance = ((x - blob.x) ** 2 + (y - blob.y) ** 2) / blob.size ** 2;
        if (distance < 6) sum += blob.colour[channel]! * Math.exp(-distance);
      }
      return Math.max(0, Math.min(255, Math.round(sum)));
    });
  });
}

/** The part of a picture from (x, y). */
export function cut(picture: Picture, x: number, y: number, width: number, height: number): Picture {
  return drawn(width, height, (column, row) => pixel(picture, x + column, y + row));
}

/** The picture cut into squares, in another order. */
export function shuffled(picture: Picture, side: number): Picture {
  const [across, down] = [Math.floor(picture.width / side), Math.floor(picture.height / side)];
  const random = createRandom(2, 'shuffle');
  const order = Array.from({ length: across * down }, (_, i) => ({ i, key: random.uniform() })).sort(
    (a, b) => a.key - b.key,
  );
  return drawn(across * side, down * side, (x, y) => {
    const from = order[Math.floor(y / side) * across + Math.floor(x / side)]!.i;
    return pixel(picture, (from % across) * side + (x % side), Math.floor(from / across) * side + (y % side));
  });
}
