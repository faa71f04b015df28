/** The oracle of the kernel `voteRows` where it votes differences too, and of `addCorrection`. */
import { CHANNELS, type Picture } from '../../images/picture.ts';
import type { Field } from '../field.ts';
import { pixelWeight } from '../vote.ts';
import { colourVotes, eachPatch, toByte } from './vote.ts';

const f32 = Math.fround;
/** Mismatches of about so many grey levels begin to count as edges of the picture, to be kept as such. */
const EDGE = 72;
/** The divergence is held in 16 bits, in fractions of a grey level. */
const FIXED_POINT = 64;

/**
 * What `castVotes` writes into `mismatch`, [3, height, width] in 1/64 grey levels: the divergence of what the voted
 * colours' differences lack towards the voted differences.
 */
export function voteMismatch(field: Field, source: Picture): Int16Array {
  const { width, height } = field.level.frame;
  const colours = colourVotes(field, source);
  fixKept(colours, field, source);
  const mismatch = new Int16Array(CHANNELS * height * width);
  for (const [stepX, stepY] of [
    [1, 0],
    [0, 1],
  ] as const) {
    const { differences, weights } = differenceVotes(field, source, stepX, stepY);
    for (let pixel = 0; pixel < width * height; pixel++) {
      if (weights[pixel] === 0) continue;
      const next = pixel + stepX + stepY * width;
      const lacks = [0, 1, 2].map((channel) => {
        const voted = f32(differences[pixel * CHANNELS + channel]! / weights[pixel]!);
        return f32(voted - f32(colours[next * CHANNELS + channel]! - colours[pixel * CHANNELS + channel]!));
      });
      const squared = f32(f32(Math.max(...lacks.map(Math.abs)) / EDGE) ** 2);
      const scale = f32(FIXED_POINT / f32(1 + f32(squared * squared)));
      for (const [channel, lack] of lacks.entries()) {
        const plane = channel * width * height;
        const rounded = Math.floor(f32(f32(lack * scale) + 0.5));
        mismatch[plane + pixel]! -= rounded;
        mismatch[plane + next]! += rounded;
      }
    }
  }
  return mismatch;
}

/** Puts the kept photo's own colours among the votes. */
function fixKept(colours: Float32Array, { level: { frame, kept, photo } }: Field, source: Picture): void {
  if (!kept) return;
  for (let y = kept.y; y < kept.y + kept.height; y++) {
    const from = ((y - photo.y) * source.width + kept.x - photo.x) * CHANNELS;
    const row = source.data.subarray(from, from + kept.width * CHANNELS);
    colours.set(row, (y * frame.width + kept.x) * CHANNELS);
  }
}

/** [height, width, 3] sums of the patches' differences to the pixel one step on, and [height, width] of weights. */
function differenceVotes(field: Field, source: Picture, stepX: number, stepY: number) {
  const { frame, radius } = field.level;
  const side = 2 * radius + 1;
  const differences = new Float32Array(frame.width * frame.height * CHANNELS);
  const weights = new Float32Array(frame.width * frame.height);
  eachPatch(field, ({ x, y, sourceX, sourceY, weight }) => {
    for (let row = 0; row < side - stepY; row++) {
      for (let column = 0; column < side - stepX; column++) {
        const share = f32(weight * pixelWeight(radius, column, row));
        const to = (y + row) * frame.width + x + column;
        const from = (sourceY + row) * source.width + sourceX + column;
        const next = from + stepX + stepY * source.width;
        weights[to]! += share;
        for (let channel = 0; channel < CHANNELS; channel++) {
          const difference =
            source.data[next * CHANNELS + channel]! - source.data[from * CHANNELS + channel]!;
          differences[to * CHANNELS + channel]! += f32(share * difference);
        }
      }
    }
  });
  return { differences, weights };
}

/** Adds to one channel a correction, [height, width], held back softly as it nears `largest`. */
export function addCorrection(
  { data }: Picture,
  channel: number,
  correction: Float32Array,
  largest: number,
): void {
  for (const [i, wanted] of correction.entries()) {
    const held = wanted / Math.sqrt(1 + (wanted / largest) ** 2);
    data[i * CHANNELS + channel] = toByte(data[i * CHANNELS + channel]! + held);
  }
}
