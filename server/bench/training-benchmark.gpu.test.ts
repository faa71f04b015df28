/** What a training copies to a device and back, on a GPU made of software. */
import { afterAll, describe, expect, it } from 'vitest';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import { CompiledEngine } from '../engine/compiled.ts';
import { HAS_SOFTWARE_GPU } from '../engine/software-gpu.testing.ts';
import { scene } from './quality/pictures.testing.ts';
import { benchmarkTraining } from './training-benchmark.ts';

const gpu = new CompiledEngine('webgpu');
const FLOAT_BYTES = 4;
/** The optimizers' scalars, the penalty's and the average's, and the losses that come back. */
const SCALARS = { min: 4, max: 32 };

describe.skipIf(!HAS_SOFTWARE_GPU)('a training that is measured on a GPU', () => {
  afterAll(() => gpu.close());

  it('[BENCH6] tells the bytes of an iteration: pictures and scalars, no weights', async () => {
    const { scales } = await benchmarkTraining(gpu, scene(16, 14), {
      ...TRAINING_PRESETS.fast,
      minSize: 11,
      maxSize: 16,
      width: 4,
      epochs: 6,
      epochShares: [1],
      coarserPool: 1,
      gradientPenaltyEvery: 2,
    });
    expect(scales.length).toBeGreaterThan(1);
    for (const [index, { heightPx, widthPx, copiedBytesPerIteration, nodes }] of scales.entries()) {
      // One channel of noise at the coarsest scale; above it three of noise and three of the coarser sample.
      const floats = heightPx * widthPx * (index === 0 ? 1 : 6);
      const bytes = copiedBytesPerIteration ?? NaN;
      expect(bytes).toBeGreaterThanOrEqual((floats + SCALARS.min) * FLOAT_BYTES);
      expect(bytes).toBeLessThanOrEqual((floats + SCALARS.max) * FLOAT_BYTES);
      expect(nodes).toBeGreaterThan(100);
    }
  });
});
