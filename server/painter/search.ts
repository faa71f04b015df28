/**
 * What a patch search is given, and the two searches. Both are deterministic, and what they find for one row of a
 * field does not depend on the other rows: however the rows are shared out among threads, the result is the same.
 */
import type { Picture } from '../images/picture.ts';
import { createField, farFromKept, type Field } from './field.ts';
import type { Workbench } from './kernels/workbench.ts';
import type { Level } from './levels.ts';
import type { RowBand } from './row-band.ts';

/** All pixels and numbers lie in the workbench's memory. */
export interface SearchProblem {
  /** The frame's picture as it stands. */
  readonly query: Picture;
  /** The photo at the level's scale, blurred like the query or sharp. */
  readonly source: Picture;
  readonly band: RowBand;
  /** [source height, source width] factor on the distance of the patch centred there; null where all are 1. */
  readonly weights: Float32Array | null;
}

/** Rows of the grid that are searched as one: each block computes the rows of a patch around it again. */
const EXACT_BLOCK = 16;
/** A comparison of two patches, in pixels of ordinary work. */
const COHERENT_COST = 30;

export interface ExactMatches {
  readonly field: Field;
  /**
   * [source height, source width] for each source patch, by centre, the smallest distance to any patch of the frame
   * that is not wholly kept photo; not weighted. Infinity where the row band joins it to none.
   */
  readonly smallest: Float32Array;
}

/**
 * Each patch's nearest source patch of the row band by weighted distance, by comparing all; `level` must have stride
 * 1. Of equally near ones the first in order of displacement, rows before columns, wins. The identity under the kept
 * photo is left alone.
 */
export async function searchExactly(
  bench: Workbench,
  level: Level,
  { query, source, band, weights }: SearchProblem,
): Promise<ExactMatches> {
  const { memory } = bench;
  const field = createField(level, memory);
  const blocks = Math.ceil(field.rows / EXACT_BLOCK);
  const pixels = source.width * source.height;
  const far = memory.copyOfIntegers(Int32Array.from(farFromKept(field), (wanted) => -wanted));
  const best = memory.floats(field.columns * field.rows).fill(Infinity);
  const smallest = memory.integers(blocks * pixels).fill(0x7fffffff);
  const spreadQuery = memory.integers(query.width * query.height);
  const spreadSource = memory.integers(pixels);
  const scratchBytes = 4 * (query.width + 16) * (2 * level.radius + 2);
  const scratch = memory.bytes(scratchBytes * bench.threads);
  for (const [picture, pixelsOf] of [
    [query, spreadQuery],
    [source, spreadSource],
  ] as const) {
    await bench.run('spreadPixels', picture.height, picture.height, [
      bench.pictureRecord(picture),
      pixelsOf.byteOffset,
    ]);
  }
  await bench.run('exactRows', field.rows, EXACT_BLOCK, [
    EXACT_BLOCK,
    spreadQuery.byteOffset,
    spreadSource.byteOffset,
    bench.fieldRecord(field),
    band.low.byteOffset,
    band.high.byteOffset,
    weights?.byteOffset ?? 0,
    far.byteOffset,
    best.byteOffset,
    smallest.byteOffset,
    scratch.byteOffset,
    scratchBytes,
  ]);
  const merged = mergeSmallest(smallest, pixels);
  memory.free(far, best, smallest, spreadQuery, spreadSource, scratch);
  return { field, smallest: merged };
}

/** The least over the blocks. */
function mergeSmallest(smallest: Int32Array, pixels: number): Float32Array {
  const merged = new Float32Array(pixels).fill(Infinity);
  for (let i = 0; i < smallest.length; i++) {
    const distance = smallest[i]!;
    if (distance !== 0x7fffffff && distance < merged[i % pixels]!) merged[i % pixels] = distance;
  }
  return merged;
}

/**
 * Matches among the candidates that coherence gives: those that `earlier`, a field of the same level or of the one
 * before, holds at a patch's place and around it, moved along (Ashikhmin, "Synthesizing natural textures", 2001;
 * Tong et al., k-coherence, 2002), then the positions around the best of them.
 */
export async function searchCoherently(
  bench: Workbench,
  level: Level,
  { query, source, band, weights }: SearchProblem,
  earlier: Field,
  onShare?: (share: number) => void,
): Promise<Field> {
  const field = createField(level, bench.memory);
  await bench.run(
    'coherentRows',
    field.rows,
    bench.blockRows(field.rows, field.columns * COHERENT_COST),
    [
      bench.pictureRecord(query),
      bench.pictureRecord(source),
      bench.fieldRecord(earlier),
      bench.fieldRecord(field),
      band.low.byteOffset,
      band.high.byteOffset,
      weights?.byteOffset ?? 0,
    ],
    onShare,
  );
  return field;
}
