import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizeBilinear } from './bilinear.ts';

describe('resizeBilinear', () => {
  it('gives TensorFlow’s numbers from any size to any size', () => {
    const side = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(side, side, side, side, (oldWidth, oldHeight, width, height) => {
        const picture = Float32Array.from({ length: oldWidth * oldHeight * 3 }, (_, i) => Math.sin(i * 12.9));
        const expected = tf.tidy(() =>
          tf.image
            .resizeBilinear(tf.tensor4d(picture, [1, oldHeight, oldWidth, 3]), [height, width], false, true)
            .dataSync(),
        );
        const resized = resizeBilinear(picture, { width: oldWidth, height: oldHeight }, { width, height });
        expect(resized.length).toBe(expected.length);
        expected.forEach((value, i) => expect(resized[i]).toBeCloseTo(value, 6));
      }),
    );
  });
});
