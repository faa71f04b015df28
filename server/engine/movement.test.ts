import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Graph } from './graph.ts';
import type { Value } from './graph.ts';
import { compose, identity, isContiguous, join, mapsOf } from './movement.ts';
import { sizeOf } from './trace/traced.ts';

/** A node over a picture of the given shape, and its maps. */
function mapsFor(
  shape: readonly number[],
  add: (graph: Graph, x: Value) => readonly Value[],
): number[][] | undefined {
  const graph = new Graph();
  const [output] = add(graph, graph.input('x', shape));
  const node = output && graph.producer(output);
  if (!node) throw new Error('no node');
  return mapsOf(graph, node)?.map((map) => [...map]);
}

describe('the index maps of a node', () => {
  it('that reshapes', () => {
    const maps = mapsFor([2, 3], (graph, x) => [graph.add('Reshape', [x, graph.integers([3, 2])], [3, 2])]);
    expect(maps).toEqual([[0, 1, 2, 3, 4, 5]]);
  });

  it('that transposes', () => {
    const maps = mapsFor([2, 3], (graph, x) => [graph.add('Transpose', [x], [3, 2], { perm: [1, 0] })]);
    expect(maps).toEqual([[0, 3, 1, 4, 2, 5]]);
  });

  it('that splits', () => {
    const maps = mapsFor([2, 3], (graph, x) =>
      graph.addMany(
        'Split',
        [x, graph.integers([1, 2])],
        [
          [2, 1],
          [2, 2],
        ],
        { axis: 1 },
      ),
    );
    expect(maps).toEqual([
      [0, 3],
      [1, 2, 4, 5],
    ]);
  });

  it('that cuts and turns', () => {
    const cut = mapsFor([2, 3], (graph, x) => {
      const lists = [[1], [3], [1]].map((list) => graph.integers(list));
      return [graph.add('Slice', [x, ...lists], [2, 2])];
    });
    expect(cut).toEqual([[1, 2, 4, 5]]);
    const turned = mapsFor([2, 3], (graph, x) => {
      const lists = [[-1], [-4], [1], [-1]].map((list) => graph.integers(list));
      return [graph.add('Slice', [x, ...lists], [2, 3])];
    });
    expect(turned).toEqual([[2, 1, 0, 5, 4, 3]]);
  });

  it('that pads with zeros; not with anything else, and not where it crops', () => {
    const pad = (pads: readonly number[], shape: readonly number[], value?: number) =>
      mapsFor([1, 2], (graph, x) => {
        const inputs = [x, graph.integers(pads), ...(value === undefined ? [] : [graph.scalar(value)])];
        return [graph.add('Pad', inputs, shape, { mode: 'constant' })];
      });
    expect(pad([1, 0, 0, 1], [2, 3])).toEqual([[-1, -1, -1, 0, 1, -1]]);
    expect(pad([1, 0, 0, 1], [2, 3], 7)).toBeUndefined();
    expect(pad([0, -1, 0, 0], [1, 1])).toBeUndefined();
  });

  it('that computes: none', () => {
    expect(mapsFor([2], (graph, x) => [graph.add('Neg', [x], [2])])).toBeUndefined();
  });
});

describe('maps', () => {
  it('one after another are one map, and a map and its reverse are none', () => {
    const permutation = fc
      .integer({ min: 1, max: 40 })
      .chain((size) => fc.shuffledSubarray([...identity(size)], { minLength: size }));
    fc.assert(
      fc.property(permutation, (order) => {
        const map = Int32Array.from(order);
        const back = new Int32Array(order.length);
        map.forEach((place, i) => (back[place] = i));
        expect(compose(back, map)).toEqual(identity(order.length));
        expect(isContiguous(compose(back, map))).toBe(true);
        expect(compose(identity(order.length), map)).toEqual(map);
        expect(join([map, back])).toEqual(Int32Array.from([...map, ...back]));
      }),
    );
  });

  it('keep the zeros that were put in', () => {
    expect(compose(Int32Array.of(1, -1, 0), Int32Array.of(5, -1))).toEqual(Int32Array.of(-1, -1, 5));
    expect(sizeOf([2, 3, 4])).toBe(24);
  });
});
