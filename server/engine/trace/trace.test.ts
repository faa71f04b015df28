/** What tracing makes of a step, as text. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../../program.ts';
import { printGraph } from '../graph.ts';
import { trace } from './backend.ts';

type Tensors = Record<string, tf.Tensor>;

const graphOf = <I extends string>(
  inputs: Record<I, Shape>,
  build: (inputs: Record<I, tf.Tensor>) => Tensors,
  channelBlock = 0,
): string =>
  printGraph(
    trace((given: Record<I, tf.Tensor>) => ({ outputs: build(given) }), inputs, {}, { channelBlock }).graph,
  );

const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
  tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid');

describe('a traced graph', () => {
  const layer = { x: [1, 8, 9, 3], filter: [3, 3, 3, 16], bias: [16] };
  const activated = ({ x, filter, bias }: Record<'x' | 'filter' | 'bias', tf.Tensor>) => ({
    y: tf.leakyRelu(tf.add(convolve(x, filter), bias), 0.2),
  });

  it('a convolution takes its bias in; only the picture and the filter are turned', () => {
    expect(graphOf(layer, activated)).toMatchInlineSnapshot(`
      "inputs %0: float32[1,8,9,3] in.x, %1: float32[3,3,3,16] in.filter, %2: float32[16] in.bias
      %3: float32[16,3,3,3] = Transpose(%1, perm=[3,2,0,1])
      %4: float32[1,3,8,9] = Transpose(%0, perm=[0,3,1,2])
      %5: float32[1,16,6,7] = Conv(%4, %3, %2, kernel_shape=[3,3], pads=[0,0,0,0])
      %6: float32[1,16,6,7] = LeakyRelu(%5, alpha=0.2)
      %7: float32[1,6,7,16] = Transpose(%6, perm=[0,2,3,1])
      outputs out.y=%7"
    `);
  });

  it('with blocked channels it takes in LeakyReLU too', () => {
    expect(graphOf(layer, activated, 8)).toMatchInlineSnapshot(`
      "inputs %0: float32[1,8,9,3] in.x, %1: float32[3,3,3,16] in.filter, %2: float32[16] in.bias
      %3: float32[16,3,3,3] = Transpose(%1, perm=[3,2,0,1])
      %4: float32[1,3,8,9] = Transpose(%0, perm=[0,3,1,2])
      %5: float32[2,8,1,3,3,3] = Reshape(%3, [2,8,1,3,3,3])
      %6: float32[2,1,3,3,3,8] = Transpose(%5, perm=[0,2,3,4,5,1])
      %7: float32[16,3,3,3] = Reshape(%6, [16,3,3,3])
      %8: float32[1,16,6,7] = nchwc.Conv(%4, %7, %2, kernel_shape=[3,3], pads=[0,0,0,0], activation="LeakyRelu", activation_params=[0.2])
      %9: float32[1,16,6,7] = nchwc.ReorderOutput(%8, channels=16)
      %10: float32[1,6,7,16] = Transpose(%9, perm=[0,2,3,1])
      outputs out.y=%10"
    `);
  });

  it('a filter’s gradient is one matrix product of shifted copies', () => {
    const shapes = { x: [1, 8, 9, 3], dy: [1, 6, 7, 4] };
    const gradient = ({ x, dy }: Record<'x' | 'dy', tf.Tensor>) => ({
      dw: tf.grad((filter) => tf.sum(tf.mul(convolve(x, filter), dy)))(tf.zeros([3, 3, 3, 4])),
    });
    expect(graphOf(shapes, gradient)).toMatchInlineSnapshot(`
      "inputs %0: float32[1,8,9,3] in.x, %1: float32[1,6,7,4] in.dy
      %2: float32[1,3,8,9] = Transpose(%0, perm=[0,3,1,2])
      %3: float32[1,4,6,7] = Transpose(%1, perm=[0,3,1,2])
      %4: float32[1,4,6,9] = Pad(%3, [0,0,0,0,0,0,0,2], mode="constant")
      %5: float32[1,4,54] = Reshape(%4, [1,4,54])
      %6: float32[1,4,243] = Concat(%5, const[1,4,28], %5, const[1,4,28], %5, const[1,4,25], axis=2)
      %7: float32[1,3,72] = Reshape(%2, [1,3,72])
      %8: float32[1,3,243] = Concat(%7, %7, %7, const[1,3,27], axis=2)
      %9: float32[12,81] = Reshape(%6, [12,81])
      %10: float32[9,81] = Reshape(%8, [9,81])
      %11: float32[12,9] = Gemm(%9, %10, transB=1)
      %12: float32[4,3,3,3] = Reshape(%11, [4,3,3,3])
      %13: float32[4,3,3,3] = Transpose(%12, perm=[0,2,3,1])
      %14: float32[3,3,3,4] = Transpose(%13, perm=[2,3,1,0])
      outputs out.dw=%14"
    `);
  });

  it('x + 0, x − 0, x · 1, x / 1 are x; x · 0 and sums of constants are constants', () => {
    const folded = ({ x }: { x: tf.Tensor }) => {
      const ones = tf.ones([2, 3]);
      const same = tf.div(tf.mul(tf.sub(tf.add(x, tf.zeros([2, 3])), 0), ones), tf.scalar(1)); // [2, 3]
      const nothing = tf.mul(x, tf.zeros([2, 3])); // [2, 3]
      const mean = tf.mean(tf.fill([4, 5], 3)); // []
      return { y: tf.add(tf.add(same, nothing), tf.add(mean, tf.sum(ones))) };
    };
    expect(graphOf({ x: [2, 3] }, folded)).toMatchInlineSnapshot(`
      "inputs %0: float32[2,3] in.x
      %1: float32[2,3] = Add(%0, 9)
      outputs out.y=%1"
    `);
  });

  it('the same expression twice is one node', () => {
    const twice = ({ x }: { x: tf.Tensor }) => ({
      y: tf.mul(tf.exp(tf.neg(x)), tf.exp(tf.neg(x))),
      z: tf.exp(tf.neg(x)),
    });
    expect(graphOf({ x: [2] }, twice)).toMatchInlineSnapshot(`
      "inputs %0: float32[2] in.x
      %1: float32[2] = Neg(%0)
      %2: float32[2] = Exp(%1)
      %3: float32[2] = Mul(%2, %2)
      outputs out.y=%3, out.z=%2"
    `);
  });

  it('what no output needs is left out', () => {
    const wasteful = ({ x }: { x: tf.Tensor }) => {
      tf.log(tf.mul(x, tf.tensor([1, 2])));
      return { y: tf.neg(x) };
    };
    expect(graphOf({ x: [2] }, wasteful)).toMatchInlineSnapshot(`
      "inputs %0: float32[2] in.x
      %1: float32[2] = Neg(%0)
      outputs out.y=%1"
    `);
  });

  it('turning a picture and back costs nothing', () => {
    const turned = ({ x, filter }: Record<'x' | 'filter', tf.Tensor>) => {
      const picture = tf.transpose(tf.transpose(tf.square(convolve(x, filter)), [3, 1, 0, 2]), [2, 1, 3, 0]);
      return { y: tf.mean(picture, [1, 2]) };
    };
    expect(graphOf({ x: [1, 8, 9, 3], filter: [3, 3, 3, 16] }, turned)).toMatchInlineSnapshot(`
      "inputs %0: float32[1,8,9,3] in.x, %1: float32[3,3,3,16] in.filter
      %2: float32[16,3,3,3] = Transpose(%1, perm=[3,2,0,1])
      %3: float32[1,3,8,9] = Transpose(%0, perm=[0,3,1,2])
      %4: float32[1,16,6,7] = Conv(%3, %2, kernel_shape=[3,3], pads=[0,0,0,0])
      %5: float32[1,16,6,7] = Mul(%4, %4)
      %6: float32[1,16] = ReduceMean(%5, [2,3], keepdims=0)
      outputs out.y=%6"
    `);
  });

  it('a state entry that stays the same is no output', () => {
    const { graph, outputs, changed } = trace(
      ({ x }: { x: tf.Tensor }, { a, b }: Record<'a' | 'b' | 'c', tf.Tensor>) => ({
        outputs: { y: tf.mul(x, b) },
        state: { a: tf.add(a, x), b },
      }),
      { x: [2] },
      { a: [2], b: [2], c: [2] },
    );
    expect({ outputs, changed }).toEqual({ outputs: ['y'], changed: ['a'] });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "inputs %0: float32[2] state.a, %1: float32[2] state.b, %2: float32[2] state.c, %3: float32[2] in.x
      %4: float32[2] = Mul(%3, %1)
      %5: float32[2] = Add(%0, %3)
      outputs out.y=%4, next.a=%5"
    `);
  });

  it('several outputs of one node', () => {
    const parts = ({ x }: { x: tf.Tensor }) => {
      const [first, , last] = tf.split(x, [1, 2, 3]) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { first, last };
    };
    expect(graphOf({ x: [6, 2] }, parts)).toMatchInlineSnapshot(`
      "inputs %0: float32[6,2] in.x
      %1: float32[1,2], %2: float32[2,2], %3: float32[3,2] = Split(%0, [1,2,3], axis=0)
      outputs out.first=%1, out.last=%3"
    `);
  });

  it('refuses strides and other casts by name', () => {
    const { x, filter } = { x: [1, 8, 9, 3], filter: [3, 3, 3, 16] };
    const strided = (given: Record<'x' | 'filter', tf.Tensor>) => ({
      y: tf.conv2d(given.x as tf.Tensor4D, given.filter as tf.Tensor4D, 2, 'valid'),
    });
    expect(() => graphOf({ x, filter }, strided)).toThrow(/Conv2D is traced for NHWC with strides/);
    expect(() => graphOf({ x }, (given) => ({ y: tf.cast(given.x, 'int32') }))).toThrow(
      /Cast from float32 to int32 is not traced/,
    );
  });
});
