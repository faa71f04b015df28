/**
 * The oracle of the kernel `voteRows` where it votes colours only. It rounds to 32 bits wherever the kernel does: what
 * the voted colours lack is told in fractions of a grey level, and rounding might choose another one.
 */
import { CHANNELS, createPicture, type Picture } from '../../images/picture.ts';
import { centreX, centreY, isKept, type Field } from '../field.ts';
import { pixelWeight, trustTable } from '../vote.ts';

const f32 = Math.fround;
/** Mean squared difference, in grey levels, below which nearer patches gain little more weight. */
const NEAR = 0.01;

/** The colours that `castVotes` gives without `mismatch`: black where only patches of the kept photo lie. */
export function castVotes(field: Field, source: Picture): Picture {
  const { width, height } = field.level.frame;
  const result = createPicture(width, height);
  result.data.set(colourVotes(field, source).map(toByte));
  return result;
}

/** [height, width, 3] mean colours. */
export function colourVotes(field: Field, source: Picture): Float32Array {
  const { frame, radius } = field.level;
  const side = 2 * radius + 1;
  const sums = new Float32Array(frame.width * frame.height * CHANNELS);
  const weights = new Float32Array(frame.width * frame.height);
  eachPatch(field, ({ x, y, sourceX, sourceY, weight }) => {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const share = f32(weight * pixelWeight(radius, column, row));
        const to = (y + row) * frame.width + x + column;
        const from = (sourceY + row) * source.width + sourceX + column;
        weights[to]! += share;
        for (let channel = 0; channel < CHANNELS; channel++) {
          sums[to * CHANNELS + channel]! += f32(share * source.data[from * CHANNELS + channel]!);
        }
      }
    }
  });
  return sums.map((sum, i) => sum / (weights[Math.floor(i / CHANNELS)]! || 1));
}

interface Placed {
  /** Top left corners in the frame and in the source. */
  readonly x: number;
  readonly y: number;
  readonly sourceX: number;
  readonly sourceY: number;
  readonly weight: number;
}

/** Visits the field's patches, but for those wholly within the kept photo. */
export function eachPatch(field: Field, visit: (placed: Placed) => void): void {
  const { radius, kept } = field.level;
  const samples = (2 * radius + 1) ** 2 * CHANNELS;
  const trust = trustTable(field.level);
  for (let row = 0; row < field.rows; row++) {
    const y = centreY(field, row);
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (isKept(field.level, x, y)) continue;
      const cell = row * field.columns + column;
      let weight = f32(1 / f32(f32(NEAR) + f32(field.distance[cell]! / samples)));
      if (kept) {
        // How far the patch reaches beyond the kept photo.
        const across = Math.max(kept.x - (x - radius), x + radius - (kept.x + kept.width - 1));
        const down = Math.max(kept.y - (y - radius), y + radius - (kept.y + kept.height - 1));
        weight = f32(weight * trust[Math.min(trust.length - 1, Math.max(0, across, down))]!);
      }
      visit({
        x: x - radius,
        y: y - radius,
        sourceX: field.sourceX[cell]! - radius,
        sourceY: field.sourceY[cell]! - radius,
        weight,
      });
    }
  }
}

/** The nearest 8-bit value. */
export function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
