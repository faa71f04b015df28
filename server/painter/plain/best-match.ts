import { CHANNELS } from '../images/picture.ts';
import { patchDistance } from './patch-distance.ts';
import type { SearchProblem } from './search.ts';

/** The best source patch so far for one patch of the frame; one object serves patch after patch. */
export class BestMatch {
  /** Centre of the source patch, and its distance without weight. */
  x = 0;
  y = 0;
  distance = Infinity;
  #weighted = Infinity;
  #weights: Float32Array | null = null;
  #queryStart = 0;
  readonly #problem: SearchProblem;
  readonly #side: number;

  constructor(problem: SearchProblem) {
    this.#problem = problem;
    this.#side = 2 * problem.radius + 1;
  }

  /** Begins with the frame's patch centred at (x, y); `favours` says whether the problem's weights hold for it. */
  start(x: number, y: number, favours: boolean): void {
    const { query, radius, weights } = this.#problem;
    this.#queryStart = ((y - radius) * query.width + x - radius) * CHANNELS;
    this.#weights = favours ? weights : null;
    this.#weighted = Infinity;
    this.distance = Infinity;
  }

  /** Takes the source patch centred at (x, y) if it is nearer than all before it. */
  consider(x: number, y: number): void {
    const { query, source, radius } = this.#problem;
    const weight = this.#weights ? this.#weights[y * source.width + x]! : 1;
    const limit = this.#weighted / weight;
    const distance = patchDistance(
      query.data,
      this.#queryStart,
      query.width * CHANNELS,
      source.data,
      ((y - radius) * source.width + x - radius) * CHANNELS,
      source.width * CHANNELS,
      this.#side,
      this.#side * CHANNELS,
      limit,
    );
    if (distance >= limit) return;
    this.#weighted = distance * weight;
    this.distance = distance;
    this.x = x;
    this.y = y;
  }
}
