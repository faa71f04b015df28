/** What is done to a whole graph once it is known who uses what. */
import type { Graph, Node, Value } from './graph.ts';
import { NCHWC_DOMAIN } from './trace/traced.ts';

/**
 * Moves each LeakyReLU into the blocked convolution that alone feeds it, which then writes its output once. ONNX
 * Runtime does the same for plain convolutions by itself.
 */
export function fuseActivations(graph: Graph): void {
  const uses = usesOf(graph);
  const fused = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const [input] = node.inputs;
    const producer = node.op === 'LeakyRelu' && input ? graph.producer(input) : undefined;
    if (!input || producer?.op !== 'Conv' || producer.domain !== NCHWC_DOMAIN || uses.get(input.id) !== 1)
      continue;
    const { alpha } = node.attributes;
    if (typeof alpha !== 'object' || !('float' in alpha)) continue;
    const activation = { activation: node.op, activation_params: { floats: [alpha.float] } };
    fused.set(node, {
      ...producer,
      attributes: { ...producer.attributes, ...activation },
      outputs: node.outputs,
    });
  }
  graph.replace(fused);
}

/** Lets blocked convolutions add what is added to them, where nothing else reads them bare. */
export function fuseSums(graph: Graph): void {
  const uses = usesOf(graph);
  const fused = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const [a, b] = node.inputs;
    if (node.op !== 'Add' || !a || !b || a === b || a.shape.join() !== b.shape.join()) continue;
    const open = (value: Value): Node | undefined => {
      const producer = graph.producer(value);
      const bare = producer && producer.inputs.length <= 3 && !('activation' in producer.attributes);
      const blocked = producer?.op === 'Conv' && producer.domain === NCHWC_DOMAIN;
      return bare && blocked && uses.get(value.id) === 1 && !fused.has(producer) ? producer : undefined;
    };
    const [convolution, other] = open(b) ? [open(b), a] : [open(a), b];
    if (!convolution) continue;
    const [picture = null, filter = null, bias = null] = convolution.inputs;
    fused.set(node, { ...convolution, inputs: [picture, filter, bias, other], outputs: node.outputs });
  }
  graph.replace(fused);
}

/** How often each value is read, by its number. */
function usesOf(graph: Graph): Map<number, number> {
  const uses = new Map<number, number>();
  const used = [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ value }) => value)];
  for (const value of used) if (value) uses.set(value.id, (uses.get(value.id) ?? 0) + 1);
  return uses;
}
