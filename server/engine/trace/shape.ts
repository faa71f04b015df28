/** Kernels that only move numbers: reshape, transpose, pad, slice, split, join, repeat, fill. */
import { util } from '@tensorflow/tfjs-core';
import type { Shape } from '../../program.ts';
import type { Graph } from '../graph.ts';
import type { KernelName, Rules } from './kernels.ts';
import {
  at,
  equal,
  filled,
  pick,
  place,
  placeAs,
  placed,
  placeNatural,
  range,
  reshapeValue,
  sizeOf,
} from './traced.ts';
import type { Placed, Traced } from './traced.ts';

type ShapeName =
  'Concat' | 'ExpandDims' | 'Fill' | 'PadV2' | 'Reshape' | 'Slice' | 'SplitV' | 'Tile' | 'Transpose';

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function reshape(graph: Graph, x: Traced, shape: Shape): Traced {
  if (equal(x.shape, shape)) return x;
  if (x.kind === 'fill' || x.kind === 'host') return { ...x, shape };
  const plain = place(graph, x);
  const kept = squeezedLayout(plain, shape);
  if (kept) return placed(reshapeValue(graph, plain.value, pick(shape, kept)), shape, kept, x.dtype);
  const natural = placeNatural(graph, x);
  return placed(reshapeValue(graph, natural.value, shape), shape, range(shape.length), x.dtype);
}

/** Where a reshape only adds or drops axes of size one, the layout that needs no transpose; else undefined. */
function squeezedLayout(x: Placed, shape: Shape): number[] | undefined {
  const large = (sizes: Shape): number[] => range(sizes.length).filter((axis) => sizes[axis] !== 1);
  const from = large(x.shape);
  const to = large(shape);
  if (!equal(pick(x.shape, from), pick(shape, to))) return undefined;
  const ones = range(shape.length).filter((axis) => shape[axis] === 1);
  const order = x.layout.filter((axis) => from.includes(axis)).map((axis) => at(to, from.indexOf(axis)));
  return [...ones, ...order];
}

function slice(graph: Graph, x: Traced, begin: Shape, size: Shape): Traced {
  const shape = size.map((length, axis) => (length < 0 ? at(x.shape, axis) - at(begin, axis) : length));
  if (equal(shape, x.shape)) return x;
  if (x.kind === 'fill') return filled(shape, x.fill, x.dtype);
  const { value, layout } = place(graph, x);
  const cut = layout
    .map((_, axis) => axis)
    .filter((axis) => shape[at(layout, axis)] !== x.shape[at(layout, axis)]);
  const starts = cut.map((axis) => at(begin, at(layout, axis)));
  const ends = cut.map((axis) => at(begin, at(layout, axis)) + at(shape, at(layout, axis)));
  const lists = [starts, ends, cut].map((list) => graph.integers(list));
  return placed(graph.add('Slice', [value, ...lists], pick(shape, layout)), shape, layout, x.dtype);
}

export const SHAPE_RULES: Rules<ShapeName> = {
  Concat: (inputs, { axis }, graph) => {
    const filledInputs = inputs.filter((item) => sizeOf(item.shape) > 0);
    const [first] = filledInputs;
    if (!first) throw new Error('internal: trace: Concat of nothing');
    if (filledInputs.length === 1) return first;
    const rank = first.shape.length;
    const along = positive(axis, rank);
    const anchor = filledInputs.find((item) => item.kind === 'placed');
    const layout = anchor?.kind === 'placed' ? anchor.layout : range(rank);
    const shape = first.shape.map((size, index) =>
      index === along ? filledInputs.reduce((sum, item) => sum + at(item.shape, along), 0) : size,
    );
    const values = filledInputs.map((item) => placeAs(graph, item, layout).value);
    return placed(
      graph.add('Concat', values, pick(shape, layout), { axis: layout.indexOf(along) }),
      shape,
      layout,
    );
  },
  ExpandDims: ({ input }, { dim }, graph) => {
    const shape = [...input.shape];
    shape.splice(positive(dim, shape.length + 1), 0, 1);
    return reshape(graph, input, shape);
  },
  Fill: (_, { shape, value, dtype }) => filled(shape, Number(value), dtype),
  PadV2: ({ x }, { paddings, constantValue }, graph) => {
    const shape = x.shape.map((size, axis) => {
      const [before, after] = paddings[axis] ?? [0, 0];
      return before + size + after;
    });
    if (x.kind === 'fill' && x.fill === constantValue) return filled(shape, constantValue);
    const { value, layout } = place(graph, x);
    const pads = [0, 1].flatMap((side) => layout.map((axis) => paddings[axis]?.[side] ?? 0));
    const inputs = [
      value,
      graph.integers(pads),
      ...(constantValue === 0 ? [] : [graph.scalar(constantValue)]),
    ];
    return placed(graph.add('Pad', inputs, pick(shape, layout), { mode: 'constant' }), shape, layout);
  },
  Reshape: ({ x }, { shape }, graph) =>
    reshape(graph, x, util.inferFromImplicitShape(shape, sizeOf(x.shape))),
  Slice: ({ x }, { begin, size }, graph) => slice(graph, x, [begin].flat(), [size].flat()),
  SplitV: ({ x }, { numOrSizeSplits, axis }, graph) => {
    const along = positive(axis, x.shape.length);
    const length = at(x.shape, along);
    const sizes = Array.isArray(numOrSizeSplits)
      ? numOrSizeSplits
      : range(numOrSizeSplits).map(() => length / numOrSizeSplits);
    const shapes = sizes.map((size) => x.shape.map((whole, index) => (index === along ? size : whole)));
    if (sizes.length === 1) return [x];
    if (x.kind === 'fill') return shapes.map((shape) => filled(shape, x.fill, x.dtype));
    const { value, layout } = place(graph, x);
    const parts = graph.addMany(
      'Split',
      [value, graph.integers(sizes)],
      shapes.map((shape) => pick(shape, layout)),
      { axis: layout.indexOf(along) },
    );
    return parts.map((part, index) => placed(part, shapes[index] ?? [], layout, x.dtype));
  },
  Tile: ({ x }, { reps }, graph) => {
    const shape = x.shape.map((size, axis) => size * at(reps, axis));
    if (equal(shape, x.shape)) return x;
    if (x.kind === 'fill') return filled(shape, x.fill, x.dtype);
    const { value, layout } = place(graph, x);
    return placed(
      graph.add('Tile', [value, graph.integers(pick(reps, layout))], pick(shape, layout)),
      shape,
      layout,
      x.dtype,
    );
  },
  // Only the bookkeeping turns: the memory stays as it is.
  Transpose: ({ x }, { perm }, graph) => {
    const shape = pick(x.shape, perm);
    if (x.kind === 'fill') return { ...x, shape };
    const { value, layout } = place(graph, x);
    return placed(
      value,
      shape,
      layout.map((axis) => perm.indexOf(axis)),
      x.dtype,
    );
  },
} satisfies Partial<Rules<KernelName>>;
