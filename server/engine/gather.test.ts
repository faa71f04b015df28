import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { printGraph } from './graph.ts';
import { trace } from './trace/backend.ts';

type Tensors = Record<string, tf.Tensor>;

const textOf = <I extends string>(
  build: (given: Record<I, tf.Tensor>) => Tensors,
  inputs: Record<I, number[]>,
  gpu = false,
): string =>
  printGraph(trace((given: Record<I, tf.Tensor>) => ({ outputs: build(given) }), inputs, {}, { gpu }).graph);

describe('what only moves numbers', () => {
  const filters = ({ weights, x }: Record<'weights' | 'x', tf.Tensor>): Tensors => {
    const [first, bias] = tf.split(weights, [54, 2]) as [tf.Tensor, tf.Tensor];
    const filter = tf.transpose(tf.reshape<tf.Rank.R4>(first, [2, 3, 3, 3]), [2, 3, 1, 0]);
    const there = tf.conv2d(x as tf.Tensor4D, filter, 1, 'valid');
    return {
      there: tf.add(there, bias),
      back: tf.conv2dTranspose(there, filter, [1, 4, 5, 3], 1, 'valid'),
    };
  };
  const shapes = { weights: [56], x: [1, 4, 5, 3] };

  it('[ENGINE18] is gathered once a vector of weights, turned filters and all', () => {
    expect(textOf(filters, shapes)).toMatchInlineSnapshot(`
      "inputs %0: float32[56] in.weights, %1: float32[1,4,5,3] in.x
      %2: float32[1,3,4,5] = Transpose(%1, perm=[0,3,1,2])
      %3: float32[110] = GatherElements(%0, const[110], axis=0)
      %4: float32[54], %5: float32[2], %6: float32[54] = Split(%3, [54,2,54], axis=0)
      %7: float32[2,3,3,3] = Reshape(%4, [2,3,3,3])
      %8: float32[1,2,2,3] = Conv(%2, %7, kernel_shape=[3,3], pads=[0,0,0,0])
      %9: float32[1,2,2,3] = Conv(%2, %7, %5, kernel_shape=[3,3], pads=[0,0,0,0])
      %10: float32[3,2,3,3] = Reshape(%6, [3,2,3,3])
      %11: float32[1,3,4,5] = Conv(%8, %10, kernel_shape=[3,3], pads=[2,2,2,2])
      %12: float32[1,2,3,2] = Transpose(%9, perm=[0,2,3,1])
      %13: float32[1,4,5,3] = Transpose(%11, perm=[0,2,3,1])
      outputs out.there=%12, out.back=%13"
    `);
    expect(textOf(filters, shapes, true)).not.toContain('GatherElements');
  });

  it('[ENGINE18] is gathered once a term of a joined gradient, sums over a batch among the terms', () => {
    const joined = ({ a, b, c }: Record<'a' | 'b' | 'c', tf.Tensor>): Tensors => ({
      y: tf.concat([tf.reshape(tf.transpose(tf.add(tf.sum(a, 0), b)), [6]), tf.neg(c)]),
    });
    expect(textOf(joined, { a: [2, 2, 3], b: [2, 3], c: [1] })).toMatchInlineSnapshot(`
      "inputs %0: float32[2,2,3] in.a, %1: float32[2,3] in.b, %2: float32[1] in.c
      %3: float32[1] = Neg(%2)
      %4: float32[12] = Reshape(%0, [12])
      %5: float32[6] = Reshape(%1, [6])
      %6: float32[20] = Concat(%4, %5, %3, [0], axis=0)
      %7: float32[7] = GatherElements(%6, [0,3,1,4,2,5,18], axis=0)
      %8: float32[7] = GatherElements(%6, [6,9,7,10,8,11,19], axis=0)
      %9: float32[7] = Add(%7, %8)
      %10: float32[7] = GatherElements(%6, [12,15,13,16,14,17,19], axis=0)
      %11: float32[7] = Add(%9, %10)
      outputs out.y=%11"
    `);
  });

  it('stays as it is where it is in order already, or much would be summed', () => {
    const ordered = ({ x }: { x: tf.Tensor }): Tensors => {
      const [first, second] = tf.split(x, 2) as [tf.Tensor, tf.Tensor];
      return { y: tf.concat([tf.reshape(second, [3]), first]), z: tf.reshape(first, [3, 1]) };
    };
    expect(textOf(ordered, { x: [6] })).not.toContain('GatherElements');
    const summed = ({ x }: { x: tf.Tensor }): Tensors => ({
      y: tf.concat([tf.reshape(tf.transpose(tf.sum(x, 0)), [6]), tf.zeros([1])]),
    });
    expect(textOf(summed, { x: [50, 2, 3] }).match(/ReduceSum/g)).toHaveLength(1);
  });
});
