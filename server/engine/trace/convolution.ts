/**
 * Convolutions and their gradients, resizing, and matrix products.
 *
 * TensorFlow.js gives pictures as [batch, height, width, channels] and filters as [height, width, in, out]; ONNX
 * wants NCHW and OIHW. Strides and dilations other than one are not traced: no network here has them.
 */
import { backend_util } from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../graph.ts';
import type { KernelName, Rules } from './kernels.ts';
import { NCHW, OIHW, at, equal, pick, placeAs, placed, placeNatural, range, reshapeValue } from './traced.ts';
import type { Traced } from './traced.ts';

type ConvolutionName =
  'BatchMatMul' | 'Conv2D' | 'Conv2DBackpropFilter' | 'Conv2DBackpropInput' | 'ResizeBilinear';

type Shape4 = [number, number, number, number];
type Info = ReturnType<typeof backend_util.computeConv2DInfo>;

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dilations?: number | [number, number];
}

function describe(
  kernel: string,
  x: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
): Info {
  const { strides, dilations = 1, pad, dataFormat } = attributes;
  if (dataFormat !== 'NHWC' || [strides, dilations].flat().some((step) => step !== 1)) {
    throw new Error(`internal: trace: ${kernel} is traced for NHWC with strides and dilations of 1 only`);
  }
  return backend_util.computeConv2DInfo(x as Shape4, filter as Shape4, strides, dilations, pad);
}

function convolve(graph: Graph, x: Value, filter: Value, pads: readonly number[]): Value {
  const [batch, , height, width] = x.shape as Shape4;
  const [out, , rows, columns] = filter.shape as Shape4;
  const [top, left, bottom, right] = pads as Shape4;
  const shape = [batch, out, height + top + bottom - rows + 1, width + left + right - columns + 1];
  return graph.add('Conv', [x, filter], shape, { kernel_shape: [rows, columns], pads });
}

/** dx = dy * the filter turned by 180° with its channels exchanged: twice as fast as ConvTranspose on the CPU. */
function inputGradient(graph: Graph, dy: Value, filter: Value, pads: readonly number[]): Value {
  const [out, input, rows, columns] = filter.shape as Shape4;
  const exchanged = graph.add('Transpose', [filter], [input, out, rows, columns], { perm: [1, 0, 2, 3] });
  const reversed = [
    [-1, -1],
    [-rows - 1, -columns - 1],
    [2, 3],
    [-1, -1],
  ].map((list) => graph.integers(list));
  const turned = graph.add('Slice', [exchanged, ...reversed], exchanged.shape);
  const [top, left, bottom, right] = pads as Shape4;
  return convolve(graph, dy, turned, [
    rows - 1 - top,
    columns - 1 - left,
    rows - 1 - bottom,
    columns - 1 - right,
  ]);
}

/**
 * dw[o, i, r, c] = Σ over batch and pixels of dy[o, y, x] · x[i, y + r, x + c], as one matrix product per filter
 * row r, over flat pixels.
 *
 * With dy padded to the rows of x, shifting it by c columns is shifting its flat pixels by c. Its copies, joined
 * with `columns` zeros between two of them and none around, read in rows of one pixel less than a copy with its
 * gap as dy shifted by 0, 1 … columns − 1: one join makes the left factor for all columns.
 */
function filterGradient(graph: Graph, x: Value, dy: Value): Value {
  const [batch, input, height, width] = x.shape as Shape4;
  const [, out, outHeight, outWidth] = dy.shape as Shape4;
  const rows = height - outHeight + 1;
  const columns = width - outWidth + 1;
  const pixels = outHeight * width;
  const length = pixels + columns - 1;

  const pads = graph.integers([0, 0, 0, 0, 0, 0, 0, columns - 1]);
  const wide =
    columns === 1 ? dy : graph.add('Pad', [dy, pads], [batch, out, outHeight, width], { mode: 'constant' });
  const copy = reshapeValue(graph, wide, [batch, out, pixels]);
  const gap = graph.constant(new Float32Array(batch * out * columns), [batch, out, columns]);
  const copies = range(columns).flatMap((column) => (column === 0 ? [copy] : [gap, copy]));
  const joined =
    columns === 1 ? copy : graph.add('Concat', copies, [batch, out, columns * length], { axis: 2 });
  const shifted = reshapeValue(graph, joined, [batch, out * columns, length]);

  const flat = reshapeValue(graph, x, [batch, input, height * width]);
  const products = range(rows).map((row) => {
    const window = cut(graph, flat, row * width, length);
    return sumOfProducts(graph, window, shifted); // [input, out · columns]
  });
  const stacked =
    rows === 1 ? at1(products) : graph.add('Concat', products, [rows * input, out * columns], { axis: 0 });
  const split = reshapeValue(graph, stacked, [rows, input, out, columns]);
  return graph.add('Transpose', [split], [out, input, rows, columns], { perm: [2, 1, 0, 3] });
}

function at1<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('internal: trace: empty list');
  return first;
}

/** `length` pixels from `start` of [batch, channels, pixels], zeros beyond the end. */
function cut(graph: Graph, flat: Value, start: number, length: number): Value {
  const [batch, channels, pixels] = flat.shape as [number, number, number];
  const shape = [batch, channels, length];
  if (start === 0 && length === pixels) return flat;
  if (start + length <= pixels) {
    return graph.add(
      'Slice',
      [flat, ...[[start], [start + length], [2]].map((list) => graph.integers(list))],
      shape,
    );
  }
  // Negative padding crops.
  const pads = graph.integers([0, 0, -start, 0, 0, start + length - pixels]);
  return graph.add('Pad', [flat, pads], shape, { mode: 'constant' });
}

/** Σ over batch of a · bᵀ, for a [batch, m, k] and b [batch, n, k]: [m, n]. */
function sumOfProducts(graph: Graph, a: Value, b: Value): Value {
  const [batch, m, k] = a.shape as [number, number, number];
  const [, n] = b.shape as [number, number, number];
  if (batch === 1) {
    const factors = [reshapeValue(graph, a, [m, k]), reshapeValue(graph, b, [n, k])];
    return graph.add('Gemm', factors, [m, n], { transB: 1 });
  }
  const transposed = graph.add('Transpose', [b], [batch, k, n], { perm: [0, 2, 1] });
  const product = graph.add('MatMul', [a, transposed], [batch, m, n]);
  return graph.add('ReduceSum', [product, graph.integers([0])], [m, n], { keepdims: 0 });
}

function matrices(graph: Graph, x: Traced, transpose: boolean): Value {
  const { value, shape } = placeNatural(graph, x);
  if (!transpose) return value;
  const rank = shape.length;
  const perm = [...range(rank - 2), rank - 1, rank - 2];
  return graph.add('Transpose', [value], pick(shape, perm), { perm });
}

export const CONVOLUTION_RULES: Rules<ConvolutionName> = {
  BatchMatMul: ({ a, b }, { transposeA, transposeB }, graph) => {
    const left = matrices(graph, a, transposeA);
    const right = matrices(graph, b, transposeB);
    const batch = backend_util.assertAndGetBroadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
    const shape = [...batch, ...left.shape.slice(-2, -1), ...right.shape.slice(-1)];
    return placed(graph.add('MatMul', [left, right], shape), shape, range(shape.length));
  },
  Conv2D: ({ x, filter }, attributes, graph) => {
    const { padInfo, outShape } = describe('Conv2D', x.shape, filter.shape, attributes);
    const pads = [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right];
    const value = convolve(graph, placeAs(graph, x, NCHW).value, placeAs(graph, filter, OIHW).value, pads);
    return placed(value, outShape, NCHW);
  },
  Conv2DBackpropFilter: ({ x, dy }, attributes, graph) => {
    const { padInfo } = describe('Conv2DBackpropFilter', x.shape, attributes.filterShape, attributes);
    const pads = [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right];
    let picture = placeAs(graph, x, NCHW).value;
    if (!equal(pads, [0, 0, 0, 0])) {
      const [batch, channels, height, width] = picture.shape as Shape4;
      const shape = [
        batch,
        channels,
        height + padInfo.top + padInfo.bottom,
        width + padInfo.left + padInfo.right,
      ];
      const all = graph.integers([0, 0, padInfo.top, padInfo.left, 0, 0, padInfo.bottom, padInfo.right]);
      picture = graph.add('Pad', [picture, all], shape, { mode: 'constant' });
    }
    return placed(
      filterGradient(graph, picture, placeAs(graph, dy, NCHW).value),
      attributes.filterShape,
      OIHW,
    );
  },
  Conv2DBackpropInput: ({ dy, filter }, attributes, graph) => {
    const { padInfo } = describe('Conv2DBackpropInput', attributes.inputShape, filter.shape, attributes);
    const pads = [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right];
    const value = inputGradient(
      graph,
      placeAs(graph, dy, NCHW).value,
      placeAs(graph, filter, OIHW).value,
      pads,
    );
    return placed(value, attributes.inputShape, NCHW);
  },
  ResizeBilinear: ({ images }, { size, alignCorners, halfPixelCenters }, graph) => {
    const { value } = placeAs(graph, images, NCHW);
    const [batch, channels] = value.shape as Shape4;
    const shape = [batch, channels, ...size];
    const mode = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
    const inputs = [value, null, null, graph.integers(shape)];
    const resized = graph.add('Resize', inputs, shape, {
      mode: 'linear',
      coordinate_transformation_mode: mode,
    });
    return placed(resized, [batch, ...size, channels], NCHW);
  },
} satisfies Partial<Rules<KernelName>>;
