import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowChannels, rowPositions } from './rows.ts';

const rounded = (values: Float32Array) => [...values].map((value) => Number(value.toFixed(3)));

describe('rowPositions', () => {
  it('[GAN13] run from −1 to 1 over the photo and on through the margin', () => {
    expect(rounded(rowPositions(4, { top: 0, height: 4 }, 2))).toEqual([
      -1.75, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.75,
    ]);
  });

  it('[GAN13] above and below the photo the first and the last row go on', () => {
    expect(rounded(rowPositions(7, { top: 2, height: 4 }, 1))).toEqual([
      -1.25, -0.75, -0.75, -0.75, -0.25, 0.25, 0.75, 0.75, 1.25,
    ]);
  });

  it('[GAN13] a photo that reaches beyond the picture shows its middle rows', () => {
    expect(rounded(rowPositions(2, { top: -1, height: 4 }, 1))).toEqual([-0.75, -0.25, 0.25, 0.75]);
  });

  it('never run backwards, and are the photo’s own inside it', () => {
    const height = fc.integer({ min: 1, max: 80 });
    fc.assert(
      fc.property(height, height, fc.integer({ min: -60, max: 60 }), (picture, photo, top) => {
        const positions = rowPositions(picture, { top, height: photo }, 5);
        positions.forEach((y, i) => {
          expect(y).toBeGreaterThanOrEqual((positions[i - 1] ?? -Infinity) - 1e-6);
          const row = i - 5 - top;
          if (i >= 5 && i < picture + 5 && row >= 0 && row < photo) {
            expect(y).toBeCloseTo(((row + 0.5) / photo) * 2 - 1, 5);
          }
        });
      }),
    );
  });
});

describe('rowChannels', () => {
  it('are y, sin πy and cos πy at every pixel of every sample', () => {
    const values = rowChannels({ width: 2, height: 2 }, { top: 0, height: 2 }, 0, 2);
    const above = [-0.5, -1, 0];
    const below = [0.5, 1, 0];
    expect(rounded(values)).toEqual([above, above, below, below, above, above, below, below].flat());
  });
});
