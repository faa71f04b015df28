import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placePhoto } from '../../shared/geometry.ts';
import type { Size } from '../../shared/geometry.ts';
import { FRAME_SIDE, MODES, requireRequest } from '../../shared/request.ts';
import type { Mode, PanoramaRequestInput } from '../../shared/request.ts';
import { MAX_ASPECT_RATIO, MIN_SIDE } from '../images/limits.ts';
import { PHASES } from '../../shared/protocol.ts';
import { planPanorama } from './plan.ts';

const PHOTO = { width: 300, height: 200 };
const plan = (request: PanoramaRequestInput, photo: Size = PHOTO) =>
  planPanorama(photo, requireRequest(request));

describe('planPanorama', () => {
  it('[PLAN1] extend lays the photo where placePhoto does', () => {
    const anchor = { x: 0.25, y: 1 };
    const { photo, upscaled } = plan({ width: 1200, height: 600, anchor, zoom: 1.5 });
    expect(photo).toEqual(placePhoto(PHOTO, { width: 1200, height: 600 }, anchor, 1.5).photo);
    expect(upscaled).toBe(4);
    expect(plan({ width: 150, height: 300 }).upscaled).toBe(1);
  });

  it('[PLAN2] the other modes draw the photo’s content as high as the frame, in tall frames between that and fitting', () => {
    for (const mode of ['retarget', 'reimagine'] as const) {
      expect(plan({ width: 900, height: 200, mode }).photo).toMatchObject({
        width: 300,
        height: 200,
        x: 300,
        y: 0,
      });
      const tall = plan({ width: 300, height: 800, mode }).photo;
      expect(tall).toMatchObject({ width: 600, height: 400 });
    }
  });

  it('[PLAN3] nothing is trained for a draft, nor where the kept photo covers the frame', () => {
    const untrained = (request: PanoramaRequestInput) => {
      const { hyperparameters, seconds, scaleSeconds } = plan(request);
      return (
        hyperparameters === null && seconds.train === 0 && seconds.sample === 0 && scaleSeconds.length === 0
      );
    };
    expect(untrained({ width: 900, height: 300, preset: 'draft' })).toBe(true);
    expect(untrained({ width: 900, height: 600 })).toBe(true);
    expect(untrained({ width: 900, height: 300, zoom: 2 })).toBe(true);
    expect(untrained({ width: 900, height: 300, zoom: 1.9 })).toBe(false);
    expect(untrained({ width: 900, height: 600, mode: 'reimagine' })).toBe(false);
    expect(plan({ width: 900, height: 600 }).seconds.paint).toBeGreaterThan(0);
    expect(plan({ width: 900, height: 600, preset: 'draft' }).seconds.paint).toBe(0);
  });

  it('[PLAN4] frames much longer than the photo are drawn by the coarser scales', () => {
    expect(plan({ width: 1440, height: 491 }).layoutScales).toBe(4);
    expect(plan({ width: 8192, height: 300 }).layoutScales).toBe(4);
    const long = plan({ width: 16, height: 4096 });
    expect(long.hyperparameters).not.toBeNull();
    expect(long.layoutScales).toBeLessThan(4);
    // A photo of 16×1 pixels in a frame of 16×8192.
    expect(plan({ width: 16, height: 8192 }, { width: 2000, height: 100 }).hyperparameters).toBeNull();
  });

  const frameSide = fc.integer(FRAME_SIDE);
  const photo = fc
    .tuple(
      fc.integer({ min: MIN_SIDE, max: 4000 }),
      fc.double({ min: 1, max: MAX_ASPECT_RATIO, noNaN: true }),
      fc.boolean(),
    )
    .map(([short, ratio, wide]) => {
      const long = Math.floor(short * ratio);
      return wide ? { width: long, height: short } : { width: short, height: long };
    });
  const zoom = fc.double({ min: 1, max: 100, noNaN: true });

  it('[PLAN5] every photo, frame and mode has a plan whose numbers are finite', () => {
    const preset = fc.constantFrom('fast', 'classic', 'paper', 'draft');
    fc.assert(
      fc.property(
        photo,
        frameSide,
        frameSide,
        fc.constantFrom(...MODES),
        zoom,
        preset,
        (source, width, height, mode, factor, name) => {
          const made = plan({ width, height, mode, zoom: factor, preset: name }, source);
          const numbers = [
            ...PHASES.map((phase) => made.seconds[phase]),
            ...made.scaleSeconds,
            made.photo.x,
            made.photo.y,
            made.photo.width,
            made.photo.height,
            made.upscaled,
          ];
          expect(numbers.every(Number.isFinite)).toBe(true);
          expect(Math.min(made.photo.width, made.photo.height)).toBeGreaterThanOrEqual(1);
          expect(made.upscaled).toBeGreaterThanOrEqual(1);
          expect(made.seconds.train).toBeCloseTo(
            made.scaleSeconds.reduce((sum, seconds) => sum + seconds, 0),
            6,
          );
          if (made.hyperparameters) expect(made.layoutScales).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  it('[PLAN6] more epochs, a larger size and more variants take longer', () => {
    const seconds = (request: Partial<PanoramaRequestInput>) => {
      const made = plan({ width: 900, height: 300, ...request }).seconds;
      return Object.values(made).reduce((sum, phase) => sum + phase, 0);
    };
    const usual = seconds({});
    for (const more of [
      { training: { epochs: 1000 } },
      { training: { maxSize: 250 } },
      { variants: 4 },
      { preset: 'classic' },
    ] as const)
      expect(seconds(more)).toBeGreaterThan(usual);
    expect(seconds({ preset: 'draft' })).toBeLessThan(usual);
  });

  it('[PLAN7] tells how many times the photo is enlarged, to half a pixel, and 1 where it is not', () => {
    fc.assert(
      fc.property(
        photo,
        frameSide,
        frameSide,
        fc.constantFrom(...MODES),
        zoom,
        (source, width, height, mode, factor) => {
          const made = plan({ width, height, mode, zoom: factor }, source);
          const { upscaled } = made;
          const isEnlarged = made.photo.width > source.width || made.photo.height > source.height;
          expect(upscaled > 1).toBe(isEnlarged);
          expect(upscaled).toBeGreaterThanOrEqual(1);
          if (!isEnlarged) return;
          expect(Math.abs(made.photo.width - source.width * upscaled)).toBeLessThanOrEqual(0.5 + 1e-9);
          expect(Math.abs(made.photo.height - source.height * upscaled)).toBeLessThanOrEqual(0.5 + 1e-9);
        },
      ),
    );
  });

  it.each<[Mode, width: number, height: number, times: number, zoom?: number]>([
    ['extend', 900, 360, 1.8],
    ['extend', 540, 900, 1.8],
    ['extend', 900, 360, 2.7, 1.5],
    ['retarget', 900, 360, 1.8],
    ['retarget', 300, 648, 1.8],
    ['reimagine', 1800, 360, 1.8],
    ['extend', 900, 200, 1],
    ['reimagine', 900, 200, 1],
    ['retarget', 150, 100, 1],
    // A photo that rounding leaves as it is.
    ['extend', 900, 200, 1, 1.001],
  ])('[PLAN7] %s in %i×%i: %f times', (mode, width, height, times, zoom = 1) => {
    expect(plan({ width, height, mode, zoom }).upscaled).toBeCloseTo(times, 10);
  });
});
