/** The written model is what ONNX Runtime reads: its numbers say whether every field is where it belongs. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Graph, printGraph } from './graph.ts';
import { writeOnnxModel } from './onnx.ts';

async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeOnnxModel(graph));
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
const numbers = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  new Tensor('float32', Float32Array.from(values), [...shape]);
const read = (tensor: Tensor | undefined) => Array.from(tensor?.data as Float32Array);

describe('writeOnnxModel', () => {
  it('keeps the names of inputs and outputs, whatever is in them', async () => {
    const graph = new Graph();
    const x = graph.input('in.größe / x', [2]);
    graph.output('out.y', graph.add('Neg', [x], [2]));
    expect(read((await run(graph, { 'in.größe / x': numbers([1, -2]) }))['out.y'])).toEqual([-1, 2]);
  });

  it('an output may be an input, a constant, or another output too', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const y = graph.add('Neg', [x], [2]);
    graph.output('same', x);
    graph.output('first', y);
    graph.output('second', y);
    graph.output('constant', graph.constant(Float32Array.of(5, 6), [2]));
    graph.output('number', graph.scalar(-0.5));
    const results = await run(graph, { x: numbers([1, 2]) });
    const values = Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, read(tensor)]));
    expect(values).toEqual({
      same: [1, 2],
      first: [-1, -2],
      second: [-1, -2],
      constant: [5, 6],
      number: [-0.5],
    });
    expect(results['number']?.dims).toEqual([]);
  });

  it('writes optional inputs, negative integers, lists, texts and fractions', async () => {
    const graph = new Graph();
    const x = graph.input('x', [1, 1, 2, 2]);
    const attributes = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
    const resized = graph.add(
      'Resize',
      [x, null, null, graph.integers([1, 1, 2, 4])],
      [1, 1, 2, 4],
      attributes,
    );
    graph.output('resized', resized);
    const lists = [[-1], [-3], [3], [-1]].map((list) => graph.integers(list));
    graph.output('backwards', graph.add('Slice', [x, ...lists], [1, 1, 2, 2]));
    graph.output('leaky', graph.add('LeakyRelu', [x], x.shape, { alpha: { float: 0.25 } }));
    graph.output('turned', graph.add('Transpose', [x], x.shape, { perm: [0, 1, 3, 2] }));
    graph.output('last', graph.add('Softmax', [x], x.shape, { axis: -1 }));
    const results = await run(graph, { x: numbers([1, 2, -4, 8], [1, 1, 2, 2]) });
    expect(read(results['resized'])).toEqual([1, 1.25, 1.75, 2, -4, -1, 5, 8]);
    expect(read(results['backwards'])).toEqual([2, 1, 8, -4]);
    expect(read(results['leaky'])).toEqual([1, 2, -1, 8]);
    expect(read(results['turned'])).toEqual([1, -4, 2, 8]);
    expect(read(results['last'])[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  });

  it('writes nodes with several outputs, of which some are not used', async () => {
    const graph = new Graph();
    const x = graph.input('x', [4]);
    const [, middle, last] = graph.addMany('Split', [x, graph.integers([1, 2, 1])], [[1], [2], [1]], {
      axis: 0,
    });
    if (middle) graph.output('middle', middle);
    if (last) graph.output('last', last);
    graph.prune();
    const results = await run(graph, { x: numbers([1, 2, 3, 4]) });
    expect([read(results['middle']), read(results['last'])]).toEqual([[2, 3], [4]]);
  });

  it('constants are read from where they lie in a larger buffer', async () => {
    const graph = new Graph();
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    graph.output('sum', graph.add('Add', [graph.input('x', [2]), graph.constant(data, [2])], [2]));
    expect(read((await run(graph, { x: numbers([10, 20]) }))['sum'])).toEqual([12, 23]);
  });
});

describe('Graph', () => {
  it('shares equal nodes, constants, scalars and lists, and no others', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const data = Float32Array.of(1, 2);
    expect(graph.add('Neg', [x], [2])).toBe(graph.add('Neg', [x], [2]));
    expect(graph.add('Neg', [x], [2])).not.toBe(graph.add('Abs', [x], [2]));
    expect(graph.add('Neg', [x], [2])).not.toBe(graph.add('Neg', [x], [2], {}, { domain: 'other' }));
    expect(graph.add('Clip', [x, null, x], [2])).not.toBe(graph.add('Clip', [x, x, null], [2]));
    expect(graph.add('ReduceSum', [x], [1], { keepdims: 1 })).not.toBe(
      graph.add('ReduceSum', [x], [], { keepdims: 0 }),
    );
    expect(graph.constant(data, [2])).toBe(graph.constant(data, [2]));
    expect(graph.constant(data, [2])).not.toBe(graph.constant(data, [1, 2]));
    expect(graph.scalar(2)).toBe(graph.scalar(2));
    expect(graph.integers([1, 2])).not.toBe(graph.integers([12]));
    expect(graph.filled(0, [2, 1])).not.toBe(graph.filled(0, [1, 2]));
  });

  it('prints inputs left out, constants in full or by shape, and every kind of attribute', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const clipped = graph.add('Clip', [x, null, graph.scalar(1)], [2], {
      note: 'a',
      size: 2,
      list: [1, 2],
      part: { float: 0.5 },
    });
    graph.output('y', graph.add('Add', [clipped, graph.constant(new Float32Array(9), [9])], [9]));
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "inputs %0: float32[2] x
      %1: float32[2] = Clip(%0, _, 1, note="a", size=2, list=[1,2], part=0.5)
      %2: float32[9] = Add(%1, const[9])
      outputs y=%2"
    `);
  });
});
