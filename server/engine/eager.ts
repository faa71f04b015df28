/**
 * Runs steps operation by operation on any TensorFlow.js backend that is registered: `tensorflow` where the user
 * installed tfjs-node or tfjs-node-gpu, the pure-JavaScript `cpu` backend as the oracle in tests.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Engine, HostTensor, Program, Shape, State, Step } from '../program.ts';
import { eagerError } from './failures.ts';
import { inputNumbers } from './inputs.ts';

class EagerState<S extends string> implements State<S> {
  constructor(public tensors: Record<S, tf.Tensor>) {}

  async read(): Promise<Record<S, Float32Array>> {
    return readAll(this.tensors);
  }

  dispose(): void {
    tf.dispose(this.tensors);
  }
}

export class EagerEngine implements Engine {
  /** `backend` is a registered backend's name in TensorFlow.js, `name` what the user knows it by. */
  constructor(
    private readonly backend: string,
    readonly name: string = backend,
  ) {}

  createState<S extends string>(values: Record<S, HostTensor>): State<S> {
    void tf.setBackend(this.backend);
    return new EagerState(
      mapValues(values, ({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape])),
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- async so that a refusal is a rejection
  async compile<I extends string, S extends string, O extends string>(
    step: Step<I, S, O>,
    inputs: Record<I, Shape>,
    state: State<S> = new EagerState({} as Record<S, tf.Tensor>),
  ): Promise<Program<I, O>> {
    if (!(state instanceof EagerState))
      throw new Error('internal: compile: the state belongs to another engine');
    const held = state as EagerState<S>;
    const run = async (values: Record<I, Float32Array>): Promise<Record<O, Float32Array>> => {
      try {
        return await this.runOnce(step, inputs, held, values);
      } catch (error) {
        throw eagerError(this.name, error);
      }
    };
    return { info: { nodes: 0, compileMs: 0 }, run, dispose: () => Promise.resolve() };
  }

  private async runOnce<I extends string, S extends string, O extends string>(
    step: Step<I, S, O>,
    inputs: Record<I, Shape>,
    held: EagerState<S>,
    values: Record<I, Float32Array>,
  ): Promise<Record<O, Float32Array>> {
    void tf.setBackend(this.backend);
    const { outputs, state: next = {} } = tf.tidy(() => {
      const given = mapValues(inputs, (shape, key) =>
        tf.tensor(inputNumbers(values, key, shape), [...shape]),
      );
      return step(given, held.tensors);
    });
    const before = Object.values<tf.Tensor>(held.tensors);
    held.tensors = { ...held.tensors, ...next };
    // A step may give one tensor as an output and as the next value of several entries.
    const kept = new Set(Object.values<tf.Tensor>(held.tensors));
    try {
      return await readAll(outputs);
    } finally {
      for (const tensor of new Set([...before, ...Object.values<tf.Tensor>(outputs)])) {
        if (!kept.has(tensor)) tensor.dispose();
      }
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function readAll<K extends string>(tensors: Record<K, tf.Tensor>): Promise<Record<K, Float32Array>> {
  const entries = Object.entries<tf.Tensor>(tensors).map(
    async ([key, tensor]) => [key, Float32Array.from(await tensor.data())] as const,
  );
  return Object.fromEntries(await Promise.all(entries)) as Record<K, Float32Array>;
}

function mapValues<K extends string, A, B>(record: Record<K, A>, map: (value: A, key: K) => B): Record<K, B> {
  const entries = (Object.entries(record) as [K, A][]).map(([key, value]) => [key, map(value, key)] as const);
  return Object.fromEntries(entries) as Record<K, B>;
}
