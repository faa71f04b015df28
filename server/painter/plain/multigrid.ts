/** The oracle of the kernels `relaxRows`, `restrictRows`, `addInterpolated` and `cycle`. */
import type { Grid } from '../multigrid.ts';

const SWEEPS = 2;
const COARSEST_SWEEPS = 40;

/** One V-cycle from `u` over the grids, finest first: u of the finest, [height, width], after it; b its right-hand side. */
export function vCycle(grids: readonly Grid[], u: Float64Array, b: Float64Array): Float64Array {
  const [grid, ...coarser] = grids;
  if (!grid) return u;
  const [coarse] = coarser;
  if (!coarse) return relaxed(grid, u, b, Math.max(COARSEST_SWEEPS, 2 * grid.width, 2 * grid.height));
  const before = relaxed(grid, u, b, SWEEPS);
  const cells = coarse.width * coarse.height;
  const error = vCycle(coarser, new Float64Array(cells), restricted(grid, coarse, before, b));
  return relaxed(grid, interpolated(coarse, grid, before, error), b, SWEEPS);
}

function isFree({ hole }: Grid, x: number, y: number): boolean {
  return !hole || x < hole.x || x >= hole.x + hole.width || y < hole.y || y >= hole.y + hole.height;
}

/** The cells above, left, right and below that there are. */
function neighbours({ width, height }: Grid, x: number, y: number): number[] {
  const at = y * width + x;
  const cells = [];
  if (y > 0) cells.push(at - width);
  if (x > 0) cells.push(at - 1);
  if (x < width - 1) cells.push(at + 1);
  if (y < height - 1) cells.push(at + width);
  return cells;
}

/** After red-black Gauss-Seidel: cells with an even sum of coordinates first. */
function relaxed(grid: Grid, u: Float64Array, b: Float64Array, sweeps: number): Float64Array {
  const result = u.slice();
  for (let half = 0; half < 2 * sweeps; half++) {
    for (let y = 0; y < grid.height; y++) {
      for (let x = 0; x < grid.width; x++) {
        if ((x + y) % 2 !== half % 2 || !isFree(grid, x, y)) continue;
        const at = y * grid.width + x;
        const around = neighbours(grid, x, y);
        const sum = around.reduce((total, cell) => total + result[cell]!, b[at]!);
        result[at] = sum / (around.length + grid.lambda);
      }
    }
  }
  return result;
}

/** The residuals, summed over 2×2 cells. */
function restricted(grid: Grid, coarse: Grid, u: Float64Array, b: Float64Array): Float64Array {
  const sums = new Float64Array(coarse.width * coarse.height);
  for (let y = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++) {
      if (!isFree(grid, x, y)) continue;
      const at = y * grid.width + x;
      const inflow = neighbours(grid, x, y).reduce((total, cell) => total + u[cell]! - u[at]!, 0);
      sums[(y >> 1) * coarse.width + (x >> 1)]! += b[at]! - grid.lambda * u[at]! + inflow;
    }
  }
  return sums;
}

/** `u` and the coarse grid's `error`, bilinearly enlarged: a fine cell lies a quarter of a coarse one off its parent. */
function interpolated(coarse: Grid, grid: Grid, u: Float64Array, error: Float64Array): Float64Array {
  const beside = (parent: number, child: number, size: number) =>
    Math.min(size - 1, Math.max(0, parent + (child % 2 ? 1 : -1)));
  return u.map((value, at) => {
    const [x, y] = [at % grid.width, Math.floor(at / grid.width)];
    if (!isFree(grid, x, y)) return value;
    const [near, far] = [y >> 1, beside(y >> 1, y, coarse.height)];
    const [own, aside] = [x >> 1, beside(x >> 1, x, coarse.width)];
    const row = (n: number) =>
      0.75 * error[n * coarse.width + own]! + 0.25 * error[n * coarse.width + aside]!;
    return value + 0.75 * row(near) + 0.25 * row(far);
  });
}
