import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPTIMIZERS } from '../../shared/hyperparameters.ts';
import type { OptimizerName } from '../../shared/hyperparameters.ts';
import { createOptimizer } from './optimizers.ts';

interface Fixture {
  readonly betas: [number, number];
  readonly learningRate: number;
  readonly start: number[];
  readonly gradients: number[][];
  readonly parameters: Record<OptimizerName, number[][]>;
}

const path = new URL('fixtures/optimizers.json', import.meta.url);
const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture;

describe('optimizers', () => {
  for (const name of OPTIMIZERS) {
    it(`[GAN9] ${name} takes PyTorch’s steps`, async () => {
      await tf.setBackend('cpu');
      const [beta1, beta2] = fixture.betas;
      const optimizer = createOptimizer({ optimizer: name, beta1, beta2 });
      let parameters: tf.Tensor = tf.tensor1d(fixture.start);
      let slots: readonly tf.Tensor[] = optimizer.slots.map(() => tf.zeros([fixture.start.length]));
      fixture.gradients.forEach((gradient, step) => {
        const scalars = optimizer.scalars(step + 1, fixture.learningRate);
        expect(scalars.length).toBe(optimizer.scalarCount);
        ({ parameters, slots } = optimizer.update(
          parameters,
          tf.tensor1d(gradient),
          slots,
          tf.tensor1d(scalars),
        ));
        const expected = fixture.parameters[name][step] ?? [];
        parameters.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
      });
    });
  }
});
