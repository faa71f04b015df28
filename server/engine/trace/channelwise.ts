/**
 * Work on blocked pictures with one number for each channel: what batch norm does. A 1×1 depthwise convolution
 * multiplies, adds and activates in one pass; sums are taken of the blocks as they lie.
 */
import type { Graph, Node, Value } from '../graph.ts';
import { NCHWC_DOMAIN, NCHW, blocked, placeAs, placed, range, reshapeValue, sizeOf } from './traced.ts';
import type { Placed, Traced } from './traced.ts';

const DOMAIN = { domain: NCHWC_DOMAIN };

/** Whether `x` has one number for each channel of a picture [B, H, W, C]: [C], [1, 1, 1, C] or [B, 1, 1, C]. */
export function isPerChannel(x: Traced, [batch, , , channels]: readonly number[]): boolean {
  if (x.kind === 'fill' || x.shape.at(-1) !== channels) return false;
  if (x.shape.length === 1) return true;
  const [first, ...rest] = x.shape;
  return rest.length === 3 && sizeOf(rest) === channels && (first === 1 || first === batch);
}

export const isBlocked = (x: Traced): x is Placed => x.kind === 'placed' && x.blocked === true;

/** x · factors */
export function scaleChannels(graph: Graph, x: Placed, factors: Traced): Placed {
  const { picture, groups } = grouped(graph, x, factors);
  const filter = reshapeValue(graph, natural(graph, factors), [groups, 1, 1, 1]);
  return depthwise(graph, x, picture, [filter], groups);
}

/** x + terms; where x is the product of `scaleChannels`, in the same pass. */
export function shiftChannels(graph: Graph, x: Placed, terms: Traced): Placed {
  const { picture, groups } = grouped(graph, x, terms);
  const bias = reshapeValue(graph, natural(graph, terms), [groups]);
  const scaled = producerOf(graph, x.value);
  const open = scaled && isDepthwise(scaled) && scaled.inputs.length === 2;
  const [source, filter] = scaled?.inputs ?? [];
  if (open && source && filter?.shape[0] === groups)
    return depthwise(graph, x, source, [filter, bias], groups);
  return depthwise(graph, x, picture, [graph.filled(1, [groups, 1, 1, 1]), bias], groups);
}

/** 1 where x > 0, else alpha: a steep clip, as for plain pictures. */
export function stepChannels(graph: Graph, x: Placed, alpha: number): Placed {
  const channels = x.shape[3] ?? 0;
  const clip = { activation: 'Clip', activation_params: { floats: [alpha, 1] } };
  return depthwise(graph, x, x.value, [graph.filled(1e38, [channels, 1, 1, 1])], channels, clip);
}

/**
 * Sums over height and width: [B, H, W, C] → [B, 1, 1, C]. The kernels' own pool would do, but divides roughly: its means
 * are off by some 1e-5.
 */
export function channelSums(graph: Graph, x: Placed): Placed {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const block = graph.channelBlock;
  const blocks = (batch * channels) / block;
  const columns = reshapeValue(graph, x.value, [blocks, height * width, block]);
  const sums = graph.add('ReduceSum', [columns, graph.integers([1])], [blocks, block], { keepdims: 0 });
  return placed(reshapeValue(graph, sums, [batch, channels, 1, 1]), [batch, 1, 1, channels], NCHW);
}

/** Pictures that have numbers of their own lie side by side as channels of one. */
function grouped(graph: Graph, x: Placed, numbers: Traced): { picture: Value; groups: number } {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const own = numbers.shape.length === 4 && batch > 1 && numbers.shape[0] === batch;
  const groups = own ? batch * channels : channels;
  const picture = own ? reshapeValue(graph, x.value, [1, groups, height, width]) : x.value;
  return { picture, groups };
}

function depthwise(
  graph: Graph,
  like: Placed,
  picture: Value,
  numbers: readonly Value[],
  group: number,
  activation: Node['attributes'] = {},
): Placed {
  const attributes = { kernel_shape: [1, 1], pads: [0, 0, 0, 0], group, ...activation };
  const value = graph.add('Conv', [picture, ...numbers], picture.shape, attributes, DOMAIN);
  return blocked(reshapeValue(graph, value, like.value.shape), like.shape);
}

const natural = (graph: Graph, x: Traced): Value => placeAs(graph, x, range(x.shape.length)).value;

const isDepthwise = ({ op, domain, attributes }: Node): boolean =>
  op === 'Conv' && domain === NCHWC_DOMAIN && 'group' in attributes && !('activation' in attributes);

/** What makes a value, seen through a reshape. */
function producerOf(graph: Graph, value: Value): Node | undefined {
  const producer = graph.producer(value);
  const [source] = producer?.op === 'Reshape' ? producer.inputs : [];
  return source ? graph.producer(source) : producer;
}
