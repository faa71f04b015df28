/**
 * Gathers what is moved about. Networks keep their weights in one vector; what a step makes of it for its
 * convolutions, and their gradients made one vector again, are many small nodes that compute nothing. ONNX Runtime's
 * GatherElements moves all numbers of a vector at once, several times as fast as its Transpose moves a filter.
 */
import type { Graph, Node, Value } from './graph.ts';
import { ZERO, compose, identity, isContiguous, join, mapsOf } from './movement.ts';
import type { IndexMap } from './movement.ts';
import { reshapeValue, sizeOf } from './trace/traced.ts';

/** Terms that a batch may be summed in. */
const MOST_ROWS = 4;

export function gatherMovements(graph: Graph): void {
  const joins = graph.nodes.filter(({ op, outputs }) => op === 'Concat' && outputs[0]?.shape.length === 1);
  graph.substitute(new Map(joins.flatMap((node) => joinAtOnce(graph, node))));
  const split = graph.nodes.flatMap(({ op, inputs: [source] }) => (op === 'Split' && source ? [source] : []));
  const sources = new Set(split.filter(({ shape }) => shape.length === 1));
  graph.substitute(new Map([...sources].flatMap((source) => splitAtOnce(graph, source))));
}

/** What stands for which value, by that one's number. */
type Replacements = [number, Value][];

/** All that is made of a vector by moving its numbers, by one gather and one split. */
function splitAtOnce(graph: Graph, source: Value): Replacements {
  const maps = new Map<number, IndexMap>([[source.id, identity(sizeOf(source.shape))]]);
  const ends = new Map<number, Value>();
  for (const node of graph.nodes) {
    const map = node.inputs[0] && maps.get(node.inputs[0].id);
    const moved = map && mapsOf(graph, node);
    if (moved)
      node.outputs.forEach((output, i) => maps.set(output.id, compose(moved[i] ?? identity(0), map)));
    else for (const input of node.inputs) if (input && maps.has(input.id)) ends.set(input.id, input);
  }
  for (const { value } of graph.outputs) if (maps.has(value.id)) ends.set(value.id, value);
  ends.delete(source.id);

  const parts = [...ends.values()].map((value) => ({ value, map: maps.get(value.id) ?? identity(0) }));
  if (parts.every(({ map }) => isContiguous(map))) return [];
  const all = parts.map(({ map }) => map);
  const row = all.some((map) => map.includes(ZERO)) ? layInRow(graph, [source]) : source;
  const gathered = gather(graph, row, all);
  const sizes = parts.map(({ map }) => map.length);
  const split = graph.addMany(
    'Split',
    [gathered, graph.integers(sizes)],
    sizes.map((size) => [size]),
    { axis: 0 },
  );
  return parts.flatMap(({ value: { id, shape } }, i): Replacements => {
    const part = split[i];
    return part ? [[id, reshapeValue(graph, part, shape)]] : [];
  });
}

/** Some numbers of a value, as terms of a sum. */
interface Term {
  readonly root: Value;
  readonly map: IndexMap;
}

/**
 * A vector joined from pieces that were moved, summed over a batch or added to each other: all roots in one row, all
 * terms by one gather, and one sum.
 */
function joinAtOnce(graph: Graph, node: Node): Replacements {
  const [joined] = node.outputs;
  const pieces = node.inputs.flatMap((input) => (input ? [termsOf(graph, input)] : []));
  if (!joined || pieces.flat().every(({ map }) => isContiguous(map))) return [];
  const roots = [...new Map(pieces.flat().map(({ root }) => [root.id, root])).values()];
  const starts = new Map<number, number>();
  roots.reduce((start, root) => {
    starts.set(root.id, start);
    return start + sizeOf(root.shape);
  }, 0);
  const row = layInRow(graph, roots);
  const count = Math.max(...pieces.map(({ length }) => length));
  let sum: Value | undefined;
  for (let index = 0; index < count; index++) {
    const maps = pieces.map((terms) => {
      const term = terms[index];
      if (!term) return new Int32Array(terms[0]?.map.length ?? 0).fill(ZERO);
      return term.map.map((place) => (place === ZERO ? ZERO : place + (starts.get(term.root.id) ?? 0)));
    });
    const gathered = gather(graph, row, maps);
    sum = sum ? graph.add('Add', [sum, gathered], joined.shape) : gathered;
  }
  return sum ? [[joined.id, sum]] : [];
}

function termsOf(graph: Graph, value: Value): Term[] {
  const node = graph.producer(value);
  const [first, second] = node?.inputs ?? [];
  const itself = [{ root: value, map: identity(sizeOf(value.shape)) }];
  if (!node || !first) return itself;
  const same = (other: Value): boolean => other.shape.join() === value.shape.join();
  if (node.op === 'Add' && second && same(first) && same(second)) {
    return [...termsOf(graph, first), ...termsOf(graph, second)];
  }
  const [rows = 0] = first.shape;
  const overRows = node.op === 'ReduceSum' && second && graph.integersOf(second)?.join() === '0';
  if (overRows && rows <= MOST_ROWS) {
    const size = sizeOf(value.shape);
    const terms = termsOf(graph, first);
    return Array.from({ length: rows }, (_, row) =>
      terms.map(({ root, map }) => ({ root, map: map.subarray(row * size, (row + 1) * size) })),
    ).flat();
  }
  const map = mapsOf(graph, node)?.[node.outputs.indexOf(value)];
  if (!map) return itself;
  return termsOf(graph, first).map((term) => ({ root: term.root, map: compose(map, term.map) }));
}

/** All numbers of the values one after another, and a zero at the end. */
function layInRow(graph: Graph, values: readonly Value[]): Value {
  const rows = values.map((value) => reshapeValue(graph, value, [sizeOf(value.shape)]));
  const length = rows.reduce((sum, { shape }) => sum + sizeOf(shape), 1);
  return graph.add('Concat', [...rows, graph.filled(0, [1])], [length], { axis: 0 });
}

/** The numbers at the places of the maps; `row` ends in a zero. */
function gather(graph: Graph, row: Value, maps: readonly IndexMap[]): Value {
  const zero = sizeOf(row.shape) - 1;
  const places = join(maps).map((place) => (place === ZERO ? zero : place));
  return graph.add('GatherElements', [row, graph.indices(places)], [places.length], { axis: 0 });
}
