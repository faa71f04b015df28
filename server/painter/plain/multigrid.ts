/**
 * Multigrid for the screened Poisson equation (λ − Δ) u = b on a rectangle, with free edges and, where there is
 * one, a rectangular hole in which u is 0. Red-black Gauss-Seidel, residuals summed over 2×2 cells, bilinear
 * interpolation back.
 */
import type { Rectangle } from '../../shared/geometry.ts';
import type { Pacer } from './pacer.ts';

interface Grid {
  readonly width: number;
  readonly height: number;
  readonly lambda: number;
  readonly hole: Rectangle | null;
  readonly u: Float32Array;
  readonly b: Float32Array;
}

const COARSEST_SIDE = 12;
const SWEEPS = 2;
const COARSEST_SWEEPS = 40;

/** The grids for one size, coarser ones by halves; used again for each channel. */
export class Multigrid {
  readonly #grids: Grid[] = [];

  constructor(width: number, height: number, lambda: number, hole: Rectangle | null) {
    for (;;) {
      const cells = width * height;
      this.#grids.push({
        width,
        height,
        lambda,
        hole,
        u: new Float32Array(cells),
        b: new Float32Array(cells),
      });
      if (width < COARSEST_SIDE || height < COARSEST_SIDE) break;
      width = (width + 1) >> 1;
      height = (height + 1) >> 1;
      lambda *= 4;
      // A coarse cell is fixed if any of its children is: with fewer fixed cells the cycles diverge.
      hole = hole && halved(hole);
    }
  }

  /** [height, width] the right-hand side, to be filled before `solve`. */
  get rightHandSide(): Float32Array {
    return this.#grids[0]!.b;
  }

  /** Runs `cycles` V-cycles from zero and returns u, [height, width], valid until the next call. */
  async solve(cycles: number, pacer: Pacer): Promise<Float32Array> {
    this.#grids[0]!.u.fill(0);
    for (let cycle = 0; cycle < cycles; cycle++) await this.#cycle(0, pacer);
    return this.#grids[0]!.u;
  }

  async #cycle(level: number, pacer: Pacer): Promise<void> {
    const grid = this.#grids[level]!;
    const coarse = this.#grids[level + 1];
    if (!coarse) return relax(grid, Math.max(COARSEST_SWEEPS, 2 * grid.width, 2 * grid.height), pacer);
    await relax(grid, SWEEPS, pacer);
    coarse.u.fill(0);
    coarse.b.fill(0);
    await pacer.overRows(0, coarse.height, coarse.width * 4, (from, to) =>
      restrictResidual(grid, coarse, from, to),
    );
    await this.#cycle(level + 1, pacer);
    await pacer.overRows(0, grid.height, grid.width, (from, to) => addInterpolated(coarse, grid, from, to));
    await relax(grid, SWEEPS, pacer);
  }
}

function halved(hole: Rectangle): Rectangle {
  const x = hole.x >> 1;
  const y = hole.y >> 1;
  const right = (hole.x + hole.width + 1) >> 1;
  const bottom = (hole.y + hole.height + 1) >> 1;
  return { x, y, width: right - x, height: bottom - y };
}

/** The free cells of a row: [0, left) and [right, width). */
function freeSpans(grid: Grid, y: number): { left: number; right: number } {
  const { hole, width } = grid;
  if (!hole || y < hole.y || y >= hole.y + hole.height) return { left: width, right: width };
  return { left: hole.x, right: hole.x + hole.width };
}

async function relax(grid: Grid, sweeps: number, pacer: Pacer): Promise<void> {
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let colour = 0; colour < 2; colour++) {
      await pacer.overRows(0, grid.height, grid.width / 2, (from, to) => {
        for (let y = from; y < to; y++) {
          const { left, right } = freeSpans(grid, y);
          relaxSpan(grid, y, (y + colour) & 1, left);
          relaxSpan(grid, y, right + ((right + y + colour) & 1), grid.width);
        }
      });
    }
  }
}

function relaxSpan({ width, height, lambda, u, b }: Grid, y: number, from: number, to: number): void {
  const up = y > 0 ? -width : 0;
  const down = y < height - 1 ? width : 0;
  const vertical = (up ? 1 : 0) + (down ? 1 : 0);
  for (let x = from; x < to; x += 2) {
    const i = y * width + x;
    let sum = b[i]!;
    let count = vertical;
    if (up) sum += u[i + up]!;
    if (down) sum += u[i + down]!;
    if (x > 0) {
      sum += u[i - 1]!;
      count++;
    }
    if (x < width - 1) {
      sum += u[i + 1]!;
      count++;
    }
    u[i] = sum / (count + lambda);
  }
}

/** Adds the residuals of `grid` to the right-hand side of `coarse`, whose rows [from, to) they fall into. */
function restrictResidual(grid: Grid, coarse: Grid, from: number, to: number): void {
  const { width, height, lambda, u, b } = grid;
  for (let y = from * 2; y < Math.min(height, to * 2); y++) {
    const { left, right } = freeSpans(grid, y);
    const coarseRow = (y >> 1) * coarse.width;
    for (let x = 0; x < width; x++) {
      if (x >= left && x < right) {
        x = right - 1;
        continue;
      }
      const i = y * width + x;
      const centre = u[i]!;
      let residual = b[i]! - lambda * centre;
      if (y > 0) residual += u[i - width]! - centre;
      if (y < height - 1) residual += u[i + width]! - centre;
      if (x > 0) residual += u[i - 1]! - centre;
      if (x < width - 1) residual += u[i + 1]! - centre;
      coarse.b[coarseRow + (x >> 1)]! += residual;
    }
  }
}

function addInterpolated(coarse: Grid, grid: Grid, from: number, to: number): void {
  for (let y = from; y < to; y++) {
    const { left, right } = freeSpans(grid, y);
    // A fine cell lies a quarter of a coarse one from its parent's centre, towards the nearer neighbour.
    const near = (y >> 1) * coarse.width;
    const far = Math.min(coarse.height - 1, Math.max(0, (y >> 1) + (y & 1 ? 1 : -1))) * coarse.width;
    for (let x = 0; x < grid.width; x++) {
      if (x >= left && x < right) {
        x = right - 1;
        continue;
      }
      const parent = x >> 1;
      const aside = Math.min(coarse.width - 1, Math.max(0, parent + (x & 1 ? 1 : -1)));
      const nearValue = 0.75 * coarse.u[near + parent]! + 0.25 * coarse.u[near + aside]!;
      const farValue = 0.75 * coarse.u[far + parent]! + 0.25 * coarse.u[far + aside]!;
      grid.u[y * grid.width + x]! += 0.75 * nearValue + 0.25 * farValue;
    }
  }
}
