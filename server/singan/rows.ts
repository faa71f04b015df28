/**
 * Row channels: y, sin πy and cos πy beside the picture's three, where y runs from −1 to 1 over the photo's rows. They
 * tell the networks how high up they are, which ends SinGAN's drifting horizons.
 */
import type { Size } from '../../shared/geometry.ts';

export const ROW_CHANNELS = 3;

/** The rows of a picture, in the photo's own terms. */
export interface RowSpan {
  /** The row at which the photo begins; negative where it begins above the picture. */
  readonly top: number;
  /** The photo's height, in rows. */
  readonly height: number;
}

/**
 * y of each row of a picture, with `margin` more rows on each side.
 *
 * Inside the picture, rows above and below the photo keep y of its first and last row: sky continues above, ground
 * below. Into the margin y goes on linearly, as it does around the photo in training.
 */
export function rowPositions(height: number, span: RowSpan, margin: number): Float32Array {
  const step = 2 / span.height;
  return Float32Array.from({ length: height + 2 * margin }, (_, index) => {
    const row = index - margin;
    const inside = Math.min(Math.max(row, 0), height - 1);
    const ofPhoto = Math.min(Math.max(inside - span.top, 0), span.height - 1);
    return (ofPhoto + 0.5) * step - 1 + (row - inside) * step;
  });
}

/** Row channels for a batch of pictures and a margin: [batch, height + 2·margin, width + 2·margin, 3]. */
export function rowChannels(size: Size, span: RowSpan, margin: number, batch: number): Float32Array {
  const positions = rowPositions(size.height, span, margin);
  const columns = size.width + 2 * margin;
  const values = new Float32Array(batch * positions.length * columns * ROW_CHANNELS);
  let offset = 0;
  for (let sample = 0; sample < batch; sample++) {
    for (const y of positions) {
      const channels = [y, Math.sin(Math.PI * y), Math.cos(Math.PI * y)];
      for (let column = 0; column < columns; column++, offset += ROW_CHANNELS) values.set(channels, offset);
    }
  }
  return values;
}
