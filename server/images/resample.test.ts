import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPicture, type Picture } from './picture.ts';
import { resample } from './resample.ts';

/** A picture whose pixels are `value(x, y, channel)`. */
function paint(
  width: number,
  height: number,
  value: (x: number, y: number, channel: number) => number,
): Picture {
  const picture = createPicture(width, height);
  for (let i = 0; i < picture.data.length; i++) {
    const pixel = Math.floor(i / 3);
    picture.data[i] = value(pixel % width, Math.floor(pixel / width), i % 3);
  }
  return picture;
}

describe('resample', () => {
  it('[IMG1] gives exactly the size asked for, and leaves one colour that colour', async () => {
    const side = fc.integer({ min: 1, max: 90 });
    await fc.assert(
      fc.asyncProperty(side, side, side, side, async (fromWidth, fromHeight, width, height) => {
        const colour = [17, 130, 251];
        const source = paint(fromWidth, fromHeight, (_x, _y, channel) => colour[channel] ?? 0);
        const result = await resample(source, width, height);
        expect([result.width, result.height, result.data.length]).toEqual([
          width,
          height,
          width * height * 3,
        ]);
        expect([...result.data].every((value, i) => Math.abs(value - (colour[i % 3] ?? 0)) <= 1)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('[IMG2] returns the same pixels at the same size', async () => {
    const source = paint(7, 5, (x, y, channel) => 10 * x + y + channel);
    expect((await resample(source, 7, 5)).data).toEqual(source.data);
  });

  it('[IMG3] antialiases: a fine checkerboard shrinks to grey', async () => {
    const source = paint(300, 300, (x, y) => ((x + y) % 2 === 0 ? 255 : 0));
    const { data } = await resample(source, 100, 100);
    expect(Math.max(...data) - Math.min(...data)).toBeLessThan(40);
  });

  it('[IMG4] does not shift: a ramp keeps its middle and its symmetry, smaller and larger', async () => {
    const source = paint(60, 4, (x) => 4 * x);
    for (const width of [23, 30, 141]) {
      const { data } = await resample(source, width, 4);
      for (let x = 0; x < width; x++) {
        const mirrored = data[3 * (width - 1 - x)] ?? 0;
        expect(Math.abs((data[3 * x] ?? 0) + mirrored - 236)).toBeLessThanOrEqual(3);
      }
    }
  });
});
