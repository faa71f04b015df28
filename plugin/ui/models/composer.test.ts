import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placePhoto } from '../../../shared/geometry.ts';
import { LIMITS, OPTIMIZERS, PRESETS } from '../../../shared/hyperparameters.ts';
import { FORMATS, MODES, panoramaRequestSchema, type PanoramaRequestInput } from '../../../shared/request.ts';
import { Composer } from './composer.ts';
import { NumberField } from './fields.ts';
import { madeShare, maxZoomOf, moveAnchor, placementOf, roomOf, snapAnchor } from './outline.ts';

const side = fc.integer({ min: 16, max: 8192 });
const size = fc.record({ width: side, height: side });
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const anchor = fc.record({ x: unit, y: unit });

const requests = fc
  .record({
    width: side,
    height: side,
    mode: fc.constantFrom(...MODES),
    anchor,
    zoom: fc.double({ min: 1, max: 100, noNaN: true }),
    preset: fc.constantFrom(...PRESETS.filter((preset) => preset !== 'draft')),
    training: fc.record(
      {
        epochs: fc.constantFrom(...LIMITS.epochs),
        maxSize: fc.constantFrom(...LIMITS.maxSize),
        optimizer: fc.constantFrom(...OPTIMIZERS),
        learningRate: fc.double({ min: 1e-5, max: 1e-1, noNaN: true }),
      },
      { requiredKeys: [] },
    ),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    variants: fc.integer({ min: 1, max: 8 }),
    format: fc.constantFrom(...FORMATS),
  })
  .map((request): PanoramaRequestInput => request);

describe('the composer', () => {
  it('[UI9] every request that is applied comes back as it was', () => {
    fc.assert(
      fc.property(requests, (input) => {
        const request = panoramaRequestSchema.parse(input);
        const composer = new Composer();
        composer.apply(request);
        expect(composer.request.value).toEqual(request);
      }),
    );
  });

  it('[UI9] untouched settings are the request’s own defaults', () => {
    const composer = new Composer();
    const frame = composer.frame.value;
    expect(frame).not.toBeNull();
    expect(composer.request.value).toEqual(panoramaRequestSchema.parse(frame));
    expect(composer.changed.value).toBe(0);
  });

  it('[UI10] a draft leaves training and variants out, and they are there again with the next preset', () => {
    const composer = new Composer();
    composer.epochs.value = 500;
    composer.learningRate.type('0.002');
    composer.setVariants(4);
    composer.preset.value = 'draft';
    expect(composer.request.value).toMatchObject({ training: {}, variants: 1 });
    composer.learningRate.type('much');
    expect(composer.request.value).not.toBeNull();
    composer.learningRate.type('0.002');
    composer.preset.value = 'classic';
    expect(composer.request.value).toMatchObject({
      training: { epochs: 500, learningRate: 0.002 },
      variants: 4,
    });
  });

  it('[UI11] a missing or wrong number leaves no request', () => {
    const composer = new Composer();
    for (const text of ['', '15', '8193', '12.5', 'wide', '-400', '1e9']) {
      composer.width.type(text);
      expect(composer.request.value, text).toBeNull();
    }
    composer.width.type('1440');
    expect(composer.request.value).not.toBeNull();
    composer.seed.type('4294967296');
    expect(composer.request.value).toBeNull();
    composer.reset();
    expect(composer.request.value?.seed).toBe(1);
  });

  it('[UI11] a number is taken with a comma, stepped by keys, and kept within its limits', () => {
    const rate = new NumberField({ min: 1e-5, max: 1e-1, whole: false });
    rate.type('0,002');
    expect(rate.number.value).toBe(0.002);
    rate.type('1e-3');
    expect(rate.number.value).toBe(0.001);
    const width = new NumberField({ min: 16, max: 8192, whole: true }, 1444);
    width.step(10, 16);
    expect(width.number.value).toBe(1450);
    width.step(-1, 16);
    expect(width.number.value).toBe(1449);
    width.set(8192);
    width.step(10, 16);
    expect(width.number.value).toBe(8192);
  });

  it('[UI9] swapping changes the sides and nothing else', () => {
    const composer = new Composer();
    composer.setFrame({ width: 1500, height: 500 });
    composer.swap();
    expect(composer.frame.value).toEqual({ width: 500, height: 1500 });
  });
});

describe('the outline', () => {
  it('[UI13] a moved photo follows the pointer to the pixel and stops where it ends', () => {
    const by = fc.record({
      x: fc.integer({ min: -9000, max: 9000 }),
      y: fc.integer({ min: -9000, max: 9000 }),
    });
    fc.assert(
      fc.property(
        size,
        size,
        anchor,
        fc.double({ min: 1, max: 20, noNaN: true }),
        by,
        (photo, frame, at, zoom, move) => {
          const before = placePhoto(photo, frame, at, zoom);
          const room = roomOf(before, frame);
          const moved = moveAnchor(at, move, room);
          const after = placePhoto(photo, frame, moved, zoom);
          for (const axis of ['x', 'y'] as const) {
            expect(moved[axis]).toBeGreaterThanOrEqual(0);
            expect(moved[axis]).toBeLessThanOrEqual(1);
            const least = Math.min(0, room[axis]);
            const most = Math.max(0, room[axis]);
            const wanted = Math.min(most, Math.max(least, before.photo[axis] + move[axis]));
            if (Math.abs(room[axis]) >= 1)
              expect(Math.abs(after.photo[axis] - wanted)).toBeLessThanOrEqual(1.5);
            else expect(after.photo[axis]).toBe(before.photo[axis]);
          }
        },
      ),
    );
  });

  it('[UI13] at the largest zoom the photo covers the frame', () => {
    fc.assert(
      fc.property(size, size, (photo, frame) => {
        const most = maxZoomOf(photo, frame);
        const placed = placementOf(photo, { ...frame, anchor: { x: 0.5, y: 0.5 }, zoom: most });
        const made = madeShare(placed, frame);
        expect(made).toBeGreaterThanOrEqual(0);
        expect(made).toBeLessThan(0.07);
      }),
    );
  });

  it('[UI14] near the edges and the middle the photo snaps, and elsewhere it does not', () => {
    const room = { x: 600, y: -300 };
    expect(snapAnchor({ x: 0.505, y: 0.99 }, room, 6)).toEqual({ x: 0.5, y: 1 });
    expect(snapAnchor({ x: 0.005, y: 0.02 }, room, 6)).toEqual({ x: 0, y: 0 });
    expect(snapAnchor({ x: 0.52, y: 0.9 }, room, 6)).toEqual({ x: 0.52, y: 0.9 });
    expect(snapAnchor({ x: 0.3, y: 0.5 }, { x: 0, y: 0 }, 6)).toEqual({ x: 0.3, y: 0.5 });
  });
});
