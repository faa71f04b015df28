/** Multigrid for the screened Poisson equation; see `../plain/multigrid.ts`. */
import { Grid, GRID_BYTES } from './records';

const SWEEPS: i32 = 2;
const COARSEST_SWEEPS: i32 = 40;

/** The cells of one colour (0 or 1) in the rows [from, to) get the value that their neighbours ask for. */
export function relaxRows(from: i32, to: i32, _thread: i32, grid: Grid, colour: i32): void {
  for (let y = from; y < to; y++) {
    const crosses = y >= grid.holeY && y < grid.holeY + grid.holeHeight && grid.holeWidth > 0;
    const left = crosses ? grid.holeX : grid.width;
    const right = crosses ? grid.holeX + grid.holeWidth : grid.width;
    relaxSpan(grid, y, (y + colour) & 1, left);
    relaxSpan(grid, y, right + ((right + y + colour) & 1), grid.width);
  }
}

function relaxSpan(grid: Grid, y: i32, from: i32, to: i32): void {
  const width = grid.width;
  const rowBytes = <usize>width << 2;
  const row = grid.u + <usize>y * rowBytes;
  // Beyond the edge the row itself is read, with a weight of 0.
  const up: f32 = y > 0 ? 1 : 0;
  const down: f32 = y < grid.height - 1 ? 1 : 0;
  const above = y > 0 ? row - rowBytes : row;
  const below = y < grid.height - 1 ? row + rowBytes : row;
  const sides: f32 = up + down + grid.lambda;
  const inner: f32 = 1 / (sides + 2);
  const b = grid.b + <usize>y * rowBytes;
  let x = from;
  if (x === 0 && x < to) {
    relaxEdge(grid, y, 0);
    x += 2;
  }
  const last = min(to, width - 1);
  for (; x < last; x += 2) {
    const at = <usize>x << 2;
    const sum =
      load<f32>(b + at) +
      up * load<f32>(above + at) +
      down * load<f32>(below + at) +
      load<f32>(row + at - 4) +
      load<f32>(row + at + 4);
    store<f32>(row + at, sum * inner);
  }
  if (x < to) relaxEdge(grid, y, x);
}

/** A cell at the left or right edge. */
function relaxEdge(grid: Grid, y: i32, x: i32): void {
  const rowBytes = <usize>grid.width << 2;
  const at = <usize>(y * grid.width + x) << 2;
  const u = grid.u + at;
  let sum = load<f32>(grid.b + at);
  let count = grid.lambda;
  if (y > 0) {
    sum += load<f32>(u - rowBytes);
    count += 1;
  }
  if (y < grid.height - 1) {
    sum += load<f32>(u + rowBytes);
    count += 1;
  }
  if (x > 0) {
    sum += load<f32>(u - 4);
    count += 1;
  }
  if (x < grid.width - 1) {
    sum += load<f32>(u + 4);
    count += 1;
  }
  store<f32>(u, sum / count);
}

/** Sums the residuals of `fine` into the right-hand side of `coarse`'s rows [from, to), and sets their u to 0. */
export function restrictRows(from: i32, to: i32, _thread: i32, fine: Grid, coarse: Grid): void {
  const rowBytes = <usize>coarse.width << 2;
  memory.fill(coarse.u + <usize>from * rowBytes, 0, <usize>(to - from) * rowBytes);
  memory.fill(coarse.b + <usize>from * rowBytes, 0, <usize>(to - from) * rowBytes);
  const width = fine.width;
  const height = fine.height;
  const fineBytes = <usize>width << 2;
  for (let y = from * 2; y < min(height, to * 2); y++) {
    const crosses = y >= fine.holeY && y < fine.holeY + fine.holeHeight && fine.holeWidth > 0;
    const left = crosses ? fine.holeX : width;
    const right = crosses ? fine.holeX + fine.holeWidth : width;
    const sums = coarse.b + <usize>(y >> 1) * rowBytes;
    for (let x = 0; x < width; x++) {
      if (x === left) {
        x = right - 1;
        continue;
      }
      const at = <usize>(y * width + x) << 2;
      const u = fine.u + at;
      const centre = load<f32>(u);
      let residual = load<f32>(fine.b + at) - fine.lambda * centre;
      if (y > 0) residual += load<f32>(u - fineBytes) - centre;
      if (y < height - 1) residual += load<f32>(u + fineBytes) - centre;
      if (x > 0) residual += load<f32>(u - 4) - centre;
      if (x < width - 1) residual += load<f32>(u + 4) - centre;
      const sum = sums + (<usize>(x >> 1) << 2);
      store<f32>(sum, load<f32>(sum) + residual);
    }
  }
}

/** Adds the coarse grid's u, bilinearly enlarged, to the rows [from, to) of the fine one's. */
export function addInterpolated(from: i32, to: i32, _thread: i32, coarse: Grid, fine: Grid): void {
  const coarseBytes = <usize>coarse.width << 2;
  for (let y = from; y < to; y++) {
    const crosses = y >= fine.holeY && y < fine.holeY + fine.holeHeight && fine.holeWidth > 0;
    const left = crosses ? fine.holeX : fine.width;
    const right = crosses ? fine.holeX + fine.holeWidth : fine.width;
    // A fine cell lies a quarter of a coarse one from its parent's centre, towards the nearer neighbour.
    const near = coarse.u + <usize>(y >> 1) * coarseBytes;
    const beyond = min(coarse.height - 1, max(0, (y >> 1) + (y & 1 ? 1 : -1)));
    const far = coarse.u + <usize>beyond * coarseBytes;
    for (let x = 0; x < fine.width; x++) {
      if (x === left) {
        x = right - 1;
        continue;
      }
      const parent = x >> 1;
      const here = <usize>parent << 2;
      const aside = <usize>min(coarse.width - 1, max(0, parent + (x & 1 ? 1 : -1))) << 2;
      const nearValue: f32 = 0.75 * load<f32>(near + here) + 0.25 * load<f32>(near + aside);
      const farValue: f32 = 0.75 * load<f32>(far + here) + 0.25 * load<f32>(far + aside);
      const u = fine.u + (<usize>(y * fine.width + x) << 2);
      store<f32>(u, load<f32>(u) + 0.75 * nearValue + 0.25 * farValue);
    }
  }
}

/** One V-cycle over the `count` grids at `grids`, finest first, on one thread. */
export function cycle(_from: i32, _to: i32, thread: i32, grids: usize, count: i32): void {
  const grid = changetype<Grid>(grids);
  if (count === 1) {
    const sweeps = max(COARSEST_SWEEPS, 2 * max(grid.width, grid.height));
    for (let sweep = 0; sweep < sweeps; sweep++) relaxAll(grid);
    return;
  }
  const coarse = changetype<Grid>(grids + GRID_BYTES);
  for (let sweep = 0; sweep < SWEEPS; sweep++) relaxAll(grid);
  restrictRows(0, coarse.height, thread, grid, coarse);
  cycle(0, 1, thread, grids + GRID_BYTES, count - 1);
  addInterpolated(0, grid.height, thread, coarse, grid);
  for (let sweep = 0; sweep < SWEEPS; sweep++) relaxAll(grid);
}

function relaxAll(grid: Grid): void {
  relaxRows(0, grid.height, 0, grid, 0);
  relaxRows(0, grid.height, 0, grid, 1);
}
