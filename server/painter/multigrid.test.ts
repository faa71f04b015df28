import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workbench } from './kernels/workbench.ts';
import { Multigrid } from './multigrid.ts';

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

/** Largest residual of (λ − Δ) u = b over the cells outside the hole, from the definition. */
function residual(
  u: Float32Array,
  b: Float32Array,
  width: number,
  height: number,
  lambda: number,
  fixed: (x: number, y: number) => boolean,
): number {
  let largest = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (fixed(x, y)) continue;
      let value = b[y * width + x]! - lambda * u[y * width + x]!;
      for (const [nx, ny] of [
        [x - 1, y],
        [x + 1, y],
        [x, y - 1],
        [x, y + 1],
      ] as const) {
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        value += u[ny * width + nx]! - u[y * width + x]!;
      }
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return largest;
}

describe('Multigrid', () => {
  it.each([
    [97, 53, null],
    [97, 53, { x: 30, y: 0, width: 41, height: 53 }],
    [64, 90, { x: 0, y: 33, width: 64, height: 20 }],
    [3, 40, null],
    [1, 1, null],
  ])('solves a %i×%i problem with the hole %o', async (width, height, hole) => {
    const lambda = 1 / 30 ** 2;
    const multigrid = new Multigrid(bench, width, height, lambda, hole);
    const b = multigrid.rightHandSide;
    const fixed = (x: number, y: number) =>
      hole !== null && x >= hole.x && x < hole.x + hole.width && y >= hole.y && y < hole.y + hole.height;
    for (let i = 0; i < b.length; i++) b[i] = ((i * 37) % 11) - 5;
    const right = b.slice();
    await multigrid.solve(8);
    const u = multigrid.solution;
    expect(residual(u, right, width, height, lambda, fixed)).toBeLessThan(0.05);
    for (let i = 0; i < u.length; i++) if (fixed(i % width, Math.floor(i / width))) expect(u[i]).toBe(0);
  });
});
