/** The oracle of the kernel `exactRows`. */
import { centreX, centreY, createField, farFromKept, isKept } from '../field.ts';
import type { Level } from '../levels.ts';
import type { ExactMatches, SearchProblem } from '../search.ts';
import { patchDistance } from './coherent-search.ts';

/** What `searchExactly` finds. For one patch, displacements in order are source positions in order. */
export function exactSearch(level: Level, problem: SearchProblem): ExactMatches {
  const { source, band, weights } = problem;
  const { radius } = level;
  const field = createField(level);
  const far = farFromKept(field);
  const smallest = new Float32Array(source.width * source.height).fill(Infinity);
  for (let row = 0; row < field.rows; row++) {
    const y = centreY(field, row);
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (isKept(level, x, y)) continue;
      const cell = row * field.columns + column;
      let best = Infinity;
      for (let sy = band.low[y]!; sy <= band.high[y]!; sy++) {
        for (let sx = radius; sx < source.width - radius; sx++) {
          const at = sy * source.width + sx;
          const distance = patchDistance(problem, radius, x, y, sx, sy);
          smallest[at] = Math.min(smallest[at]!, distance);
          // In 32 bits, as the kernel compares: unlike distances may become ties.
          const weighted = Math.fround(distance * (weights && far[cell] ? weights[at]! : 1));
          if (weighted >= best) continue;
          best = weighted;
          field.sourceX[cell] = sx;
          field.sourceY[cell] = sy;
          field.distance[cell] = distance;
        }
      }
    }
  }
  return { field, smallest };
}
