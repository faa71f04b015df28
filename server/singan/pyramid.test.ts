import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import { RECEPTIVE_FIELD } from './networks.ts';
import { pyramidSizes } from './pyramid.ts';

const { paper, fast } = TRAINING_PRESETS;
const text = (photo: [number, number], preset: typeof paper) =>
  pyramidSizes({ width: photo[0], height: photo[1] }, preset)
    .map(({ width, height }) => `${width}×${height}`)
    .join(' ');

describe('pyramidSizes', () => {
  it('[GAN10] follows the published formula', () => {
    expect(text([1000, 750], paper)).toBe('34×25 43×33 56×42 71×54 92×69 118×89 151×114 195×147 250×188');
  });

  it('[GAN10] comes near the wished factor at the capped size', () => {
    expect(text([1000, 750], fast)).toBe('33×25 44×33 58×43 76×57 100×75');
  });

  it('[GAN11] a panorama or a tower keeps its short side at the least size', () => {
    expect(text([3000, 200], fast)).toBe('375×25 375×25');
    expect(text([200, 3000], paper)).toBe('25×375 25×375');
  });

  it('[GAN11] a photo smaller than the cap is not enlarged, unless its short side is too short', () => {
    expect(text([60, 40], fast)).toBe('38×25 47×32 60×40');
    expect(text([40, 20], fast)).toBe('50×25 50×25');
  });

  it('[GAN11] keeps to the limits for any photo', () => {
    const side = fc.integer({ min: 1, max: 12_000 });
    const preset = fc.constantFrom(...Object.values(TRAINING_PRESETS));
    fc.assert(
      fc.property(side, side, preset, (width, height, hyperparameters) => {
        const levels = pyramidSizes({ width, height }, hyperparameters);
        const [coarsest, finest] = [levels[0], levels[levels.length - 1]];
        if (!coarsest || !finest) throw new Error('no levels');
        const short = Math.min(finest.width, finest.height);
        expect(levels.length).toBeGreaterThanOrEqual(2);
        expect(Math.min(coarsest.width, coarsest.height)).toBe(hyperparameters.minSize);
        expect(short).toBeGreaterThanOrEqual(hyperparameters.minSize);
        const capped = Math.max(finest.width, finest.height) <= hyperparameters.maxSize;
        expect(capped || short === hyperparameters.minSize).toBe(true);
        levels.forEach((level, i) => {
          expect(Math.min(level.width, level.height)).toBeGreaterThanOrEqual(RECEPTIVE_FIELD);
          expect(level.width).toBeGreaterThanOrEqual(levels[i - 1]?.width ?? 0);
          expect(level.height).toBeGreaterThanOrEqual(levels[i - 1]?.height ?? 0);
        });
      }),
    );
  });
});
