import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { EagerEngine } from '../engine/eager.ts';
import type { Picture } from '../images/picture.ts';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Size } from '../../shared/geometry.ts';
import { TrainingError } from './errors.ts';
import type { Checkpoint } from './model.ts';
import { trainSinGan } from './train.ts';
import type { IterationReport, TrainOptions } from './train.ts';

const TINY: Hyperparameters = {
  ...TRAINING_PRESETS.fast,
  minSize: 11,
  maxSize: 16,
  width: 4,
  epochs: 3,
  epochShares: [1],
  coarserPool: 2,
};
const CLASSIC: Hyperparameters = {
  ...TRAINING_PRESETS.classic,
  minSize: 11,
  maxSize: 16,
  width: 3,
  epochs: 2,
  discriminatorSteps: 2,
  generatorSteps: 2,
};
const PHOTO = { width: 16, height: 14 };

/** A sky over ground. */
function pictureAt({ width, height }: Size): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const row = Math.floor(i / 3 / width);
    data[i] = row * 2 < height ? 200 - 40 * (2 - (i % 3)) : 60 + ((i * 37) % 50);
  }
  return { width, height, data };
}

const train = (hyperparameters: Hyperparameters, more: Partial<TrainOptions> = {}) =>
  trainSinGan({ engine: new EagerEngine('cpu'), hyperparameters, photo: PHOTO, pictureAt, ...more });

describe('trainSinGan', () => {
  it('[GAN1] the same seed gives the same weights, another seed others', async () => {
    const [once, again, other] = [await train(TINY), await train(TINY), await train({ ...TINY, seed: 2 })];
    expect(once.levels.length).toBe(2);
    expect(again).toEqual(once);
    expect(other.generators[1]?.weights).not.toEqual(once.generators[1]?.weights);
  });

  for (const [name, hyperparameters] of Object.entries({ fast: TINY, classic: CLASSIC })) {
    it(`[GAN2] going on from a checkpoint gives the weights of an uninterrupted training: ${name}`, async () => {
      const checkpoints: Checkpoint[] = [];
      const whole = await train(hyperparameters, {
        onScale: ({ checkpoint }) => void checkpoints.push(structuredClone(checkpoint)),
      });
      expect(checkpoints.length).toBe(whole.levels.length);
      const resumed = await train(hyperparameters, { resumeFrom: checkpoints[0] });
      expect(resumed).toEqual(whole);
    });
  }

  it('reports every iteration and every scale in order', async () => {
    const seen: string[] = [];
    await train(TINY, {
      onIteration: ({ scale, scales, iteration, iterations, losses }) => {
        expect(Object.values(losses).every(Number.isFinite)).toBe(true);
        seen.push(`${scale}/${scales} ${iteration}/${iterations}`);
      },
      onScale: ({ scale, preview }) => void seen.push(`${scale} done ${preview.width}×${preview.height}`),
    });
    expect(seen).toEqual([
      '0/2 1/3',
      '0/2 2/3',
      '0/2 3/3',
      '0 done 13×11',
      '1/2 1/3',
      '1/2 2/3',
      '1/2 3/3',
      '1 done 16×14',
    ]);
  });

  it('[GAN24] a scale starts from the last one’s weights, its noise from how badly the photo is given back', async () => {
    const checkpoints: Checkpoint[] = [];
    const model = await train(
      { ...TINY, learningRate: 1e-5, epochs: 1 },
      {
        onScale: ({ checkpoint }) => void checkpoints.push(checkpoint),
      },
    );
    const [first, second] = checkpoints.map(({ last }) => last.generator);
    const furthest = Math.max(...(first ?? []).map((value, i) => Math.abs(value - (second?.[i] ?? NaN))));
    expect(furthest).toBeLessThan(1e-4);
    const [coarsest, finer] = model.noiseAmplitudes;
    expect(coarsest).toBe(1);
    // A tenth of the RMSE, which no picture brings to 2.
    expect(finer).toBeGreaterThan(0);
    expect(finer).toBeLessThan(0.2);
  });

  it('leaves no tensor behind', async () => {
    const { numTensors } = tf.memory();
    await train(TINY);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('[GAN3] an aborted training ends within one iteration, by the signal’s reason', async () => {
    const controller = new AbortController();
    const iterations: IterationReport[] = [];
    const reason = new Error('enough');
    const training = train(TINY, {
      signal: controller.signal,
      onIteration: (report) => {
        iterations.push(report);
        // From outside the loop: it must leave room for timers.
        if (iterations.length === 2) setImmediate(() => controller.abort(reason));
      },
    });
    await expect(training).rejects.toBe(reason);
    expect(iterations.length).toBeLessThanOrEqual(3);
  });

  it('[GAN4] a training that diverges says at which scale and what to try', async () => {
    const training = train({ ...TINY, optimizer: 'sgd', learningRate: 1e30 });
    await expect(training).rejects.toThrow(TrainingError);
    await expect(training).rejects.toThrow(/scale 1, epoch \d, with sgd .* try/);
  });

  it('[GAN4] so does one whose last step alone diverges, before the scale is told', async () => {
    const onScale = () => expect.unreachable();
    const training = train({ ...TINY, epochs: 1, optimizer: 'sgd', learningRate: 1e8 }, { onScale });
    await expect(training).rejects.toThrow(TrainingError);
    await expect(training).rejects.toThrow(/a weight stopped being a number at scale 1, epoch 1, with sgd/);
  });
});
