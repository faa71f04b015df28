import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

describe('createRandom', () => {
  it('[GAN12] a stream depends on its seed and labels, and on nothing else', () => {
    const draw = (seed: number, ...labels: (string | number)[]) => createRandom(seed, ...labels).normal(5);
    expect(draw(1, 'training', 0)).toEqual(draw(1, 'training', 0));
    const others = [draw(2, 'training', 0), draw(1, 'training', 1), draw(1, 'weights', 0)];
    for (const other of others) expect(other).not.toEqual(draw(1, 'training', 0));
    // A golden value: a change here changes every picture.
    expect([...draw(1, 'training', 0)].map((value) => value.toFixed(4))).toMatchInlineSnapshot(`
      [
        "-0.3656",
        "-2.1925",
        "-1.1357",
        "2.4519",
        "-0.0198",
      ]
    `);
  });

  it('normal draws have mean 0 and deviation 1, uniform ones fill [0, 1)', () => {
    const random = createRandom(3, 'test');
    const values = random.normal(100_001);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);

    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const bin = random.below(10);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
