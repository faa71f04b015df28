/**
 * Traced values and their layout. TensorFlow.js thinks in NHWC, ONNX convolutions in NCHW: every traced value
 * carries the permutation from its physical to its logical axes, so that almost no transposes remain.
 */
import { backend_util } from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import type { Shape } from '../../program.ts';
import type { Graph, Value } from '../graph.ts';

interface Described {
  /** Logical shape. */
  readonly shape: Shape;
  readonly dtype: DataType;
}

/**
 * A graph value; its physical axis i is the logical axis `layout[i]`. A blocked one is in ONNX Runtime's NCHWc
 * order, [N, C / block, H, W, block] under the shape NCHW: what its fast CPU convolutions read and write.
 */
export interface Placed extends Described {
  readonly kind: 'placed';
  readonly value: Value;
  readonly layout: readonly number[];
  readonly blocked?: true;
}

/** Known numbers, row-major, that enter the graph as a constant when something needs them. */
export interface Host extends Described {
  readonly kind: 'host';
  readonly data: Float32Array;
}

/** One number everywhere. Gradients make many; they stay symbolic and fold away. */
export interface Fill extends Described {
  readonly kind: 'fill';
  readonly fill: number;
}

/**
 * A value that is repeated along axes in which `source` has one entry. Gradients of means and sums make them; they
 * stay as small as they are where an operation broadcasts anyway.
 */
export interface Spread extends Described {
  readonly kind: 'spread';
  /** Of the same rank. */
  readonly source: Placed;
}

export type Traced = Placed | Host | Fill | Spread;

/** Where ONNX Runtime keeps its blocked CPU kernels. */
export const NCHWC_DOMAIN = 'com.microsoft.nchwc';

export const NCHW = [0, 3, 1, 2] as const;
/** Of a filter whose logical axes are height, width, in, out. */
export const OIHW = [3, 2, 0, 1] as const;

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
export const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);
export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);
/** `list[index]` for every index of `order`. */
export const pick = (list: readonly number[], order: readonly number[]): number[] =>
  order.map((index) => at(list, index));

/** `list[index]`, which must be there. */
export function at(list: readonly number[], index: number): number {
  const item = list[index];
  if (item === undefined) throw new Error(`internal: axis ${index} of ${list.length}`);
  return item;
}

export const placed = (
  value: Value,
  shape: Shape,
  layout: readonly number[],
  dtype: DataType = 'float32',
): Placed => ({
  kind: 'placed',
  value,
  shape,
  layout,
  dtype,
});

export const filled = (shape: Shape, fill: number, dtype: DataType = 'float32'): Fill => ({
  kind: 'fill',
  fill,
  shape,
  dtype,
});

/** The value repeated up to `shape`, where it is smaller. */
export const spread = (source: Placed, shape: Shape): Placed | Spread =>
  equal(source.shape, shape) ? source : { kind: 'spread', source, shape, dtype: source.dtype };

/** Takes host numbers in; equal ones become a fill. */
export function fromHost(data: ArrayLike<number>, shape: Shape, dtype: DataType): Traced {
  const [first] = Array.from({ length: Math.min(1, data.length) }, () => data[0]);
  const numbers = data instanceof Float32Array ? data : Float32Array.from(data);
  if (first !== undefined && numbers.every((number) => number === first)) return filled(shape, first, dtype);
  return { kind: 'host', data: numbers, shape, dtype };
}

/** Puts a value into the graph, in whatever layout it has, but not blocked. */
export function place(graph: Graph, traced: Traced): Placed {
  const any = placeAny(graph, traced);
  if (!any.blocked) return any;
  const [, channels = 0] = any.value.shape;
  const value = graph.add(
    'ReorderOutput',
    [any.value],
    any.value.shape,
    { channels },
    { domain: NCHWC_DOMAIN },
  );
  return placed(value, any.shape, any.layout, any.dtype);
}

/** Puts a picture into the graph in blocked order; its channels must fill whole blocks. */
export function placeBlocked(graph: Graph, traced: Traced): Placed {
  const any = placeAny(graph, traced);
  if (any.blocked) return any;
  const { value, shape } = placeAs(graph, any, NCHW);
  const [source] = graph.producer(value)?.op === 'ReorderOutput' ? (graph.producer(value)?.inputs ?? []) : [];
  const reordered = source ?? graph.add('ReorderInput', [value], value.shape, {}, { domain: NCHWC_DOMAIN });
  return blocked(reordered, shape);
}

export const blocked = (value: Value, shape: Shape): Placed => ({
  ...placed(value, shape, NCHW),
  blocked: true,
});

/** Puts a value into the graph as it is, blocked or not: for operations that work number by number. */
export function placeAny(graph: Graph, traced: Traced): Placed {
  const { shape, dtype } = traced;
  const natural = range(shape.length);
  switch (traced.kind) {
    case 'placed':
      return traced;
    case 'host':
      return placed(graph.constant(traced.data, shape), shape, natural, dtype);
    case 'fill': {
      const scalar = graph.scalar(traced.fill);
      if (shape.length === 0) return placed(scalar, shape, natural, dtype);
      return placed(graph.add('Expand', [scalar, graph.integers(shape)], shape), shape, natural, dtype);
    }
    case 'spread': {
      const { value, layout } = place(graph, traced.source);
      const physical = pick(shape, layout);
      return placed(graph.add('Expand', [value, graph.integers(physical)], physical), shape, layout, dtype);
    }
    default:
      return traced satisfies never;
  }
}

/** Puts a value into the graph with its physical axes in the given order of its logical ones. */
export function placeAs(graph: Graph, traced: Traced, layout: readonly number[]): Placed {
  const { value, shape, layout: from, dtype } = place(graph, traced);
  if (equal(from, layout)) return placed(value, shape, from, dtype);
  const physical = pick(shape, layout);
  const large = (order: readonly number[]): number[] => order.filter((axis) => at(shape, axis) !== 1);
  // Only axes of size one move: the same memory under another shape.
  const moved = equal(large(from), large(layout))
    ? reshapeValue(graph, value, physical)
    : graph.add('Transpose', [value], physical, { perm: layout.map((axis) => from.indexOf(axis)) });
  return placed(moved, shape, layout, dtype);
}

/** The value with its logical axes in memory order. */
export const placeNatural = (graph: Graph, traced: Traced): Placed =>
  placeAs(graph, traced, range(traced.shape.length));

/** The same memory under another physical shape. */
export function reshapeValue(graph: Graph, value: Value, shape: Shape): Value {
  if (equal(value.shape, shape)) return value;
  const producer = graph.producer(value);
  const [source] = producer?.op === 'Reshape' ? producer.inputs : [];
  return graph.add('Reshape', [source ?? value, graph.integers(shape)], shape);
}

/** Result shape of an elementwise operation. */
export const broadcast = (a: Shape, b: Shape): number[] =>
  backend_util.assertAndGetBroadcastShape([...a], [...b]);
