/**
 * Compiles a step: TensorFlow.js traced to an ONNX graph, run by ONNX Runtime. State entries go from one run's
 * output to the next one's input without passing through JavaScript numbers.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import type { Engine, HostTensor, Program, Shape, State, Step } from '../program.ts';
import { EngineError } from './errors.ts';
import { channelBlock } from './channel-block.ts';
import { inputNumbers } from './inputs.ts';
import { writeOnnxModel } from './onnx.ts';
import { trace } from './trace/backend.ts';

export type Provider = 'cpu' | 'webgpu' | 'cuda';

class CompiledState<S extends string> implements State<S> {
  constructor(public tensors: Record<S, Tensor>) {}

  async read(): Promise<Record<S, Float32Array>> {
    const entries = Object.entries<Tensor>(this.tensors).map(
      async ([key, tensor]) => [key, Float32Array.from((await tensor.getData()) as Float32Array)] as const,
    );
    return Object.fromEntries(await Promise.all(entries)) as Record<S, Float32Array>;
  }

  dispose(): void {
    for (const tensor of Object.values<Tensor>(this.tensors)) tensor.dispose();
  }
}

export class CompiledEngine implements Engine {
  readonly name: Provider;

  /** `channelBlock` overrides what is found out about this machine (see `Graph`); 0 does without blocks. */
  constructor(
    private readonly provider: Provider,
    private readonly options: { readonly channelBlock?: number } = {},
  ) {
    this.name = provider;
  }

  createState<S extends string>(values: Record<S, HostTensor>): State<S> {
    const entries = Object.entries<HostTensor>(values).map(
      ([key, { data, shape }]) => [key, new Tensor('float32', Float32Array.from(data), [...shape])] as const,
    );
    return new CompiledState(Object.fromEntries(entries) as Record<S, Tensor>);
  }

  async compile<I extends string, S extends string, O extends string>(
    step: Step<I, S, O>,
    inputs: Record<I, Shape>,
    state: State<S> = new CompiledState({} as Record<S, Tensor>),
  ): Promise<Program<I, O>> {
    if (!(state instanceof CompiledState))
      throw new Error('internal: compile: the state belongs to another engine');
    const held = state as CompiledState<S>;
    const started = performance.now();
    const shapes = Object.entries<Tensor>(held.tensors).map(([key, tensor]) => [key, tensor.dims] as const);
    const block = this.options.channelBlock ?? (this.provider === 'cpu' ? await channelBlock() : 0);
    const { graph, outputs, changed } = trace(
      step,
      inputs,
      Object.fromEntries(shapes) as Record<S, Shape>,
      block,
    );
    const session = await this.createSession(writeOnnxModel(graph));
    const info = { nodes: graph.nodes.length, compileMs: performance.now() - started };

    const run = async (values: Record<I, Float32Array>): Promise<Record<O, Float32Array>> => {
      const feeds: Record<string, Tensor> = {};
      for (const [key, shape] of Object.entries<Shape>(inputs)) {
        feeds[`in.${key}`] = new Tensor('float32', inputNumbers(values, key, shape), [...shape]);
      }
      for (const [key, tensor] of Object.entries<Tensor>(held.tensors)) feeds[`state.${key}`] = tensor;
      const results = await session.run(feeds).catch((cause: unknown) => {
        throw runError(this.provider, cause);
      });
      const next = changed.map((key) => [key, results[`next.${key}`]] as const);
      held.tensors = { ...held.tensors, ...(Object.fromEntries(next) as Record<S, Tensor>) };
      const read = outputs.map((key) => [key, results[`out.${key}`]?.data] as const);
      return Object.fromEntries(read) as Record<O, Float32Array>;
    };
    return { info, run, dispose: () => session.release() };
  }

  private async createSession(model: Uint8Array): Promise<InferenceSession> {
    try {
      return await InferenceSession.create(model, {
        executionProviders: [this.provider],
        intraOpNumThreads: availableParallelism(),
        graphOptimizationLevel: 'all',
        // What goes wrong is thrown, in one line.
        logSeverityLevel: 4,
        // A scale's programs take turns: one that is done must not keep the cores from the next.
        extra: { session: { force_spinning_stop: '1' } },
      });
    } catch (cause) {
      throw runError(this.provider, cause);
    }
  }
}

function runError(provider: Provider, cause: unknown): EngineError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const firstLine = text.split('\n')[0] ?? '';
  if (/memory|alloc|more than \d+ bytes/i.test(text)) {
    return new EngineError(
      'engine-memory',
      `engine ${provider}: out of memory; choose a smaller maximum size or free some memory`,
      cause,
    );
  }
  return new EngineError('engine-failed', `engine ${provider}: ${firstLine}`, cause);
}
