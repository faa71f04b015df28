/**
 * What a patch search is given and does. A search is deterministic, and what it finds for one row of a field does
 * not depend on the other rows: however the rows are shared out, the result is the same.
 */
import type { Picture } from '../images/picture.ts';
import type { Field } from './field.ts';
import type { Pacer } from './pacer.ts';
import type { RowBand } from './row-band.ts';

export interface SearchProblem {
  /** The frame's picture as it stands. */
  readonly query: Picture;
  /** The photo at the level's scale, blurred like the query or sharp. */
  readonly source: Picture;
  readonly radius: number;
  readonly band: RowBand;
  /** [source height, source width] factor on the distance of the patch centred there; null where all are 1. */
  readonly weights: Float32Array | null;
}

export interface PatchSearch {
  /** Compares every source patch of the row band; returns each source patch's smallest distance. */
  exact(problem: SearchProblem, field: Field, pacer: Pacer): Promise<Float32Array>;
  /** Compares the candidates that `earlier`, of the same level or the one before, gives by coherence. */
  coherent(problem: SearchProblem, earlier: Field, field: Field, pacer: Pacer): Promise<void>;
}
