import type { Picture } from '../images/picture.ts';
import type { Plan } from './plan.ts';

/**
 * The photo's row that belongs to a row of pictures that fill the plan's frame, all of one size: its own in `extend`,
 * the frame's share of its height otherwise. `photoHeight` is the photo's at the pictures' scale, in pixels.
 */
export function sourceRows(
  { mode, photo }: Plan,
  [picture]: readonly Picture[],
  photoHeight: number,
): (y: number) => number {
  if (!picture) throw new Error('internal: source rows: no picture');
  if (mode !== 'extend') return (y) => ((y + 0.5) / picture.height) * photoHeight - 0.5;
  const top = (photo.y / photo.height) * photoHeight;
  return (y) => y - top;
}
