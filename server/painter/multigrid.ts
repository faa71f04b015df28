/**
 * Multigrid for the screened Poisson equation (λ − Δ) u = b on a rectangle, with free edges and, where there is
 * one, a rectangular hole in which u is 0. Red-black Gauss-Seidel, residuals summed over 2×2 cells, bilinear
 * interpolation back.
 */
import type { Rectangle } from '../../shared/geometry.ts';
import type { Address } from './kernels/kernels.ts';
import type { Workbench } from './kernels/workbench.ts';

export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly lambda: number;
  readonly hole: Rectangle | null;
}

const COARSEST_SIDE = 12;
const SWEEPS = 2;
/** Grids of fewer cells are left to one thread: handing out their rows would take longer. */
const SHARED_CELLS = 100_000;
/** 32-bit fields of a grid's record. */
const RECORD_INTEGERS = 9;

/** The grids for one size, the finest first, coarser ones by halves. */
export function planGrids(width: number, height: number, lambda: number, hole: Rectangle | null): Grid[] {
  const grids: Grid[] = [];
  for (;;) {
    grids.push({ width, height, lambda, hole });
    if (width < COARSEST_SIDE || height < COARSEST_SIDE) return grids;
    width = (width + 1) >> 1;
    height = (height + 1) >> 1;
    lambda *= 4;
    // A coarse cell is fixed if any of its children is: with fewer fixed cells the cycles diverge.
    hole = hole && halved(hole);
  }
}

function halved(hole: Rectangle): Rectangle {
  const x = hole.x >> 1;
  const y = hole.y >> 1;
  const right = (hole.x + hole.width + 1) >> 1;
  const bottom = (hole.y + hole.height + 1) >> 1;
  return { x, y, width: right - x, height: bottom - y };
}

/** The grids in a workbench's memory; used again for each channel, freed by `dispose`. */
export class Multigrid {
  /** [height, width] the right-hand side, to be filled before `solve`. */
  readonly rightHandSide: Float32Array;
  /** [height, width] */
  readonly solution: Float32Array;
  readonly #bench: Workbench;
  readonly #grids: readonly Grid[];
  readonly #arrays: Float32Array[] = [];
  readonly #records: Int32Array;

  constructor(bench: Workbench, width: number, height: number, lambda: number, hole: Rectangle | null) {
    this.#bench = bench;
    this.#grids = planGrids(width, height, lambda, hole);
    this.#records = bench.memory.integers(RECORD_INTEGERS * this.#grids.length);
    const lambdas = new Float32Array(this.#records.buffer, this.#records.byteOffset, this.#records.length);
    for (const [n, grid] of this.#grids.entries()) {
      const cells = grid.width * grid.height;
      const [u, b] = [bench.memory.floats(cells), bench.memory.floats(cells)];
      this.#arrays.push(u, b);
      const at = RECORD_INTEGERS * n;
      const { x, y, width: holeWidth, height: holeHeight } = grid.hole ?? { x: 0, y: 0, width: 0, height: 0 };
      this.#records.set(
        [u.byteOffset, b.byteOffset, grid.width, grid.height, x, y, holeWidth, holeHeight],
        at,
      );
      lambdas[at + RECORD_INTEGERS - 1] = grid.lambda;
    }
    const [solution, rightHandSide] = this.#arrays;
    this.solution = solution!;
    this.rightHandSide = rightHandSide!;
  }

  /** Runs `cycles` V-cycles from zero. */
  async solve(cycles: number): Promise<void> {
    this.solution.fill(0);
    for (let cycle = 0; cycle < cycles; cycle++) await this.#cycle(0);
  }

  dispose(): void {
    this.#bench.memory.free(...this.#arrays, this.#records);
  }

  async #cycle(level: number): Promise<void> {
    const bench = this.#bench;
    const [grid, coarse] = [this.#grids[level]!, this.#grids[level + 1]];
    if (!coarse || grid.width * grid.height < SHARED_CELLS) {
      await bench.run('cycle', 1, 1, [this.#record(level), this.#grids.length - level]);
      return;
    }
    const [fineRecord, coarseRecord] = [this.#record(level), this.#record(level + 1)];
    await this.#relax(level);
    const coarseRows = bench.blockRows(coarse.height, coarse.width * 4);
    await bench.run('restrictRows', coarse.height, coarseRows, [fineRecord, coarseRecord]);
    await this.#cycle(level + 1);
    await bench.run('addInterpolated', grid.height, bench.blockRows(grid.height, grid.width), [
      coarseRecord,
      fineRecord,
    ]);
    await this.#relax(level);
  }

  async #relax(level: number): Promise<void> {
    const { width, height } = this.#grids[level]!;
    const block = this.#bench.blockRows(height, width / 2);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      for (const colour of [0, 1]) {
        await this.#bench.run('relaxRows', height, block, [this.#record(level), colour]);
      }
    }
  }

  #record(level: number): Address {
    return this.#records.byteOffset + RECORD_INTEGERS * 4 * level;
  }
}
