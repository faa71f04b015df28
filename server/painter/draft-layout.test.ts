import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placePhoto } from '../../shared/geometry.ts';
import { draftLayout } from './draft-layout.ts';
import { drawn, pixel } from '../images/pictures.testing.ts';
import { landscape } from './pictures.testing.ts';

const size = (max: number) =>
  fc.record({ width: fc.integer({ min: 1, max }), height: fc.integer({ min: 1, max }) });

describe('draftLayout', () => {
  it('[PAINT11] has the frame’s aspect and no unpainted pixel in every mode', async () => {
    await fc.assert(
      fc.asyncProperty(
        size(300),
        size(80),
        fc.constantFrom('extend' as const, 'retarget' as const, 'reimagine' as const),
        async (frame, sourceSize, mode) => {
          const source = landscape(sourceSize.width, sourceSize.height);
          const { photo } = placePhoto(source, frame, { x: 0.2, y: 0.7 }, 1.5);
          const layout = await draftLayout(source, frame, photo, mode);
          expect(layout.width / frame.width).toBeCloseTo(layout.height / frame.height, 0);
          expect(layout.data.length).toBe(layout.width * layout.height * 3);
          expect(layout.data.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(20);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('[PAINT11] shows the photo at its place and continues it on both sides in `extend`', async () => {
    const source = drawn(60, 60, (x) => [x * 4, 100, 100]);
    const photo = { x: 60, y: 0, width: 60, height: 60 };
    const layout = await draftLayout(source, { width: 180, height: 60 }, photo, 'extend', 60);
    expect(pixel(layout, 90, 30)[0]).toBe(120);
    expect(pixel(layout, 58, 30)[0]).toBe(4);
    expect(pixel(layout, 20, 30)[0]).toBe(80);
    expect(pixel(layout, 179, 30)[0]).toBe(116);
  });

  it('[PAINT11] squeezes the whole photo into the frame in `retarget`', async () => {
    const source = drawn(60, 60, (x) => [x * 4, 100, 100]);
    const photo = { x: 0, y: 0, width: 30, height: 30 };
    const layout = await draftLayout(source, { width: 120, height: 30 }, photo, 'retarget', 30);
    expect(pixel(layout, 0, 15)[0]).toBeLessThan(4);
    expect(pixel(layout, 119, 15)[0]).toBeGreaterThan(232);
  });
});
