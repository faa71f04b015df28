/**
 * Voting: every pixel becomes the weighted mean of what the source patches over it say. A patch counts the more
 * the nearer it is to what it replaces, and the nearer the pixel is to its centre.
 */
import { CHANNELS, type Picture } from '../images/picture.ts';
import type { Field } from './field.ts';
import type { Workbench } from './kernels/workbench.ts';
import type { Level } from './levels.ts';
import { pasteKept } from './paste-kept.ts';

/** Rows of the frame that are voted as one. */
const STRIP_ROWS = 32;
/**
 * How many times less a patch counts that lies its own size farther from the kept photo, and up to how many sizes:
 * milder where the picture is still composed, or what is beside the photo is led on from its border alone.
 */
const TRUST_DECAY = { composing: 3, painting: 10 };
const TRUST_SIZES = 2;

/** The frame voted from `field`'s patches of `source`. The kept photo's pixels are `source`'s own. */
export async function vote(
  bench: Workbench,
  field: Field,
  source: Picture,
  onShare?: (share: number) => void,
): Promise<Picture> {
  const result = await castVotes(bench, field, source, null, onShare);
  pasteKept(field.level, source, result);
  return result;
}

/**
 * Votes the frame; where the kept photo lies, the result is not complete. `mismatch`, [3, height, width] in 1/64 grey
 * levels, receives the divergence of what the colours' differences lack towards the voted differences.
 */
export async function castVotes(
  bench: Workbench,
  field: Field,
  source: Picture,
  mismatch: Int16Array | null,
  onShare?: (share: number) => void,
): Promise<Picture> {
  const { memory } = bench;
  const { frame, radius } = field.level;
  const result = bench.createPicture(frame.width, frame.height);
  const weights = memory.copyOfFloats(patchWeights(radius));
  const trust = memory.copyOfFloats(trustTable(field.level));
  const strip = Math.min(STRIP_ROWS, Math.max(1, Math.ceil(frame.height / bench.threads)));
  const scratchBytes = (16 * (strip + 2) * frame.width + 128) * (mismatch ? 3 : 1);
  const scratch = memory.bytes(scratchBytes * bench.threads);
  await bench.run(
    'voteRows',
    frame.height,
    strip,
    [
      bench.fieldRecord(field),
      bench.pictureRecord(source),
      bench.pictureRecord(result),
      weights.byteOffset,
      trust.byteOffset,
      trust.length,
      mismatch?.byteOffset ?? 0,
      scratch.byteOffset,
      scratchBytes,
    ],
    onShare,
  );
  memory.free(weights, trust, scratch);
  return result;
}

/**
 * Weights of a patch's pixels, falling by one for each pixel away from the centre, twice: for each byte,
 * [side, 4 · ⌈3 · side / 4⌉] with 0 at the end of a row, and for each pixel, [side, side].
 */
function patchWeights(radius: number): Float32Array {
  const side = 2 * radius + 1;
  const lanes = 4 * Math.ceil((CHANNELS * side) / 4);
  const weights = new Float32Array(side * (lanes + side));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const weight = pixelWeight(radius, x, y);
      weights.fill(weight, y * lanes + x * CHANNELS, y * lanes + (x + 1) * CHANNELS);
      weights[side * lanes + y * side + x] = weight;
    }
  }
  return weights;
}

/** The weight of a patch's pixel at (x, y) from its top left corner. */
export function pixelWeight(radius: number, x: number, y: number): number {
  return radius + 1 - Math.max(Math.abs(x - radius), Math.abs(y - radius));
}

/**
 * How far a patch is trusted by its distance from the kept photo in pixels: what is known spreads outwards from it, so
 * that its border does not show.
 */
export function trustTable({ radius, exact }: Level): Float32Array {
  const side = 2 * radius + 1;
  const decay = exact ? TRUST_DECAY.composing : TRUST_DECAY.painting;
  return Float32Array.from({ length: TRUST_SIZES * side + 1 }, (_, distance) => decay ** (-distance / side));
}
