import { clipToFrame, type Rectangle, type Size } from '../../shared/geometry.ts';
import { CHANNELS, createPicture, type Picture } from '../images/picture.ts';
import { draftLayout } from './draft-layout.ts';
import { resample } from '../images/resample.ts';

/** How far the reflection reaches beside the photo, as shares of its shorter side: where its rows mean much, and little. */
const REACH_ACROSS = { rows: 0.4, free: 0.8 };
/** The same above and below it. The ground is painted from a strip of the photo, which a layout knows nothing of. */
const REACH_ABOVE = 0.3;
const REACH_BELOW = 1;

/**
 * The layout with the photo at its place and the photo's reflection around it, which fades into the layout's own
 * drawing: a sampled layout does not quite meet the photo, and every break at the border shows. `sharp` is the photo
 * at any scale, `freedom` how little its rows mean, 0 to 1.
 */
export async function continueAtBorder(
  layout: Picture,
  sharp: Picture,
  frame: Size,
  photo: Rectangle,
  freedom: number,
): Promise<Picture> {
  const { width, height } = layout;
  const kept = clipToFrame(photo, frame);
  if (!kept) return layout;
  const drawn = await draftLayout(sharp, frame, photo, 'extend', height);
  const reflection = await resample(drawn, width, height);
  const across = REACH_ACROSS.rows + freedom * (REACH_ACROSS.free - REACH_ACROSS.rows);
  const unit = Math.min(kept.width, kept.height);
  const result = createPicture(width, height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = ((y + 0.5) * frame.height) / height;
    const above = Math.max(0, kept.y - row) / REACH_ABOVE;
    const down = Math.max(above, (row - kept.y - kept.height) / REACH_BELOW);
    for (let x = 0; x < width; x++) {
      const column = ((x + 0.5) * frame.width) / width;
      const aside = Math.max(0, kept.x - column, column - kept.x - kept.width) / across;
      const share = fade(Math.hypot(aside, down) / unit);
      for (let channel = 0; channel < CHANNELS; channel++, i++) {
        result.data[i] = Math.round(share * layout.data[i]! + (1 - share) * reflection.data[i]!);
      }
    }
  }
  return result;
}

/** From 0 at 0 to 1 at 1, smoothly. */
function fade(distance: number): number {
  const t = Math.min(1, distance);
  return t * t * (3 - 2 * t);
}
