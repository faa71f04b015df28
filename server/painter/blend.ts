/**
 * Gradient-domain blending (Pérez et al., "Poisson image editing", 2003; screened as by Bhat et al., 2008): the
 * last votes give colours and, more to be trusted, the differences between neighbouring pixels, which a change
 * of tone from patch to patch does not touch. A smooth correction is solved for that brings the first in line
 * with the second, and is 0 in the kept photo.
 */
import { CHANNELS, createPicture, type Picture } from '../images/picture.ts';
import type { Field } from './field.ts';
import { Multigrid } from './multigrid.ts';
import type { Pacer } from './pacer.ts';
import { toByte } from './resize.ts';
import {
  colourVotes,
  eachPatch,
  pasteKept,
  patchWeights,
  STRIP_ROWS,
  writeVotes,
  type Votes,
} from './vote.ts';

/**
 * How far a tone is spread, as a share of the shortest side of frame and photo: beside a photo, and where it lies above
 * or below what is painted. Strips of it are read again and again there, and a trend in them would add up.
 */
const REACH = 0.33;
const STACKED_REACH = 0.15;
/** Mismatches of about so many grey levels begin to count as edges of the picture, to be kept as such. */
const EDGE = 36;
/** Corrections near so many grey levels are held back: trends that add up from patch to patch would go on for ever. */
const LARGEST_CORRECTION = 48;
/** The right-hand side is held in 16 bits, in fractions of a grey level. */
const FIXED_POINT = 64;
const CYCLES = 2;

/** The frame voted from `field`'s patches of `source`, with its seams of tone spread out. */
export async function voteAndBlend(field: Field, source: Picture, pacer: Pacer): Promise<Picture> {
  const { frame, photo, kept } = field.level;
  const result = createPicture(frame.width, frame.height);
  const mismatch = await voteMismatch(field, source, result, pacer);
  const stacked = kept !== null && kept.height < frame.height;
  const reach = stacked ? STACKED_REACH : REACH;
  const lambda = (reach * Math.min(frame.width, frame.height, photo.width, photo.height)) ** -2;
  const multigrid = new Multigrid(frame.width, frame.height, lambda, kept);
  for (let channel = 0; channel < CHANNELS; channel++) {
    const b = multigrid.rightHandSide;
    for (let i = 0; i < b.length; i++) b[i] = mismatch[i * CHANNELS + channel]! / FIXED_POINT;
    const correction = await multigrid.solve(CYCLES, pacer);
    for (let i = 0, o = channel; i < correction.length; i++, o += CHANNELS) {
      result.data[o] = toByte(
        result.data[o]! + LARGEST_CORRECTION * Math.tanh(correction[i]! / LARGEST_CORRECTION),
      );
    }
  }
  pasteKept(field.level, source, result);
  return result;
}

/**
 * Votes the colours into `result` and returns the divergence of what their differences lack towards the voted
 * differences, [height, width, 3] in 1/64 grey levels.
 */
async function voteMismatch(
  field: Field,
  source: Picture,
  result: Picture,
  pacer: Pacer,
): Promise<Int16Array> {
  const { width, height } = field.level.frame;
  const mismatch = new Int16Array(width * height * CHANNELS);
  for (let top = 0; top < height; top += STRIP_ROWS) {
    await pacer.breathe();
    // One row more than the strip: the differences downwards from its last row.
    const end = Math.min(height, top + STRIP_ROWS + 1);
    const votes = colourVotes(field, source, top, end);
    fixKept(votes, field, source);
    writeVotes(votes, result);
    await pacer.breathe();
    const rows = Math.min(STRIP_ROWS, end - top);
    addMismatch(votes, field, source, rows, width, 1, mismatch);
    await pacer.breathe();
    addMismatch(votes, field, source, Math.min(rows, end - top - 1), width, width, mismatch);
  }
  return mismatch;
}

/** Puts the kept photo's own colours among the votes. */
function fixKept({ top, rows, colours }: Votes, field: Field, source: Picture): void {
  const { kept, photo, frame } = field.level;
  if (!kept) return;
  const bottom = Math.min(top + rows, kept.y + kept.height);
  for (let y = Math.max(top, kept.y); y < bottom; y++) {
    const from = ((y - photo.y) * source.width + kept.x - photo.x) * CHANNELS;
    const to = ((y - top) * frame.width + kept.x) * CHANNELS;
    for (let i = 0; i < kept.width * CHANNELS; i++) colours[to + i] = source.data[from + i]!;
  }
}

/** For the differences to the pixel at `step` (1: to the right, a row's width: downwards), of the first `rows` rows. */
function addMismatch(
  votes: Votes,
  field: Field,
  source: Picture,
  rows: number,
  width: number,
  step: number,
  mismatch: Int16Array,
): void {
  const sideways = step === 1;
  const { differences, weights } = differenceVotes(votes.top, rows, field, source, sideways);
  const { colours, top } = votes;
  for (let pixel = 0; pixel < rows * width; pixel++) {
    const weight = weights[pixel]!;
    if (weight === 0) continue;
    const here = pixel * CHANNELS;
    const there = (pixel + step) * CHANNELS;
    const red = differences[here]! / weight - (colours[there]! - colours[here]!);
    const green = differences[here + 1]! / weight - (colours[there + 1]! - colours[here + 1]!);
    const blue = differences[here + 2]! / weight - (colours[there + 2]! - colours[here + 2]!);
    const largest = Math.max(Math.abs(red), Math.abs(green), Math.abs(blue));
    const squared = (largest / EDGE) ** 2;
    const scale = FIXED_POINT / (1 + squared * squared);
    const o = top * width * CHANNELS + here;
    const p = top * width * CHANNELS + there;
    addAt(mismatch, o, p, Math.round(red * scale));
    addAt(mismatch, o + 1, p + 1, Math.round(green * scale));
    addAt(mismatch, o + 2, p + 2, Math.round(blue * scale));
  }
}

function addAt(mismatch: Int16Array, here: number, there: number, lack: number): void {
  mismatch[here]! -= lack;
  mismatch[there]! += lack;
}

/** Sums of the patches' differences between a pixel and the next one, and of their weights. */
function differenceVotes(
  top: number,
  rows: number,
  field: Field,
  source: Picture,
  sideways: boolean,
): { differences: Float32Array; weights: Float32Array } {
  const { width } = field.level.frame;
  const { radius } = field.level;
  const side = 2 * radius + 1;
  const differences = new Float32Array(rows * width * CHANNELS);
  const weights = new Float32Array(rows * width);
  const centreWeights = patchWeights(radius);
  const step = (sideways ? 1 : source.width) * CHANNELS;
  const columns = sideways ? side - 1 : side;
  const data = source.data;
  eachPatch(field, top, top + rows, (x, y, sourceX, sourceY, nearness, firstRow, lastRow) => {
    const end = sideways ? lastRow : Math.min(lastRow, side - 1);
    for (let row = firstRow; row < end; row++) {
      let pixel = (y + row - top) * width + x;
      let from = ((sourceY + row) * source.width + sourceX) * CHANNELS;
      for (let column = 0; column < columns; column++, pixel++, from += CHANNELS) {
        const weight = nearness * centreWeights[row * side + column]!;
        const o = pixel * CHANNELS;
        differences[o]! += weight * (data[from + step]! - data[from]!);
        differences[o + 1]! += weight * (data[from + step + 1]! - data[from + 1]!);
        differences[o + 2]! += weight * (data[from + step + 2]! - data[from + 2]!);
        weights[pixel]! += weight;
      }
    }
  });
  return { differences, weights };
}
