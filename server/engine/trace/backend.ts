/**
 * A TensorFlow.js backend that computes nothing: each kernel adds nodes to a graph. Gradients, double backprop
 * included, are TensorFlow.js's own, so a traced training step is a plain function differentiated as usual.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Shape, Step } from '../../program.ts';
import { fuseActivations, fuseSums } from '../fuse.ts';
import { gatherMovements } from '../gather.ts';
import { Graph } from '../graph.ts';
import type { Target } from '../graph.ts';
import { RULES } from './rules.ts';
import type { KernelName } from './kernels.ts';
import { fromHost, placeNatural, placed, range } from './traced.ts';
import type { Traced } from './traced.ts';

const BACKEND = 'trace';

class TraceBackend extends tf.KernelBackend {
  graph = new Graph();
  private readonly traced = new Map<object, Traced>();

  /** The record of a tensor; throws for a tensor of another backend. */
  lookup(info: tf.TensorInfo): Traced {
    const traced = this.traced.get(info.dataId);
    if (!traced) throw new Error('internal: trace: a tensor of another backend was used in a step');
    return traced;
  }

  keep(traced: Traced): tf.TensorInfo {
    const dataId = {};
    this.traced.set(dataId, traced);
    return { dataId, shape: [...traced.shape], dtype: traced.dtype };
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.keep(fromHost(values as ArrayLike<number>, shape, dtype)).dataId;
  }

  override move(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.traced.set(dataId, fromHost(values as ArrayLike<number>, shape, dtype));
  }

  override readSync(): never {
    throw new Error(
      'internal: trace: a step reads the values of a tensor, which are not known while tracing',
    );
  }

  override read(): Promise<never> {
    return Promise.reject(new Error('internal: trace: a step reads the values of a tensor'));
  }

  override disposeData(dataId: object): boolean {
    return this.traced.delete(dataId);
  }

  override numDataIds(): number {
    return this.traced.size;
  }

  override refCount(): number {
    return 1;
  }

  override incRef(): void {}

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override dispose(): void {
    this.traced.clear();
  }
}

const backend = new TraceBackend();
tf.registerBackend(BACKEND, () => backend);

for (const kernelName of Object.keys(RULES) as KernelName[]) {
  tf.registerKernel({
    kernelName,
    backendName: BACKEND,
    kernelFunc: ({ inputs, attrs }) => {
      const rule = RULES[kernelName] as (
        inputs: unknown,
        attrs: unknown,
        graph: Graph,
      ) => Traced | readonly Traced[];
      const result = rule(tracedInputs(inputs), attrs ?? {}, backend.graph);
      return Array.isArray(result)
        ? (result as Traced[]).map((item) => backend.keep(item))
        : backend.keep(result as Traced);
    },
  });
}

function tracedInputs(inputs: tf.NamedTensorInfoMap): unknown {
  if (Array.isArray(inputs)) return (inputs as tf.TensorInfo[]).map((info) => backend.lookup(info));
  const entries = Object.entries(inputs).map(([name, info]) => [name, info && backend.lookup(info)]);
  return Object.fromEntries(entries);
}

/** Input and output names of a traced graph: `in.NAME`, `state.NAME`; results `out.NAME`, `next.NAME`. */
export interface TracedStep<S extends string, O extends string> {
  readonly graph: Graph;
  readonly outputs: readonly O[];
  /** State entries that the step changes. */
  readonly changed: readonly S[];
}

/**
 * Runs `step` once on symbols and returns its graph.
 *
 * @throws Error naming the kernel if the step uses one that has no rule.
 */
export function trace<I extends string, S extends string, O extends string>(
  step: Step<I, S, O>,
  inputs: Record<I, Shape>,
  state: Record<S, Shape>,
  target: Target = {},
): TracedStep<S, O> {
  void tf.setBackend(BACKEND);
  const graph = (backend.graph = new Graph(target));
  const symbols = <K extends string>(shapes: Record<K, Shape>, prefix: string): Record<K, tf.Tensor> => {
    const entries = Object.entries<Shape>(shapes).map(([name, shape]) => {
      const value = graph.input(`${prefix}.${name}`, shape);
      const info = backend.keep(placed(value, shape, range(shape.length)));
      return [name, tf.engine().makeTensorFromTensorInfo(info)] as const;
    });
    return Object.fromEntries(entries) as Record<K, tf.Tensor>;
  };
  const outputs: O[] = [];
  const changed: S[] = [];
  tf.tidy(() => {
    const before = symbols(state, 'state');
    const result = step(symbols(inputs, 'in'), before);
    const finish = (name: string, tensor: tf.Tensor): void =>
      graph.output(name, placeNatural(graph, backend.lookup(tensor)).value);
    for (const [name, tensor] of Object.entries<tf.Tensor>(result.outputs)) {
      outputs.push(name as O);
      finish(`out.${name}`, tensor);
    }
    for (const [name, tensor] of Object.entries<tf.Tensor | undefined>(result.state ?? {})) {
      if (!tensor || tensor === before[name as S]) continue;
      changed.push(name as S);
      finish(`next.${name}`, tensor);
    }
  });
  graph.prune();
  fuseActivations(graph);
  fuseSums(graph);
  if (!graph.gpu) gatherMovements(graph);
  return { graph, outputs, changed };
}
