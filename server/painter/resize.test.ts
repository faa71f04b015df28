import { describe, expect, it } from 'vitest';
import { Pacer } from './pacer.ts';
import { resizePicture } from './resize.ts';
import { drawn } from '../images/pictures.testing.ts';
import { landscape } from './pictures.testing.ts';

describe('resizePicture', () => {
  it('returns a picture of the same size itself', async () => {
    const picture = landscape(20, 10);
    expect(await resizePicture(picture, 20, 10, new Pacer())).toBe(picture);
  });

  it.each([
    [7, 3],
    [40, 90],
    [1, 1],
  ])('keeps a flat colour at %i×%i', async (width, height) => {
    const flat = drawn(20, 10, () => [12, 130, 250]);
    const result = await resizePicture(flat, width, height, new Pacer());
    expect(result.data).toEqual(drawn(width, height, () => [12, 130, 250]).data);
  });

  it('keeps a ramp straight and its ends in place', async () => {
    const ramp = drawn(50, 4, (x) => [x * 4, x * 4, x * 4]);
    const result = await resizePicture(ramp, 100, 4, new Pacer());
    for (let x = 8; x < 92; x++)
      expect(Math.abs(result.data[x * 3]! - ((x + 0.5) / 2 - 0.5) * 4)).toBeLessThanOrEqual(1);
  });
});
