/**
 * Gradient-domain blending (Pérez et al., "Poisson image editing", 2003; screened as by Bhat et al., 2008): the
 * last votes give colours and, more to be trusted, the differences between neighbouring pixels, which a change
 * of tone from patch to patch does not touch. A smooth correction is solved for that brings the first in line
 * with the second, and is 0 in the kept photo.
 */
import { CHANNELS, type Picture } from '../images/picture.ts';
import type { Field } from './field.ts';
import type { Workbench } from './kernels/workbench.ts';
import { Multigrid } from './multigrid.ts';
import { pasteKept } from './paste-kept.ts';
import { castVotes } from './vote.ts';

/**
 * How far a tone is spread, as a share of the shortest side of frame and photo: beside a photo, and where it lies above
 * or below what is painted. Strips of it are read again and again there, and a trend in them would add up.
 */
const REACH = 0.33;
const STACKED_REACH = 0.15;
/** Corrections near so many grey levels are held back: trends that add up from patch to patch would go on for ever. */
const LARGEST_CORRECTION = 96;
const CYCLES = 2;
/** About what share of the time goes into voting; the rest is blending. */
const VOTING_SHARE = 0.4;

/** The frame voted from `field`'s patches of `source`, with its seams of tone spread out. */
export async function voteAndBlend(
  bench: Workbench,
  field: Field,
  source: Picture,
  onShare?: (share: number) => void,
): Promise<Picture> {
  const { frame, photo, kept } = field.level;
  const { width, height } = frame;
  const cells = width * height;
  const halves = bench.memory.shorts(cells * CHANNELS);
  const mismatch = new Int16Array(halves.buffer, halves.byteOffset, halves.length);
  const result = await castVotes(bench, field, source, mismatch, (share) => onShare?.(VOTING_SHARE * share));
  const stacked = kept !== null && kept.height < height;
  const reach = stacked ? STACKED_REACH : REACH;
  const lambda = (reach * Math.min(width, height, photo.width, photo.height)) ** -2;
  const multigrid = new Multigrid(bench, width, height, lambda, kept);
  const block = bench.blockRows(height, width);
  for (let channel = 0; channel < CHANNELS; channel++) {
    const plane = mismatch.byteOffset + 2 * channel * cells;
    await bench.run('channelOf', height, block, [plane, multigrid.rightHandSide.byteOffset, width]);
    await multigrid.solve(CYCLES);
    await bench.run('addCorrection', height, block, [
      bench.pictureRecord(result),
      channel,
      multigrid.solution.byteOffset,
      LARGEST_CORRECTION,
    ]);
    onShare?.(VOTING_SHARE + ((1 - VOTING_SHARE) * (channel + 1)) / CHANNELS);
  }
  multigrid.dispose();
  bench.memory.free(mismatch);
  pasteKept(field.level, source, result);
  return result;
}
