/** What a patch search is given. Searches are deterministic, and each row of the field can be found on its own. */
import type { Picture } from '../images/picture.ts';
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
