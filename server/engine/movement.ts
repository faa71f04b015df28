/** Nodes that only move numbers, as index maps. */
import type { Shape } from '../program.ts';
import type { Graph, Node } from './graph.ts';
import { pick, sizeOf } from './trace/traced.ts';

/** For each number of an output, in memory order, its place in the input; `ZERO` stands for a zero that is put in. */
export type IndexMap = Int32Array;
export const ZERO = -1;

/** The index maps of a node's outputs from its first input; undefined where the node computes. */
export function mapsOf(graph: Graph, node: Node): IndexMap[] | undefined {
  const [data, ...lists] = node.inputs;
  if (!data) return undefined;
  const { shape } = data;
  const strides = stridesOf(shape);
  const output = node.outputs[0]?.shape ?? [];
  const given = lists.map((value) => value && graph.integersOf(value));
  switch (node.op) {
    case 'Reshape':
      return [identity(sizeOf(shape))];
    case 'Transpose': {
      const { perm } = node.attributes;
      if (!isList(perm)) return undefined;
      return [strided(output, pick(strides, perm), 0)];
    }
    case 'Split': {
      const axis = Number(node.attributes['axis']);
      let start = 0;
      return node.outputs.map((part) => {
        const map = strided(part.shape, strides, start * (strides[axis] ?? 0));
        start += part.shape[axis] ?? 0;
        return map;
      });
    }
    case 'Slice': {
      const [starts, ends, axes, steps] = given;
      if (!starts || !ends || !axes || steps === null) return undefined;
      const moved = [...strides];
      let offset = 0;
      axes.forEach((axis, i) => {
        const [start, stride, length] = [starts[i] ?? 0, strides[axis] ?? 0, shape[axis] ?? 0];
        offset += stride * (start < 0 ? start + length : start);
        moved[axis] = stride * (steps?.[i] ?? 1);
      });
      return [strided(output, moved, offset)];
    }
    case 'Pad': {
      const [pads] = given;
      if (!pads || given.length > 1 || pads.some((pad) => pad < 0)) return undefined;
      const inside = strided(shape, stridesOf(output), offsetOf(pads.slice(0, shape.length), output));
      const map = new Int32Array(sizeOf(output)).fill(ZERO);
      inside.forEach((place, i) => (map[place] = i));
      return [map];
    }
    default:
      return undefined;
  }
}

/** First `inner`, then `outer`, which reads what `inner` gives. */
export function compose(outer: IndexMap, inner: IndexMap): IndexMap {
  return outer.map((place) => (place === ZERO ? ZERO : (inner[place] ?? ZERO)));
}

export function identity(size: number): IndexMap {
  return new Int32Array(size).map((_, i) => i);
}

export function isContiguous(map: IndexMap): boolean {
  return map.every((place, i) => place === (map[0] ?? 0) + i);
}

function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

const offsetOf = (coordinates: readonly number[], shape: Shape): number =>
  stridesOf(shape).reduce((sum, stride, axis) => sum + stride * (coordinates[axis] ?? 0), 0);

const isList = (value: unknown): value is readonly number[] => Array.isArray(value);

/** offset + Σ coordinate · stride, over all coordinates of `shape` in memory order. */
function strided(shape: Shape, strides: readonly number[], offset: number): IndexMap {
  let places = Int32Array.of(offset);
  shape.forEach((length, axis) => {
    const stride = strides[axis] ?? 0;
    const next = new Int32Array(places.length * length);
    places.forEach((place, row) => {
      for (let i = 0; i < length; i++) next[row * length + i] = place + i * stride;
    });
    places = next;
  });
  return places;
}

/** The maps one after another. */
export function join(maps: readonly IndexMap[]): IndexMap {
  const joined = new Int32Array(maps.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const map of maps) {
    joined.set(map, start);
    start += map.length;
  }
  return joined;
}
