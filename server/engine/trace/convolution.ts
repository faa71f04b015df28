/**
 * Convolutions and their gradients, resizing, and matrix products.
 *
 * TensorFlow.js gives pictures as [batch, height, width, channels] and filters as [height, width, in, out]; ONNX
 * wants NCHW and OIHW. Strides and dilations other than one are not traced: no network here has them.
 */
import { backend_util } from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../graph.ts';
import type { KernelName, Rules } from './kernels.ts';
import {
  NCHW,
  NCHWC_DOMAIN,
  OIHW,
  blocked,
  equal,
  filled,
  pick,
  placeAs,
  placeBlocked,
  placeNatural,
  placed,
  range,
  reshapeValue,
} from './traced.ts';
import type { Placed, Traced } from './traced.ts';

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

/** A filter as it is, or turned by 180° with its channels exchanged. */
interface Filter {
  /** OIHW */
  readonly value: Value;
  readonly turned: boolean;
}

/** Convolves a picture; `pads` are top, left, bottom, right. */
function convolve(
  graph: Graph,
  x: Traced,
  filter: Filter,
  pads: readonly number[],
  shape: readonly number[],
): Placed {
  const [first, second, rows, columns] = filter.value.shape as Shape4;
  const [out, input] = filter.turned ? [second, first] : [first, second];
  const block = graph.channelBlock;
  const attributes = { kernel_shape: [rows, columns], pads };
  const physical = pick(shape, NCHW);
  const fast = block > 0 && out % block === 0 && (input % block === 0 || input < block);
  if (!fast) {
    const factors = [placeAs(graph, x, NCHW).value, filter.turned ? turn(graph, filter.value) : filter.value];
    const inputs = graph.gpu ? factors.map((factor) => padChannels(graph, factor)) : factors;
    return placed(graph.add('Conv', inputs, physical, attributes), shape, NCHW);
  }
  // The blocked kernels read fewer channels than a block in plain order.
  const picture = input < block ? placeAs(graph, x, NCHW) : placeBlocked(graph, x);
  const inputs = [picture.value, blockFilter(graph, filter, block)];
  return blocked(graph.add('Conv', inputs, physical, attributes, { domain: NCHWC_DOMAIN }), shape);
}

/**
 * Zeros up to four channels or a multiple. ONNX Runtime 1.30's WebGPU convolutions give wrong numbers for multiples of
 * three beyond three that are none of four (its issue 29651), and read fours fastest.
 */
function padChannels(graph: Graph, value: Value): Value {
  const [first, channels, rows, columns] = value.shape as Shape4;
  const missing = (4 - (channels % 4)) % 4;
  if (channels <= 4 || missing === 0) return value;
  const pads = graph.integers([0, 0, 0, 0, 0, missing, 0, 0]);
  return graph.add('Pad', [value, pads], [first, channels + missing, rows, columns], { mode: 'constant' });
}

function turn(graph: Graph, filter: Value): Value {
  const [out, input, rows, columns] = filter.shape as Shape4;
  const exchanged = graph.add('Transpose', [filter], [input, out, rows, columns], { perm: [1, 0, 2, 3] });
  return reverse(graph, exchanged);
}

/** The last two axes of a filter backwards. */
function reverse(graph: Graph, filter: Value): Value {
  const [, , rows, columns] = filter.shape as Shape4;
  const lists = [
    [-1, -1],
    [-rows - 1, -columns - 1],
    [2, 3],
    [-1, -1],
  ].map((list) => graph.integers(list));
  return graph.add('Slice', [filter, ...lists], filter.shape);
}

/** A filter in the order of the blocked kernels: OIHWBiBo, or OIHWBo where its input is less than a block. */
function blockFilter(graph: Graph, { value, turned }: Filter, block: number): Value {
  const [first, second, rows, columns] = value.shape as Shape4;
  const split = (channels: number): number[] =>
    channels < block ? [1, channels] : [channels / block, block];
  const oriented = turned ? reverse(graph, value) : value;
  const parts = reshapeValue(graph, oriented, [...split(first), ...split(second), rows, columns]);
  const perm = turned ? [2, 0, 4, 5, 1, 3] : [0, 2, 4, 5, 3, 1];
  // With less than a block of input, its channels come before the filter's rows and columns.
  const [out, input] = turned ? [second, first] : [first, second];
  const [outBlocks, inBlocks, row, column, inBlock, outBlock] = perm as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const order = input < block ? [outBlocks, inBlocks, inBlock, row, column, outBlock] : perm;
  const ordered = graph.add('Transpose', [parts], pick(parts.shape, order), { perm: order });
  return reshapeValue(graph, ordered, [out, input, rows, columns]);
}

/**
 * The product's result is small and its inner dimension, the pixels, long. A GPU, whose cores each take some of the
 * result, multiplies parts of the pixels side by side and sums them.
 */
const PART_LENGTH = 512;
const MOST_PARTS = 64;

/** Up to here the time is in the number of nodes, beyond it in copying. */
const FEW_PIXELS = 6000;

/**
 * dw[o, i, r, c] = Σ over batch and pixels of dy[o, y, x] · x[i, y + r, x + c], as matrix products over flat pixels.
 *
 * With dy padded to the rows of x, shifting it by c columns is shifting its flat pixels by c, and `shiftedCopies`
 * makes the left factor for all columns; the right factor is the window of x from row r on. Few pixels are done in
 * one product, all rows' windows being one more join.
 */
function filterGradient(graph: Graph, x: Value, dy: Value): Value {
  const [batch, input, height, width] = x.shape as Shape4;
  const [, out, outHeight, outWidth] = dy.shape as Shape4;
  const rows = height - outHeight + 1;
  const columns = width - outWidth + 1;
  const together = height * width <= FEW_PIXELS && rows > 1;
  const least = (together ? height + 1 : height) * width;
  const parts = graph.gpu ? Math.min(MOST_PARTS, Math.ceil(least / PART_LENGTH)) : 1;
  const length = Math.ceil(least / parts) * parts;

  const pads = graph.integers([0, 0, 0, 0, 0, 0, 0, columns - 1]);
  const wide =
    columns === 1 ? dy : graph.add('Pad', [dy, pads], [batch, out, outHeight, width], { mode: 'constant' });
  const shifted = shiftedCopies(
    graph,
    reshapeValue(graph, wide, [batch, out, outHeight * width]),
    columns,
    1,
    length,
  );
  const flat = reshapeValue(graph, x, [batch, input, height * width]);

  if (together) {
    const windows = shiftedCopies(graph, flat, rows, -width, length); // [batch, input · rows, length]
    const product = sumOverBatch(graph, products(graph, shifted, windows, parts));
    const split = reshapeValue(graph, product, [out, columns, input, rows]);
    return graph.add('Transpose', [split], [out, input, rows, columns], { perm: [0, 2, 3, 1] });
  }
  const perRow = range(rows).map((row) =>
    products(graph, shifted, cut(graph, flat, row * width, length), parts),
  );
  const joined = graph.add('Concat', perRow, [batch * parts, rows * out * columns, input], { axis: 1 });
  const split = reshapeValue(graph, sumOverBatch(graph, joined), [rows, out, columns, input]);
  return graph.add('Transpose', [split], [out, input, rows, columns], { perm: [1, 3, 0, 2] });
}

/**
 * `count` copies of flat pixels [batch, channels, pixels] as rows of `length`, the i-th shifted by i · `shift`:
 * [batch, channels · count, length]. One join: with the right gaps between the copies, reading the whole in rows of
 * `length` shifts each copy a little further. Beyond a copy's own pixels there are zeros, or, for a negative shift,
 * pixels of the next copy: the other factor has to be zero there.
 */
function shiftedCopies(graph: Graph, flat: Value, count: number, shift: number, length: number): Value {
  const [batch, channels, pixels] = flat.shape as [number, number, number];
  if (count === 1 && length === pixels) return flat;
  const zeros = (width: number): Value[] => (width === 0 ? [] : [graph.filled(0, [batch, channels, width])]);
  const gap = length + shift - pixels;
  const end = count * length - (count - 1) * (length + shift) - pixels;
  const copies = range(count).flatMap((index) => [flat, ...zeros(index < count - 1 ? gap : end)]);
  const joined = graph.add('Concat', copies, [batch, channels, count * length], { axis: 2 });
  return reshapeValue(graph, joined, [batch, channels * count, length]);
}

/** `length` pixels from `start` of [batch, channels, pixels], zeros beyond the end. */
function cut(graph: Graph, flat: Value, start: number, length: number): Value {
  const [batch, channels, pixels] = flat.shape as [number, number, number];
  const shape = [batch, channels, length];
  if (start === 0 && length === pixels) return flat;
  if (start + length <= pixels) {
    const lists = [[start], [start + length], [2]].map((list) => graph.integers(list));
    return graph.add('Slice', [flat, ...lists], shape);
  }
  // Negative padding crops.
  const pads = graph.integers([0, 0, -start, 0, 0, start + length - pixels]);
  return graph.add('Pad', [flat, pads], shape, { mode: 'constant' });
}

/**
 * a · bᵀ for each of the batch: [batch, m, k] and [batch, n, k] give [batch · parts, m, n], products over equal parts of
 * k that are still to be summed.
 */
function products(graph: Graph, a: Value, b: Value, parts: number): Value {
  const [batch, m, k] = a.shape as [number, number, number];
  const [, n] = b.shape as [number, number, number];
  if (parts > 1) {
    const part = k / parts;
    const left = permute(graph, reshapeValue(graph, a, [batch, m, parts, part]), [0, 2, 1, 3]);
    const right = permute(graph, reshapeValue(graph, b, [batch, n, parts, part]), [0, 2, 3, 1]);
    const factors = [
      reshapeValue(graph, left, [batch * parts, m, part]),
      reshapeValue(graph, right, [batch * parts, part, n]),
    ];
    return graph.add('MatMul', factors, [batch * parts, m, n]);
  }
  if (batch === 1) {
    const factors = [reshapeValue(graph, a, [m, k]), reshapeValue(graph, b, [n, k])];
    return reshapeValue(graph, graph.add('Gemm', factors, [m, n], { transB: 1 }), [1, m, n]);
  }
  return graph.add('MatMul', [a, permute(graph, b, [0, 2, 1])], [batch, m, n]);
}

const permute = (graph: Graph, value: Value, perm: readonly number[]): Value =>
  graph.add('Transpose', [value], pick(value.shape, perm), { perm });

function sumOverBatch(graph: Graph, x: Value): Value {
  const [batch, ...shape] = x.shape;
  if (batch === 1) return reshapeValue(graph, x, shape);
  return graph.add('ReduceSum', [x, graph.integers([0])], shape, { keepdims: 0 });
}

function matrices(graph: Graph, x: Traced, transpose: boolean): Value {
  const { value, shape } = placeNatural(graph, x);
  if (!transpose) return value;
  const rank = shape.length;
  const perm = [...range(rank - 2), rank - 1, rank - 2];
  return graph.add('Transpose', [value], pick(shape, perm), { perm });
}

const isZero = (traced: Traced): boolean => traced.kind === 'fill' && traced.fill === 0;

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
    const { value } = placeAs(graph, filter, OIHW);
    return convolve(graph, x, { value, turned: false }, pads, outShape);
  },
  Conv2DBackpropFilter: ({ x, dy }, attributes, graph) => {
    if (isZero(dy) || isZero(x)) return filled(attributes.filterShape, 0);
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
  // dx = dy * the turned filter: twice as fast as ConvTranspose on the CPU.
  Conv2DBackpropInput: ({ dy, filter }, attributes, graph) => {
    if (isZero(dy)) return filled(attributes.inputShape, 0);
    const { padInfo, filterHeight, filterWidth } = describe(
      'Conv2DBackpropInput',
      attributes.inputShape,
      filter.shape,
      attributes,
    );
    const { top, left, bottom, right } = padInfo;
    const [rows, columns] = [filterHeight - 1, filterWidth - 1];
    const pads = [rows - top, columns - left, rows - bottom, columns - right];
    const { value } = placeAs(graph, filter, OIHW);
    return convolve(graph, dy, { value, turned: true }, pads, attributes.inputShape);
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
