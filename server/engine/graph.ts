/**
 * The graph that tracing builds: nodes named as in ONNX (opset 18), values in physical layout.
 * Equal nodes are shared as they are added; `prune` drops what no output needs; `printGraph` shows it.
 */
import type { Shape } from '../program.ts';

export type Dtype = 'float32' | 'int32' | 'int64' | 'bool';

export interface Value {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/** Numbers are written as int attributes, `{ float }` and `{ floats }` as float ones. */
export type Attribute =
  number | string | readonly number[] | { readonly float: number } | { readonly floats: readonly number[] };

export interface Node {
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** `null` stands for an optional input that is left out. */
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Value[];
}

export interface Constant {
  readonly value: Value;
  readonly data: Float32Array | Int32Array | BigInt64Array;
}

/** What a graph is lowered for. */
export interface Target {
  /** Channels in a block of its NCHWc convolutions; 0, the default, where it has none. */
  readonly channelBlock?: number;
  /** Many small cores: long sums are split among them. */
  readonly gpu?: boolean;
}

export class Graph {
  readonly channelBlock: number;
  readonly gpu: boolean;

  constructor({ channelBlock = 0, gpu = false }: Target = {}) {
    this.channelBlock = channelBlock;
    this.gpu = gpu;
  }

  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  readonly inputs: { name: string; value: Value }[] = [];
  readonly outputs: { name: string; value: Value }[] = [];
  private readonly producers = new Map<number, Node>();
  private readonly known = new Map<string, readonly Value[]>();
  private readonly scalars = new Map<string, Value>();
  private readonly arrays = new Map<Float32Array, Value[]>();
  private count = 0;

  private value(shape: Shape, dtype: Dtype): Value {
    return { id: this.count++, shape: [...shape], dtype };
  }

  input(name: string, shape: Shape): Value {
    const value = this.value(shape, 'float32');
    this.inputs.push({ name, value });
    return value;
  }

  output(name: string, value: Value): void {
    this.outputs.push({ name, value });
  }

  /** A float constant; `data` is row-major in `shape` and is not copied. The same array is the same constant. */
  constant(data: Float32Array, shape: Shape): Value {
    const known = this.arrays.get(data)?.find((value) => value.shape.join() === shape.join());
    if (known) return known;
    const value = this.value(shape, 'float32');
    this.constants.push({ value, data });
    this.arrays.set(data, [...(this.arrays.get(data) ?? []), value]);
    return value;
  }

  scalar(number: number): Value {
    return this.shared(`f${number}`, () => this.constant(Float32Array.of(number), []));
  }

  /** A list of integers: shapes, axes and pads are inputs in this opset. */
  integers(list: readonly number[]): Value {
    return this.shared(`i${list.join()}`, () => {
      const value = this.value([list.length], 'int64');
      this.constants.push({ value, data: BigInt64Array.from(list, BigInt) });
      return value;
    });
  }

  /** The numbers of a constant list; undefined for other values. */
  integersOf(value: Value): readonly number[] | undefined {
    const data = this.constants.find((constant) => constant.value === value)?.data;
    return data instanceof BigInt64Array ? Array.from(data, Number) : undefined;
  }

  /** Places in a vector; not copied, and not shared. */
  indices(places: Int32Array): Value {
    const value = this.value([places.length], 'int32');
    this.constants.push({ value, data: places });
    return value;
  }

  /** A constant of one number everywhere. */
  filled(number: number, shape: Shape): Value {
    const size = shape.reduce((product, length) => product * length, 1);
    return this.shared(`${number} ${shape.join()}`, () =>
      this.constant(new Float32Array(size).fill(number), shape),
    );
  }

  /** What was dropped is not there to be shared. */
  private forget(): void {
    this.known.clear();
    this.scalars.clear();
    this.arrays.clear();
  }

  private shared(key: string, make: () => Value): Value {
    let value = this.scalars.get(key);
    if (!value) this.scalars.set(key, (value = make()));
    return value;
  }

  /** Adds a node with one output, or returns the output of an equal one. */
  add(
    op: string,
    inputs: readonly (Value | null)[],
    shape: Shape,
    attributes: Node['attributes'] = {},
    options: { dtype?: Dtype; domain?: string } = {},
  ): Value {
    const [output] = this.addMany(op, inputs, [shape], attributes, options);
    if (!output) throw new Error(`internal: ${op} has no output`);
    return output;
  }

  addMany(
    op: string,
    inputs: readonly (Value | null)[],
    shapes: readonly Shape[],
    attributes: Node['attributes'] = {},
    { dtype = 'float32', domain = '' }: { dtype?: Dtype; domain?: string } = {},
  ): readonly Value[] {
    const key = `${domain}.${op}(${inputs.map((input) => input?.id ?? '').join()})${JSON.stringify(attributes)}`;
    const equal = this.known.get(key);
    if (equal) return equal;
    const outputs = shapes.map((shape) => this.value(shape, dtype));
    const node: Node = { op, domain, inputs, attributes, outputs };
    this.nodes.push(node);
    for (const output of outputs) this.producers.set(output.id, node);
    this.known.set(key, outputs);
    return outputs;
  }

  /** The node that makes `value`; undefined for inputs and constants. */
  producer(value: Value): Node | undefined {
    return this.producers.get(value.id);
  }

  /** Puts nodes in the places of others with the same outputs, and drops what is then unused. */
  replace(nodes: ReadonlyMap<Node, Node>): void {
    const replaced = this.nodes.map((node) => nodes.get(node) ?? node);
    this.nodes.splice(0, this.nodes.length, ...replaced);
    for (const node of nodes.values()) for (const output of node.outputs) this.producers.set(output.id, node);
    this.prune();
  }

  /** Puts values in the places of others, by their numbers, and drops what is then unused. */
  substitute(values: ReadonlyMap<number, Value>): void {
    const other = (value: Value): Value => values.get(value.id) ?? value;
    const changed = this.nodes.map((node) =>
      node.inputs.some((input) => input && values.has(input.id))
        ? { ...node, inputs: node.inputs.map((input) => input && other(input)) }
        : node,
    );
    for (const node of changed) for (const output of node.outputs) this.producers.set(output.id, node);
    this.outputs.splice(
      0,
      this.outputs.length,
      ...this.outputs.map(({ name, value }) => ({ name, value: other(value) })),
    );
    this.nodes.splice(0, this.nodes.length, ...this.sorted(changed));
    this.prune();
  }

  /** Each node after those that it reads from. */
  private sorted(nodes: readonly Node[]): Node[] {
    const done = new Set<Node>();
    const visit = (node: Node): void => {
      if (done.has(node)) return;
      for (const input of node.inputs) {
        const producer = input && this.producers.get(input.id);
        if (producer) visit(producer);
      }
      done.add(node);
    };
    nodes.forEach(visit);
    return [...done];
  }

  /** Drops nodes and constants that no output depends on. */
  prune(): void {
    const needed = new Set<number>(this.outputs.map(({ value }) => value.id));
    const kept: Node[] = [];
    for (const node of this.nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output.id))) continue;
      kept.push(node);
      for (const input of node.inputs) if (input) needed.add(input.id);
    }
    this.nodes.splice(0, this.nodes.length, ...kept.toReversed());
    const constants = this.constants.filter(({ value }) => needed.has(value.id));
    this.constants.splice(0, this.constants.length, ...constants);
    this.forget();
  }
}

/** The graph as text, a line a node, values numbered in order of appearance. */
export function printGraph(graph: Graph): string {
  const names = new Map<number, string>();
  const name = (value: Value): string => {
    let known = names.get(value.id);
    if (!known) names.set(value.id, (known = `%${names.size}`));
    return known;
  };
  const typed = (value: Value): string => `${name(value)}: ${value.dtype}[${value.shape.join()}]`;
  const constants = new Map(graph.constants.map(({ value, data }) => [value.id, data]));
  const use = (value: Value | null): string => {
    if (!value) return '_';
    const data = constants.get(value.id);
    if (!data) return name(value);
    if (data.length > 8) return `const[${value.shape.join()}]`;
    return value.shape.length === 0 ? String(data[0]) : `[${Array.from(data, String).join()}]`;
  };
  const attribute = ([key, value]: [string, Attribute]): string =>
    `${key}=${typeof value === 'object' && 'float' in value ? value.float : JSON.stringify(typeof value === 'object' && 'floats' in value ? value.floats : value)}`;
  return [
    `inputs ${graph.inputs.map((input) => `${typed(input.value)} ${input.name}`).join(', ')}`,
    ...graph.nodes.map((node) => {
      const attributes = Object.entries(node.attributes).map(attribute);
      const family = node.domain ? `${node.domain.split('.').at(-1)}.` : '';
      const call = `${family}${node.op}(${[...node.inputs.map(use), ...attributes].join(', ')})`;
      return `${node.outputs.map(typed).join(', ')} = ${call}`;
    }),
    `outputs ${graph.outputs.map((output) => `${output.name}=${use(output.value)}`).join(', ')}`,
  ].join('\n');
}
