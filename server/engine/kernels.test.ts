import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../program.ts';
import { EagerEngine } from './eager.ts';
import { TESTED } from './tested-engines.testing.ts';
import type { KernelName } from './trace/kernels.ts';

const oracle = new EagerEngine('cpu');

type Run = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
interface Case {
  readonly shapes: readonly Shape[];
  readonly run: Run;
  /** Shifts the inputs, for kernels that want positive numbers. */
  readonly offset?: number;
}

const one = (run: (x: tf.Tensor) => tf.Tensor, offset = 0): Case[] => [
  { shapes: [[2, 3, 4, 5]], run: (x) => run(x), offset },
  // In the layout of a convolution's output.
  {
    shapes: [
      [1, 5, 6, 2],
      [3, 3, 2, 3],
    ],
    run: (x, w) => run(tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), offset)),
  },
];
const two = (run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, offset = 0): Case[] =>
  (
    [
      [
        [2, 3, 4, 5],
        [2, 3, 4, 5],
      ],
      [[2, 3, 4, 5], [5]],
      [
        [4, 1],
        [3, 4, 5],
      ],
      [
        [3, 1, 2],
        [1, 5, 2],
      ],
      [[], [2, 3]],
    ] satisfies Shape[][]
  ).map((shapes) => ({ shapes, run: (a, b) => run(a, b), offset }));
const float = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'float32');
const conv = (pad: 'valid' | 'same' | number): Case => ({
  shapes: [[2, 6, 7, 3], [3, 3, 3, 4], [4]],
  run: (x, w, b) => tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad), b),
});
const convGradient = (wrt: 0 | 1, pad: 'valid' | 'same', batch: number, kernel: Shape): Case => ({
  shapes: [[batch, 6, 7, 3], kernel],
  run: (x, w) => {
    const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
      tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad))),
    )([x, w]);
    return gradients[wrt]!;
  },
});
const compare = (run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Case[] => two((a, b) => float(run(a, b)));

/** At least one case for every traced kernel: a missing one does not compile. */
const CASES: Record<KernelName, Case[]> = {
  Abs: one(tf.abs),
  Add: two(tf.add),
  AddN: [
    {
      shapes: [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
      run: (...inputs) => tf.addN(inputs),
    },
  ],
  BatchMatMul: [
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
      run: (a, b) => tf.matMul(a, b),
    },
    {
      shapes: [
        [2, 3, 4],
        [2, 5, 4],
      ],
      run: (a, b) => tf.matMul(a, b, false, true),
    },
    {
      shapes: [
        [2, 4, 3],
        [2, 4, 5],
      ],
      run: (a, b) => tf.matMul(a, b, true, false),
    },
  ],
  Cast: [{ shapes: [[3, 4]], run: (x) => float(tf.greater(x, 0.2)) }],
  Concat: [
    {
      shapes: [
        [2, 3],
        [2, 4],
        [2, 1],
      ],
      run: (...inputs) => tf.concat(inputs, 1),
    },
    {
      shapes: [
        [1, 5, 5, 2],
        [3, 3, 2, 3],
        [1, 3, 3, 2],
      ],
      run: (x, w, y) => tf.concat([tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), y], 3),
    },
  ],
  Conv2D: [conv('valid'), conv('same'), conv(2)],
  Conv2DBackpropFilter: [
    convGradient(1, 'valid', 1, [3, 3, 3, 2]),
    convGradient(1, 'valid', 3, [3, 3, 3, 2]),
    convGradient(1, 'same', 2, [3, 3, 3, 2]),
    convGradient(1, 'valid', 2, [1, 1, 3, 2]),
    convGradient(1, 'valid', 1, [2, 4, 3, 2]),
  ],
  Conv2DBackpropInput: [
    convGradient(0, 'valid', 1, [3, 3, 3, 2]),
    convGradient(0, 'valid', 3, [2, 4, 3, 2]),
    convGradient(0, 'same', 2, [3, 3, 3, 2]),
  ],
  Exp: one(tf.exp),
  ExpandDims: [
    { shapes: [[2, 3]], run: (x) => tf.expandDims(x, -1) },
    { shapes: [[2, 3]], run: (x) => tf.expandDims(x, 0) },
  ],
  Fill: [{ shapes: [[2, 3]], run: (x) => tf.mul(x, tf.fill([2, 3], 2.5)) }],
  Greater: compare(tf.greater),
  GreaterEqual: compare(tf.greaterEqual),
  Identity: one((x) => tf.clone(x)),
  LeakyRelu: one((x) => tf.leakyRelu(x, 0.2)),
  Less: compare(tf.less),
  LessEqual: compare(tf.lessEqual),
  Log: one((x) => tf.log(tf.add(tf.abs(x), 0.1))),
  LogicalNot: [{ shapes: [[3, 4]], run: (x) => float(tf.logicalNot(tf.greater(x, 0))) }],
  Maximum: two(tf.maximum),
  Mean: [
    { shapes: [[2, 3, 4, 5]], run: (x) => tf.mean(x) },
    {
      shapes: [
        [1, 5, 6, 2],
        [3, 3, 2, 3],
      ],
      run: (x, w) => tf.mean(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), [1, 2], true),
    },
  ],
  Minimum: two(tf.minimum),
  Multiply: two(tf.mul),
  Neg: one(tf.neg),
  OnesLike: [{ shapes: [[2, 3]], run: (x) => tf.add(x, tf.onesLike(x)) }],
  PadV2: [
    {
      shapes: [[1, 3, 4, 2]],
      run: (x) =>
        tf.pad(x, [
          [0, 0],
          [2, 1],
          [0, 3],
          [0, 0],
        ]),
    },
    {
      shapes: [[2, 3]],
      run: (x) =>
        tf.pad(
          x,
          [
            [1, 0],
            [0, 1],
          ],
          7,
        ),
    },
  ],
  Pow: two((a, b) => tf.pow(tf.add(tf.abs(a), 0.5), b)),
  RealDiv: two((a, b) => tf.div(a, tf.add(tf.abs(b), 0.5))),
  Reciprocal: one((x) => tf.reciprocal(tf.add(tf.abs(x), 0.5))),
  Relu: one(tf.relu),
  Reshape: [
    { shapes: [[2, 3, 4]], run: (x) => tf.reshape(x, [6, -1]) },
    {
      shapes: [
        [1, 5, 6, 2],
        [3, 3, 2, 3],
      ],
      run: (x, w) => tf.reshape(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), [12, 3]),
    },
    {
      shapes: [
        [1, 5, 6, 2],
        [3, 3, 2, 3],
      ],
      run: (x, w) => tf.reshape(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), [3, 4, 1, 3]),
    },
  ],
  ResizeBilinear: [
    { shapes: [[1, 5, 6, 3]], run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 9], false, true) },
    { shapes: [[2, 5, 6, 3]], run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [4, 5], false, true) },
    { shapes: [[1, 5, 6, 3]], run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [9, 11], true, false) },
  ],
  Rsqrt: one((x) => tf.rsqrt(tf.add(tf.abs(x), 0.5))),
  Select: [
    {
      shapes: [
        [3, 4],
        [3, 4],
      ],
      run: (a, b) => tf.where(tf.greater(a, b), a, tf.mul(b, 3)),
    },
  ],
  Sigmoid: one(tf.sigmoid),
  Slice: [
    { shapes: [[2, 5, 6, 3]], run: (x) => tf.slice(x, [1, 2, 0, 1], [1, 2, -1, 2]) },
    {
      shapes: [
        [1, 5, 6, 2],
        [3, 3, 2, 3],
      ],
      run: (x, w) =>
        tf.slice(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), [0, 1, 1, 1], [1, 1, 2, 2]),
    },
  ],
  SplitV: [
    { shapes: [[6, 3]], run: (x) => tf.split(x, [1, 3, 2]) },
    { shapes: [[2, 6]], run: (x) => tf.split(x, 3, 1) },
  ],
  Sqrt: one((x) => tf.sqrt(tf.abs(x))),
  Square: one(tf.square),
  SquaredDifference: two(tf.squaredDifference),
  Step: one((x) => tf.step(x, 0.2)),
  Sub: two(tf.sub),
  Sum: [
    { shapes: [[2, 3, 4, 5]], run: (x) => tf.sum(x) },
    { shapes: [[2, 3, 4, 5]], run: (x) => tf.sum(x, [1, 3]) },
    {
      shapes: [
        [2, 5, 6, 2],
        [3, 3, 2, 3],
      ],
      run: (x, w) => tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), -1, true),
    },
    {
      shapes: [
        [2, 5, 6, 2],
        [3, 3, 2, 3],
      ],
      run: (x, w) => tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), 2),
    },
  ],
  Tanh: one(tf.tanh),
  Tile: [{ shapes: [[1, 3, 4, 1]], run: (x) => tf.tile(x, [1, 1, 2, 3]) }],
  Transpose: [
    { shapes: [[2, 3, 4]], run: (x) => tf.transpose(x, [2, 0, 1]) },
    {
      shapes: [
        [1, 5, 6, 2],
        [3, 3, 2, 3],
      ],
      run: (x, w) => tf.transpose(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), [3, 1, 0, 2]),
    },
  ],
  ZerosLike: [{ shapes: [[2, 3]], run: (x) => tf.sub(x, tf.zerosLike(x)) }],
};

type Tensors = readonly tf.Tensor4D[];

/** Loss and gradients of a small network, wrt all its inputs. */
const gradientsOf = (shapes: readonly Shape[], loss: (...inputs: Tensors) => tf.Tensor): Case => ({
  shapes,
  run: (...inputs) =>
    tf.grads((...given: tf.Tensor[]) => tf.sum(loss(...(given as unknown as Tensors))))(inputs),
});

/** A layer as the networks have it, 64 channels wide so that blocked convolutions are chosen where there are any. */
const layer = (
  x: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor,
  pad: 'valid' | 'same' = 'valid',
): tf.Tensor4D => tf.leakyRelu(tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, pad), bias), 0.2);
const smooth = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.sigmoid(x));
const WIDE: Shape[] = [
  [2, 5, 6, 16],
  [3, 3, 16, 64],
];
const wide = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor4D =>
  tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'); // [2, 3, 4, 64]
const besideWide = (
  other: Shape,
  run: (wide: tf.Tensor, other: tf.Tensor) => tf.Tensor | tf.Tensor[],
): Case => ({
  shapes: [...WIDE, other],
  run: (x, filter, operand) => run(wide(x, filter), operand),
});

/** Blocked and plain values in one graph. */
const MIXED: Record<string, Case[]> = {
  'a layer and its step': [3, 6, 16, 64].flatMap((channels) =>
    (['valid', 'same'] as const).map((pad) => ({
      shapes: [[2, 6, 7, channels], [3, 3, channels, 64], [64]],
      run: (x, filter, bias) => [layer(x, filter, bias, pad), tf.step(wide(x, filter), 0.2)],
    })),
  ),
  'a convolution read before and after its activation': [
    {
      shapes: [[2, 6, 7, 16], [3, 3, 16, 64], [64]],
      run: (x, filter, bias) => {
        const sum = tf.add(wide(x, filter), bias);
        return [tf.leakyRelu(sum, 0.2), tf.square(sum), tf.leakyRelu(sum, 0.5)];
      },
    },
  ],
  'numbers for the channels of a picture': [
    ...([[64], [1, 1, 1, 64], [2, 1, 1, 64]] satisfies Shape[]).flatMap((shape) => [
      besideWide(shape, (x, each) => [tf.mul(x, each), tf.mul(each, x), tf.add(x, each), tf.sub(x, each)]),
      besideWide(shape, (x, each) => {
        const scaled = tf.mul(x, each);
        const norm = tf.add(scaled, tf.neg(each));
        // A product that is read bare, shifted, activated, and scaled and shifted again.
        return [scaled, norm, tf.leakyRelu(norm, 0.2), tf.sub(tf.mul(norm, each), each), tf.step(norm, 0.2)];
      }),
      besideWide(shape, (x, each) => {
        const sum = tf.add(tf.mul(x, each), tf.mul(tf.sigmoid(x), tf.square(each)));
        return [sum, tf.leakyRelu(tf.add(sum, each), 0.2), tf.div(x, each), tf.sub(each, x)];
      }),
    ]),
    besideWide([2, 1, 1, 64], (x, each) => tf.add(tf.mul(x, tf.sum(each, [0, 1, 2])), each)),
    // Neither is what batch norm has: numbers for rows, and a channel's number alone.
    besideWide([1, 3, 1, 64], (x, each) => tf.mul(x, each)),
    besideWide([2, 1, 1, 1], (x, each) => tf.mul(x, each)),
  ],
  'sums and means over the pixels of a picture': [
    ...[true, false].flatMap((keep) => [
      besideWide([1], (x) => [
        tf.sum(x, [1, 2], keep),
        tf.mean(x, [1, 2], keep),
        tf.mean(smooth(x), [2, 1], keep),
      ]),
      besideWide([1], (x) => [tf.sum(x, [0, 1, 2], keep), tf.mean(x, [0, 1, 2], keep), tf.sum(x, [1], keep)]),
      besideWide([1], (x) => [tf.mean(x, undefined, keep), tf.mean(x, [1, 2, 3], keep)]),
    ]),
  ],
  'what gradients of sums and means repeat': [
    {
      shapes: [[2, 3, 4, 5]],
      run: (x) => {
        const repeated = (axes: number[]) => tf.mul(tf.mean(x, axes, true), tf.ones([2, 3, 4, 5]));
        const [rows, channels] = [repeated([1]), repeated([0, 1, 2])];
        return [
          rows,
          tf.add(x, rows),
          tf.add(rows, channels),
          tf.mul(channels, tf.fill([2, 3, 4, 5], 2)),
          tf.sub(tf.fill([1], 3), channels),
          tf.sigmoid(rows),
          tf.sum(rows, [1]),
          tf.reshape(rows, [6, 20]),
          tf.transpose(channels, [3, 1, 0, 2]),
          tf.slice(rows, [0, 1, 0, 0], [1, 2, 4, 5]),
          tf.concat([rows, x], 3),
          tf.mul(tf.mul(tf.scalar(2), tf.ones([3])), tf.ones([2, 3])),
        ];
      },
    },
    besideWide([1], (x) =>
      tf.grad((y: tf.Tensor) => tf.sum(tf.mul(tf.mean(tf.square(y), [1, 2], true), y)))(x),
    ),
  ],
  'few channels out of many': [1, 3].map((channels) => ({
    shapes: [[2, 6, 7, 64], [3, 3, 64, channels], [channels]],
    run: (x, filter, bias) => layer(x, filter, bias),
  })),
  'a convolution of 24 and 40 channels': [
    { shapes: [[1, 6, 7, 24], [3, 3, 24, 40], [40]], run: (x, filter, bias) => layer(x, filter, bias) },
    { shapes: [[1, 6, 7, 12], [3, 3, 12, 16], [16]], run: (x, filter, bias) => layer(x, filter, bias) },
  ],
  'gradients of layers': [1, 2].flatMap((batch) => [
    ...[3, 6, 16].map((channels) =>
      gradientsOf(
        [[batch, 6, 7, channels], [3, 3, channels, 64], [64], [3, 3, 64, 3]],
        (x, filter, bias, last) => tf.square(wide(smooth(tf.add(wide(x, filter), bias)), last)),
      ),
    ),
    gradientsOf(
      [
        [batch, 6, 7, 64],
        [3, 3, 64, 1],
      ],
      (x, filter) => tf.square(wide(x, filter)),
    ),
    gradientsOf(
      [
        [batch, 6, 7, 16],
        [1, 1, 16, 32],
      ],
      (x, filter) => tf.square(wide(x, filter)),
    ),
  ]),
  'gradients of gradients': [
    gradientsOf(
      [
        [1, 6, 7, 3],
        [3, 3, 3, 32],
        [3, 3, 32, 1],
      ],
      (...inputs) => {
        const [x, first, last] = inputs as unknown as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
        return tf.square(tf.grad((picture) => tf.sum(wide(smooth(wide(picture, first)), last)))(x));
      },
    ),
  ],
  'gradients of large pictures': [1, 2].map((batch) =>
    // Beyond FEW_PIXELS another way of adding up is taken.
    gradientsOf(
      [
        [batch, 79, 80, 3],
        [3, 3, 3, 2],
      ],
      (x, filter) => tf.square(wide(x, filter)),
    ),
  ),
  'gradients of zero': [
    gradientsOf(WIDE, (x, filter) => tf.mul(wide(x, filter), 0)),
    gradientsOf([...WIDE, [64]], (x, filter, bias) =>
      tf.mul(tf.add(wide(x, filter), bias), tf.zeros([2, 3, 4, 64])),
    ),
  ],
  'two operands': (
    [
      [],
      [1],
      [64],
      [2, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 64],
      [1, 3, 4, 1],
      [2, 3, 4, 1],
      [2, 3, 4, 64],
      [1, 3, 4, 64],
      [2, 1, 1, 64],
      [3, 4, 64],
      [2, 1, 3, 4, 64],
    ] satisfies Shape[]
  ).flatMap((shape) => [
    besideWide(shape, (x, other) => [
      tf.add(x, other),
      tf.sub(other, x),
      tf.mul(x, other),
      tf.maximum(other, x),
    ]),
    besideWide(shape, (x, other) => float(tf.greater(x, other))),
  ]),
  'two convolutions': [
    // One picture of one pixel beside two of twelve.
    {
      shapes: [...WIDE, [1, 3, 3, 16]],
      run: (x, filter, pixel) => tf.add(wide(x, filter), wide(pixel, filter)),
    },
    { shapes: [...WIDE, [2, 3, 6, 16]], run: (x, filter, row) => tf.mul(wide(row, filter), wide(x, filter)) },
    {
      shapes: [...WIDE, [1, 5, 6, 16]],
      run: (x, filter, single) => tf.sub(wide(single, filter), wide(x, filter)),
    },
    { shapes: WIDE, run: (x, filter) => wide(smooth(wide(x, filter)), tf.reshape(filter, [3, 3, 64, 16])) },
  ],
  'sums and means': [
    besideWide([1], (x) => [
      tf.sum(x),
      tf.mean(x),
      tf.sum(x, 3),
      tf.mean(x, [1, 2], true),
      tf.sum(x, [0, 3]),
      tf.mean(x, 0),
    ]),
  ],
  'joining, cutting and turning': [
    besideWide([2, 3, 4, 16], (x, other) => [tf.concat([x, other], 3), tf.concat([other, x, x], 3)]),
    besideWide([2, 1, 4, 64], (x, other) => tf.concat([x, other], 1)),
    besideWide([1], (x) => [
      tf.slice(x, [1, 0, 1, 3], [1, 2, 2, 20]),
      tf.slice(x, [0, 1, 0, 0], [2, 2, 4, 64]),
    ]),
    besideWide([1], (x) => [...tf.split(x, 2), ...tf.split(x, 4, 3)]),
    besideWide([1], (x) => [tf.reshape(x, [2, 3, 4, 1, 64]), tf.reshape(x, [6, 256]), tf.expandDims(x, 0)]),
    besideWide([1], (x) => [
      tf.transpose(x, [3, 1, 0, 2]),
      tf.tile(x, [1, 2, 1, 2]),
      tf.pad(x, [
        [0, 0],
        [1, 1],
        [2, 0],
        [0, 1],
      ]),
    ]),
    besideWide([1], (x) => [
      tf.reshape(tf.slice(x, [0, 0, 0, 0], [1, 3, 4, 64]), [3, 4, 64]),
      tf.squeeze(wide(tf.reshape(x, [1, 6, 4, 64]), tf.fill([3, 3, 64, 16], 0.1))),
    ]),
    besideWide([1], (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [5, 7], false, true)),
    besideWide([1], (x) => [
      tf.where(tf.greater(x, 0), x, tf.mul(x, 2)),
      float(tf.logicalNot(tf.less(x, 0.5))),
    ]),
  ],
  'a bias that is not one': [
    // As long as another axis that a transpose put last.
    {
      shapes: [[3, 5, 6, 2], [3, 3, 2, 3], [3]],
      run: (x, w, b) => tf.add(tf.transpose(wide(x, w), [3, 1, 2, 0]), b),
    },
    {
      shapes: [[2, 5, 6, 2], [3, 3, 2, 3], [2]],
      run: (x, w, b) => tf.add(tf.transpose(wide(x, w), [3, 1, 2, 0]), b),
    },
    {
      shapes: [[1, 5, 6, 2], [3, 3, 2, 1], [4]],
      run: (x, w, b) => tf.add(tf.reshape(wide(x, w), [1, 1, 3, 4]), b),
    },
    { shapes: [[1, 5, 6, 2], [3, 3, 2, 3], [1]], run: (x, w, b) => tf.add(wide(x, w), b) },
    { shapes: [[1, 5, 6, 2], [3, 3, 2, 3], [3]], run: (x, w, b) => [tf.add(wide(x, w), b), wide(x, w)] },
  ],
  fills: [
    {
      shapes: [[2, 1, 1, 1]],
      run: (x) => [
        tf.mul(tf.ones([2, 5, 6, 1]), x),
        tf.add(x, tf.fill([2, 5, 6, 1], 3)),
        tf.sub(tf.zeros([2, 5, 6, 1]), x),
      ],
    },
    {
      shapes: [[2, 3]],
      run: (x) => [
        tf.mul(x, tf.zeros([4, 2, 3])),
        tf.mul(tf.ones([4, 2, 3]), x),
        tf.add(tf.zeros([2, 1]), x),
      ],
    },
    {
      shapes: [[]],
      run: (x) => [tf.add(x, tf.zeros([2, 3])), tf.mul(tf.ones([1, 1]), x), tf.div(x, tf.ones([2]))],
    },
    {
      shapes: [[2, 3]],
      run: (x) => [
        float(tf.greater(x, tf.zeros([2, 3]))),
        float(tf.less(tf.fill([2, 1], 0.5), x)),
        float(tf.greater(tf.fill([1, 1], 2), tf.scalar(1))),
      ],
    },
    {
      shapes: [[2, 3]],
      run: (x) => [
        tf.mul(x, float(tf.greaterEqual(tf.fill([2, 3], 2), tf.ones([2, 3])))),
        tf.where(tf.less(tf.zeros([2, 3]), tf.ones([2, 3])), x, tf.neg(x)),
      ],
    },
    {
      shapes: [[2, 3]],
      run: (x) => [
        tf.mul(x, float(tf.logicalNot(tf.greater(tf.zeros([2, 3]), tf.ones([2, 3]))))),
        float(tf.greater(tf.scalar(1), x)),
      ],
    },
    {
      shapes: [[1]],
      run: (x) => [
        tf.add(x, tf.exp(tf.fill([2, 2], 1))),
        tf.add(x, tf.step(tf.zeros([2]), 0.2)),
        tf.add(x, tf.leakyRelu(tf.fill([2], -1), 0.2)),
      ],
    },
    {
      shapes: [[2, 3]],
      run: (x) => [
        tf.zeros([2, 3]),
        tf.scalar(2),
        x,
        tf.concat([x, tf.ones([2, 1])], 1),
        tf.tensor([1, 2, 3]),
      ],
    },
    {
      shapes: [[2, 3]],
      run: (x) =>
        tf.add(
          x,
          tf.pad(tf.ones([1, 2]), [
            [0, 1],
            [1, 0],
          ]),
        ),
    },
    {
      shapes: [[2, 3]],
      run: (x) => [
        tf.add(x, tf.sum(tf.fill([4, 5], 2))),
        tf.add(x, tf.mean(tf.fill([2, 5], 3), 1, true)),
        tf.add(x, tf.tile(tf.fill([1, 3], 2), [2, 1])),
      ],
    },
  ],
};

describe.each(Object.entries(TESTED))('traced kernels, %s', (_, compiled) => {
  const check = async (cases: readonly Case[]): Promise<void> => {
    for (const { shapes, run, offset = 0 } of cases) {
      const inputs = Object.fromEntries(shapes.map((shape, index) => [`x${index}`, shape]));
      const step = (given: Record<string, tf.Tensor>) => {
        const result = [run(...shapes.map((__, index) => given[`x${index}`]!))].flat();
        return { outputs: Object.fromEntries(result.map((tensor, index) => [`y${index}`, tensor])) };
      };
      const values = Object.fromEntries(
        shapes.map((shape, index) => [
          `x${index}`,
          numbers(tf.util.sizeFromShape([...shape]), index, offset),
        ]),
      );
      const [program, reference] = [await compiled.compile(step, inputs), await oracle.compile(step, inputs)];
      const [actual, expected] = [await program.run(values), await reference.run(values)];
      await program.dispose();
      for (const key of Object.keys(expected))
        expectClose(actual[key]!, expected[key]!, `${key} of ${run.toString()}`);
    }
  };

  it.each(Object.entries(CASES))('[ENGINE1] %s gives the eager oracle’s numbers', (__, cases) =>
    check(cases),
  );
  it.each(Object.entries(MIXED))('[ENGINE1] %s: the eager oracle’s numbers', (__, cases) => check(cases));

  it('[ENGINE2] a kernel that is not traced fails at compile time with its name', async () => {
    const step = ({ x }: { x: tf.Tensor }) => ({ outputs: { y: tf.cumsum(x) } });
    await expect(compiled.compile(step, { x: [3] })).rejects.toThrow(/Cumsum/);
  });
});

/** Reproducible numbers in about −2…2, none of them near 0. */
function numbers(count: number, salt: number, offset: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => {
    const value = Math.sin(1 + index * 12.9898 + salt * 78.233) * 2;
    return (Math.abs(value) < 0.05 ? 0.05 : value) + offset;
  });
}

function expectClose(actual: Float32Array, expected: Float32Array, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
  const worst = expected.reduce(
    (sofar, value, i) => Math.max(sofar, Math.abs(actual[i]! - value) / scale || 0),
    0,
  );
  expect(actual.every(Number.isFinite), what).toBe(true);
  expect(worst, what).toBeLessThan(1e-4);
}
