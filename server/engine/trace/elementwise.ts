/** Kernels that work number by number, and the sums and means over axes. */
import type { Graph, Value } from '../graph.ts';
import {
  channelSums,
  isBlocked,
  isPerChannel,
  scaleChannels,
  shiftChannels,
  stepChannels,
} from './channelwise.ts';
import type { KernelName, Rule, Rules } from './kernels.ts';
import {
  NCHW,
  blocked,
  broadcast,
  equal,
  filled,
  pick,
  place,
  placeAny,
  placeAs,
  placeBlocked,
  placed,
  range,
  reshapeValue,
  sizeOf,
  spread,
} from './traced.ts';
import type { Placed, Traced } from './traced.ts';

type UnaryName =
  | 'Abs'
  | 'Exp'
  | 'Identity'
  | 'LeakyRelu'
  | 'Log'
  | 'LogicalNot'
  | 'Neg'
  | 'Reciprocal'
  | 'Relu'
  | 'Rsqrt'
  | 'Sigmoid'
  | 'Sqrt'
  | 'Square'
  | 'Step'
  | 'Tanh';
type BinaryName =
  'Add' | 'Sub' | 'Multiply' | 'RealDiv' | 'Maximum' | 'Minimum' | 'Pow' | 'SquaredDifference';
type ComparisonName = 'Greater' | 'GreaterEqual' | 'Less' | 'LessEqual';
type OtherName = 'AddN' | 'Cast' | 'Mean' | 'OnesLike' | 'Select' | 'Sum' | 'ZerosLike';

const unary =
  (op: string): Rule<'Abs'> =>
  ({ x }, _, graph) => {
    const { value, ...rest } = placeAny(graph, x.kind === 'spread' ? x.source : x);
    const result: Placed = { ...rest, value: graph.add(op, [value], value.shape) };
    return x.kind === 'spread' ? spread(result, x.shape) : result;
  };

const BINARY_OPS = {
  Add: { op: 'Add', fold: (a: number, b: number) => a + b },
  Sub: { op: 'Sub', fold: (a: number, b: number) => a - b },
  Multiply: { op: 'Mul', fold: (a: number, b: number) => a * b },
  RealDiv: { op: 'Div', fold: (a: number, b: number) => a / b },
  Maximum: { op: 'Max', fold: Math.max },
  Minimum: { op: 'Min', fold: Math.min },
  Pow: { op: 'Pow', fold: Math.pow },
} as const;

/** x + 0, x − 0, x · 1, x / 1 are x; x · 0 is 0. Undefined where nothing folds. */
function fold(op: string, a: Traced, b: Traced, shape: readonly number[]): Traced | undefined {
  const left = a.kind === 'fill' ? a.fill : undefined;
  const right = b.kind === 'fill' ? b.fill : undefined;
  if (op === 'Mul' && (left === 0 || right === 0)) return filled(shape, 0);
  const neutral = op === 'Add' || op === 'Sub' ? 0 : op === 'Mul' || op === 'Div' ? 1 : undefined;
  if (neutral === undefined) return undefined;
  if (right === neutral && equal(a.shape, shape)) return a;
  if (left === neutral && (op === 'Add' || op === 'Mul') && equal(b.shape, shape)) return b;
  return undefined;
}

function binary(graph: Graph, name: keyof typeof BINARY_OPS, a: Traced, b: Traced): Traced {
  const { op, fold: compute } = BINARY_OPS[name];
  const shape = broadcast(a.shape, b.shape);
  if (a.kind === 'fill' && b.kind === 'fill') return filled(shape, compute(a.fill, b.fill));
  const folded = fold(op, a, b, shape);
  if (folded) return folded;
  const repeated = binarySpread(graph, name, a, b, shape);
  if (repeated) return repeated;
  // A fill stands for a scalar only beside an operand that has the whole shape.
  if (a.kind === 'fill' && !equal(b.shape, shape)) return binary(graph, name, place(graph, a), b);
  if (b.kind === 'fill' && !equal(a.shape, shape)) return binary(graph, name, a, place(graph, b));
  if (name === 'Add') {
    const convolved = addBias(graph, a, b) ?? addBias(graph, b, a);
    if (convolved) return convolved;
  }
  const channelwise = binaryChannelwise(graph, name, a, b, shape);
  if (channelwise) return channelwise;
  const blocks = alignBlocked(graph, a, b, shape);
  if (blocks) {
    const [left, right] = beforeReshapes(graph, blocks);
    const physical = pick(shape, NCHW);
    const result = graph.add(op, [left, right], left === blocks[0] ? physical : left.shape);
    return blocked(reshapeValue(graph, result, physical), shape);
  }
  const { left, right, layout } = align(graph, a, b, shape);
  return placed(graph.add(op, [left.value, right.value], pick(shape, layout)), shape, layout);
}

/** A blocked picture with numbers for its channels; undefined for other operands. */
function binaryChannelwise(
  graph: Graph,
  name: keyof typeof BINARY_OPS,
  a: Traced,
  b: Traced,
  shape: readonly number[],
): Traced | undefined {
  const fits = (x: Traced, numbers: Traced): x is Placed =>
    isBlocked(x) && equal(x.shape, shape) && isPerChannel(numbers, shape);
  const numbersOf = (x: Placed, numbers: Traced): Traced | undefined => {
    if (name === 'Multiply') return scaleChannels(graph, x, numbers);
    return name === 'Add' ? shiftChannels(graph, x, numbers) : undefined;
  };
  if (fits(b, a)) return numbersOf(b, a);
  if (!fits(a, b)) return undefined;
  if (name !== 'Sub') return numbersOf(a, b);
  return shiftChannels(graph, a, unary('Neg')({ x: b }, {}, graph) as Traced);
}

/** Operands that are repeated are taken as they are where the other one has what they lack; else the result is repeated. */
function binarySpread(
  graph: Graph,
  name: keyof typeof BINARY_OPS,
  a: Traced,
  b: Traced,
  shape: readonly number[],
): Traced | undefined {
  const ones = (x: Traced): boolean => x.kind === 'fill' && x.fill === 1;
  // One number everywhere gives a multiplication nothing but its shape.
  if (name === 'Multiply' && ones(a)) return repeat(graph, b, shape);
  if (name === 'Multiply' && ones(b)) return repeat(graph, a, shape);
  if (a.kind !== 'spread' && b.kind !== 'spread') return undefined;
  const small = (x: Traced, other: Traced): Traced => {
    if (x.kind === 'spread') return x.source;
    // What is the same everywhere takes the rank of the other one.
    return x.kind === 'fill' ? filled(other.kind === 'spread' ? other.source.shape : x.shape, x.fill) : x;
  };
  const result = binary(graph, name, small(a, b), small(b, a));
  return equal(result.shape, shape) ? result : repeat(graph, result, shape);
}

/** `x`, of the rank of `shape`, repeated up to it; undefined for another rank. */
function repeat(graph: Graph, x: Traced, shape: readonly number[]): Traced | undefined {
  if (x.shape.length !== shape.length) return undefined;
  if (x.kind === 'fill') return filled(shape, x.fill, x.dtype);
  return spread(x.kind === 'spread' ? x.source : place(graph, x), shape);
}

/** A bias per channel, added to a fresh convolution, becomes the convolution's own third input. */
function addBias(graph: Graph, x: Traced, bias: Traced): Traced | undefined {
  if (x.kind !== 'placed' || bias.shape.length !== 1 || bias.kind === 'fill') return undefined;
  // Under another layout its last axis is not the channels.
  if (!equal(x.layout, NCHW)) return undefined;
  const node = graph.producer(x.value);
  if (node?.op !== 'Conv' || node.inputs.length !== 2 || bias.shape[0] !== x.shape[3]) return undefined;
  const inputs = [...node.inputs, place(graph, bias).value];
  const value = graph.add('Conv', inputs, x.value.shape, node.attributes, { domain: node.domain });
  return { ...x, value };
}

/**
 * Both operands in blocked order, where at least one is blocked and as large as the result but for the batch, and the
 * other is too, or is the same for all channels and pixels; else undefined.
 */
function alignBlocked(
  graph: Graph,
  a: Traced,
  b: Traced,
  shape: readonly number[],
): [Value, Value] | undefined {
  const whole = (traced: Traced): boolean =>
    shape.length === 4 && traced.shape.length === 4 && equal(traced.shape.slice(1), shape.slice(1));
  if (![a, b].some((traced) => isBlocked(traced) && whole(traced))) return undefined;
  const fit = (traced: Traced): Value | undefined => {
    if (traced.kind === 'fill') return graph.scalar(traced.fill);
    if (traced.shape.length === 0) return place(graph, traced).value;
    if (whole(traced)) return placeBlocked(graph, traced).value;
    const uniform = traced.shape.length === 4 && traced.shape.slice(1).every((size) => size === 1);
    return uniform ? placeAs(graph, traced, NCHW).value : undefined;
  };
  const [left, right] = [fit(a), fit(b)];
  return left && right ? [left, right] : undefined;
}

/** What the values were before a reshape, the same for all of them, so that what works on them can join what made them. */
function beforeReshapes<Values extends readonly Value[]>(graph: Graph, values: Values): Values {
  const sources = values.map((value) => {
    const producer = graph.producer(value);
    return producer?.op === 'Reshape' ? producer.inputs[0] : null;
  });
  const [first] = sources;
  const alike = first && sources.every((source) => source && equal(source.shape, first.shape));
  return alike ? (sources as readonly Value[] as Values) : values;
}

/** Gives both operands one layout, the larger operand's, so that ONNX broadcasts them as TensorFlow would. */
function align(
  graph: Graph,
  a: Traced,
  b: Traced,
  shape: readonly number[],
): { left: Placed; right: Placed; layout: readonly number[] } {
  const rank = shape.length;
  const full = (traced: Traced): boolean => traced.kind === 'placed' && equal(traced.shape, shape);
  const ranked = (traced: Traced): boolean => traced.kind === 'placed' && traced.shape.length === rank;
  const anchor = [a, b].find(full) ?? [a, b].find(ranked);
  const layout = anchor?.kind === 'placed' ? anchor.layout : range(rank);
  const fit = (traced: Traced): Placed => {
    if (traced.kind === 'fill') {
      return placed(graph.scalar(traced.fill), [], []);
    }
    if (traced.shape.length === 0) return place(graph, traced);
    if (traced.shape.length === rank) return placeAs(graph, traced, layout);
    const natural = placeAs(graph, traced, range(traced.shape.length));
    const padded = [...range(rank - traced.shape.length).map(() => 1), ...traced.shape];
    const value = reshapeValue(graph, natural.value, padded);
    return placeAs(graph, placed(value, padded, range(rank)), layout);
  };
  return { left: fit(a), right: fit(b), layout };
}

const binaryRule =
  (name: keyof typeof BINARY_OPS): Rule<'Add'> =>
  ({ a, b }, _, graph) =>
    binary(graph, name, a, b);

const comparison =
  (op: string): Rule<'Greater'> =>
  ({ a, b }, _, graph) => {
    const shape = broadcast(a.shape, b.shape);
    // A fill stands for a scalar only beside an operand that has the whole shape.
    const expand = (item: Traced, other: Traced): Traced =>
      item.kind === 'fill' && (other.kind === 'fill' || !equal(other.shape, shape))
        ? place(graph, item)
        : item;
    const first = expand(a, b);
    const second = expand(b, first);
    const { left, right, layout } = align(graph, first, second, shape);
    const value = graph.add(op, [left.value, right.value], pick(shape, layout), {}, { dtype: 'bool' });
    return placed(value, shape, layout, 'bool');
  };

const reduction =
  (op: 'ReduceSum' | 'ReduceMean'): Rule<'Sum'> =>
  ({ x }, { axis, keepDims }, graph) => {
    const rank = x.shape.length;
    const axes = (axis === undefined || axis === null ? range(rank) : [axis].flat()).map((item) =>
      item < 0 ? item + rank : item,
    );
    const rest = range(rank).filter((item) => !axes.includes(item));
    const shape = keepDims
      ? x.shape.map((size, item) => (axes.includes(item) ? 1 : size))
      : pick(x.shape, rest);
    if (axes.length === 0) return x;
    if (x.kind === 'fill')
      return filled(shape, op === 'ReduceSum' ? x.fill * sizeOf(pick(x.shape, axes)) : x.fill);
    const [picture, pixels] = reducedPixels(graph, x, axes);
    const { value, layout } = place(graph, picture);
    // The axes that stay keep their physical order; without kept dimensions they are numbered anew.
    const next = keepDims
      ? layout
      : layout.filter((item) => rest.includes(item)).map((item) => rest.indexOf(item));
    const physicalAxes = axes.map((item) => layout.indexOf(item)).toSorted((a, b) => a - b);
    const reduced = graph.add(op, [value, graph.integers(physicalAxes)], pick(shape, next), {
      keepdims: keepDims ? 1 : 0,
    });
    const result = placed(reduced, shape, next);
    return op === 'ReduceMean' && pixels > 1
      ? binary(graph, 'RealDiv', result, filled(shape, pixels))
      : result;
  };

/** Sums the pixels of a blocked picture where they are reduced, and says of how many; else `x` and 1. */
function reducedPixels(graph: Graph, x: Traced, axes: readonly number[]): [Traced, number] {
  if (!isBlocked(x) || !axes.includes(1) || !axes.includes(2) || axes.includes(3)) return [x, 1];
  return [channelSums(graph, x), sizeOf(x.shape.slice(1, 3))];
}

const UNARY_RULES: Rules<UnaryName> = {
  Abs: unary('Abs'),
  Exp: unary('Exp'),
  Identity: ({ x }) => x,
  LeakyRelu: ({ x }, { alpha }, graph) => {
    const { value, ...rest } = placeAny(graph, x);
    const [source] = beforeReshapes(graph, [value]);
    const active = graph.add('LeakyRelu', [source], source.shape, { alpha: { float: alpha } });
    return { ...rest, value: reshapeValue(graph, active, value.shape) };
  },
  Log: unary('Log'),
  LogicalNot: ({ x }, _, graph) => {
    const { value, shape, layout } = place(graph, x);
    return placed(graph.add('Not', [value], value.shape, {}, { dtype: 'bool' }), shape, layout, 'bool');
  },
  Neg: ({ x }, _, graph) => (x.kind === 'fill' ? filled(x.shape, -x.fill) : unary('Neg')({ x }, {}, graph)),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Rsqrt: ({ x }, _, graph) => {
    const { value, shape, layout } = place(graph, x);
    const root = graph.add('Sqrt', [value], value.shape);
    return placed(graph.add('Reciprocal', [root], value.shape), shape, layout);
  },
  Sigmoid: unary('Sigmoid'),
  Sqrt: unary('Sqrt'),
  Square: ({ x }, _, graph) => binary(graph, 'Multiply', x, x),
  // 1 where x > 0, else alpha. A steep clip: ONNX's Where and Sign are several times slower on the CPU.
  Step: ({ x }, { alpha }, graph) => {
    if (isBlocked(x)) return stepChannels(graph, x, alpha);
    const { value, ...rest } = placeAny(graph, x);
    const steep = graph.add('Mul', [value, graph.scalar(1e38)], value.shape);
    return { ...rest, value: graph.add('Clip', [steep, graph.scalar(alpha), graph.scalar(1)], value.shape) };
  },
  Tanh: unary('Tanh'),
};

const BINARY_RULES: Rules<BinaryName> = {
  Add: binaryRule('Add'),
  Sub: binaryRule('Sub'),
  Multiply: binaryRule('Multiply'),
  RealDiv: binaryRule('RealDiv'),
  Maximum: binaryRule('Maximum'),
  Minimum: binaryRule('Minimum'),
  Pow: binaryRule('Pow'),
  SquaredDifference: ({ a, b }, _, graph) => {
    const difference = binary(graph, 'Sub', a, b);
    return binary(graph, 'Multiply', difference, difference);
  },
};

const COMPARISON_RULES: Rules<ComparisonName> = {
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
};

const OTHER_RULES: Rules<OtherName> = {
  AddN: (inputs, _, graph) => inputs.reduce((sum, item) => binary(graph, 'Add', sum, item)),
  Cast: ({ x }, { dtype }, graph) => {
    if (x.dtype === dtype) return x;
    if (x.dtype === 'bool' && dtype === 'float32') {
      const { value, shape, layout } = place(graph, x);
      return placed(graph.add('Cast', [value], value.shape, { to: 1 }), shape, layout);
    }
    throw new Error(`internal: trace: Cast from ${x.dtype} to ${dtype} is not traced`);
  },
  Mean: reduction('ReduceMean'),
  OnesLike: ({ x }) => filled(x.shape, 1, x.dtype),
  Select: ({ condition, t, e }, _, graph) => {
    const { layout, shape } = place(graph, t);
    const [where, then, otherwise] = [condition, t, e].map((item) => placeAs(graph, item, layout).value) as [
      Placed['value'],
      Placed['value'],
      Placed['value'],
    ];
    return placed(graph.add('Where', [where, then, otherwise], pick(shape, layout)), shape, layout);
  },
  Sum: reduction('ReduceSum'),
  ZerosLike: ({ x }) => filled(x.shape, 0, x.dtype),
};

export const ELEMENTWISE_RULES = {
  ...UNARY_RULES,
  ...BINARY_RULES,
  ...COMPARISON_RULES,
  ...OTHER_RULES,
} satisfies Partial<Rules<KernelName>>;
