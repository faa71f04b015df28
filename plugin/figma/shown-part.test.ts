import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Transform } from '../messages.ts';
import { cutOf, type Cut } from './shown-part.ts';

const PICTURE = { width: 400, height: 300 };

/** Where a pixel of the picture lands in the part. */
function landing({ matrix: [a, b, c, d, e, f] }: Cut, x: number, y: number): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

const straight = (width: number, height: number, x: number, y: number): Transform => [
  [width, 0, x],
  [0, height, y],
];

describe('the shown part', () => {
  it('[FIG3] a crop is cut out at the picture’s own resolution', () => {
    const cut = cutOf(straight(0.5, 0.25, 0.25, 0.5), PICTURE);
    expect(cut?.size).toEqual({ width: 200, height: 75 });
    expect(cut && landing(cut, 100, 150)).toEqual([0, 0]);
    expect(cut && landing(cut, 300, 225)).toEqual([200, 75]);
  });

  it('[FIG3] what reaches beyond the picture is left out, and nothing visible is nothing', () => {
    const cut = cutOf(straight(2, 2, -0.5, -0.5), PICTURE);
    expect(cut?.size).toEqual(PICTURE);
    expect(cutOf(straight(0.5, 0.5, 2, 0), PICTURE)).toBeNull();
  });

  it('[FIG3] a mirrored crop stays mirrored', () => {
    const cut = cutOf(straight(-1, 1, 1, 0), PICTURE);
    expect(cut?.size).toEqual(PICTURE);
    expect(cut && landing(cut, 0, 0)).toEqual([400, 0]);
  });

  it('[FIG3] the corners of any crop inside the picture are the corners of the part', () => {
    const inside = fc.double({ min: 0.1, max: 0.4, noNaN: true });
    fc.assert(
      fc.property(inside, inside, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (width, height, angle) => {
        // A rectangle of the picture's pixels, turned around the picture's middle.
        const [w, h] = [width * PICTURE.width, height * PICTURE.height];
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const corner = [200 - (w * cos - h * sin) / 2, 150 - (w * sin + h * cos) / 2] as const;
        const crop: Transform = [
          [(w * cos) / 400, (-h * sin) / 400, corner[0] / 400],
          [(w * sin) / 300, (h * cos) / 300, corner[1] / 300],
        ];
        const cut = cutOf(crop, PICTURE);
        if (!cut) throw new Error('nothing is visible');
        expect(Math.abs(cut.size.width - w)).toBeLessThanOrEqual(1);
        expect(Math.abs(cut.size.height - h)).toBeLessThanOrEqual(1);
        const [x, y] = landing(cut, corner[0] + w * cos - h * sin, corner[1] + w * sin + h * cos);
        expect(x).toBeCloseTo(cut.size.width, 3);
        expect(y).toBeCloseTo(cut.size.height, 3);
      }),
    );
  });
});
