import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../program.ts';
import { CompiledEngine } from './compiled.ts';
import { EagerEngine } from './eager.ts';
import type { KernelName } from './trace/kernels.ts';

const compiled = new CompiledEngine('cpu');
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

describe('traced kernels', () => {
  it.each(Object.entries(CASES))('[ENGINE1] %s gives the eager oracle’s numbers', async (_, cases) => {
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
      for (const key of Object.keys(expected)) expectClose(actual[key]!, expected[key]!);
    }
  });

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

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  for (const [index, value] of expected.entries()) {
    expect(Math.abs(actual[index]! - value) / Math.max(Math.abs(value), scale)).toBeLessThan(1e-4);
  }
}
