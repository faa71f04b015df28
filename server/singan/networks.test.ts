import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import { architecturesAt, initialParameters } from './initialization.ts';
import { RECEPTIVE_FIELD, convolve, layersOf, parameterCount, piecesOf } from './networks.ts';
import type { Architecture } from './networks.ts';
import { createRandom } from './random.ts';

const { paper, fast } = TRAINING_PRESETS;

beforeAll(() => void tf.setBackend('cpu'));

describe('networks', () => {
  it('[GAN14] the published networks double their width every four scales, up to 128', () => {
    const widths = [0, 3, 4, 7, 8, 12, 16].map((scale) => architecturesAt(paper, scale).generator.width);
    expect(widths).toEqual([32, 32, 64, 64, 128, 128, 128]);
    expect(parameterCount(architecturesAt(paper, 0).generator)).toBe(
      (3 * 9 + 1) * 32 + 3 * (32 * 9 + 1) * 32 + (32 * 9 + 1) * 3 + 4 * 2 * 32,
    );
    expect(architecturesAt(fast, 0).discriminator).toEqual({
      inputChannels: 6,
      width: 32,
      outputChannels: 1,
      normalized: false,
    });
  });

  it('[GAN14] see eleven pixels and lose five on each side', () => {
    const architecture = { inputChannels: 3, width: 2, outputChannels: 1, normalized: false };
    const weights = initialParameters(architecture, 'he', createRandom(1));
    const input = tf.zeros([1, RECEPTIVE_FIELD, RECEPTIVE_FIELD + 2, 3]);
    expect(convolve(layersOf(tf.tensor1d(weights), architecture), input).output.shape).toEqual([1, 1, 3, 1]);
  });

  it('[GAN15] with batch norm, pictures that share a pass do not mix', () => {
    const architecture: Architecture = { inputChannels: 3, width: 3, outputChannels: 3, normalized: true };
    const layers = layersOf(
      tf.tensor1d(initialParameters(architecture, 'he', createRandom(2))),
      architecture,
    );
    const random = createRandom(4);
    const pictures = [0, 1].map(() => tf.tensor4d(random.normal(12 * 13 * 3), [1, 12, 13, 3]));
    const together = convolve(layers, tf.concat(pictures, 0)).output;
    const apart = tf.concat(
      pictures.map((picture) => convolve(layers, picture).output),
      0,
    );
    expect([...together.dataSync()].map((value) => value.toFixed(5))).toEqual(
      [...apart.dataSync()].map((value) => value.toFixed(5)),
    );
  });
});

describe('initialParameters', () => {
  const architecture: Architecture = { inputChannels: 3, width: 32, outputChannels: 3, normalized: true };
  const deviations = (initialization: 'published' | 'he') => {
    const weights = initialParameters(architecture, initialization, createRandom(7));
    let offset = 0;
    return piecesOf(architecture).map(({ layer, kind, size }) => {
      const values = weights.subarray(offset, (offset += size));
      const rms = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / size);
      const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      return { name: `${layer} ${kind}`, rms, largest };
    });
  };
  const find = (initialization: 'published' | 'he', name: string) =>
    deviations(initialization).find((piece) => piece.name === name) ?? { rms: NaN, largest: NaN };

  it('[GAN16] published: filters normal(0, 0.02), biases within ±1 / √fan in, norm scales about 1', () => {
    expect(find('published', '2 filter').rms).toBeCloseTo(0.02, 3);
    expect(find('published', '4 filter').rms).toBeCloseTo(0.02, 3);
    expect(find('published', '0 bias').largest).toBeLessThan(1 / Math.sqrt(27));
    expect(find('published', '0 bias').largest).toBeGreaterThan(0.8 / Math.sqrt(27));
    expect(find('published', '1 scale').rms).toBeCloseTo(1, 1);
    expect(find('published', '1 shift').largest).toBe(0);
  });

  it('[GAN16] he: filters normal(0, √(2 / fan in)), the last halved, no bias', () => {
    expect(find('he', '2 filter').rms).toBeCloseTo(Math.sqrt(2 / 288), 2);
    expect(find('he', '4 filter').rms).toBeCloseTo(Math.sqrt(2 / 288) / 2, 2);
    expect(find('he', '0 bias').largest).toBe(0);
  });
});
