/**
 * Compiles a step: TensorFlow.js traced to an ONNX graph, run by ONNX Runtime. State entries go from one run's
 * output to the next one's input without passing through JavaScript numbers; with WebGPU they never leave the GPU.
 */
import { Tensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { Engine, HostTensor, Program, Shape, State, Step } from '../program.ts';
import { channelBlock } from './channel-block.ts';
import { runError } from './failures.ts';
import { inputNumbers } from './inputs.ts';
import { DeviceMemory, HostMemory } from './memory.ts';
import type { Memory } from './memory.ts';
import { writeOnnxModel } from './onnx.ts';
import { openSession } from './sessions.ts';
import type { Location, Provider } from './sessions.ts';
import { trace } from './trace/backend.ts';

class CompiledState<S extends string> implements State<S> {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    public tensors: Record<S, Tensor>,
    readonly memory: Memory,
  ) {}

  read(): Promise<Record<S, Float32Array>> {
    return this.alone(async () => {
      const read = {} as Record<S, Float32Array>;
      for (const [key, tensor] of entriesOf(this.tensors)) read[key] = await this.memory.read(tensor);
      return read;
    });
  }

  /** Brings all entries to where programs want them. */
  settle(): Promise<void> {
    return this.alone(async () => {
      for (const [key, tensor] of entriesOf(this.tensors)) this.tensors[key] = await this.memory.take(tensor);
    });
  }

  /** Puts what a run gave in the places of what was there. */
  move(next: readonly (readonly [S, Tensor])[], maker: InferenceSession): void {
    for (const [key, tensor] of next) {
      this.memory.keep(tensor, maker);
      this.memory.free(this.tensors[key]);
      this.tensors[key] = tensor;
    }
  }

  /** What a run reads must not be freed by another one meanwhile: they take turns. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  dispose(): void {
    for (const [, tensor] of entriesOf(this.tensors)) this.memory.free(tensor);
  }
}

export class CompiledEngine implements Engine {
  readonly name: Provider;
  /** Bytes that went between this process and the engine's memory so far. */
  readonly copied = { in: 0, out: 0 };
  private readonly memory: Memory;
  private readonly sessions = new Set<InferenceSession>();

  /**
   * `channelBlock` overrides what is found out about this machine (see `Graph`); 0 does without blocks. `threads` are
   * the processor's, by default as many as it runs at once.
   */
  constructor(
    private readonly provider: Provider,
    private readonly options: { readonly channelBlock?: number; readonly threads?: number } = {},
  ) {
    this.name = provider;
    // ONNX Runtime's Node package leaves outputs on the device with WebGPU only.
    this.memory = provider === 'webgpu' ? new DeviceMemory() : new HostMemory();
  }

  createState<S extends string>(values: Record<S, HostTensor>): State<S> {
    const entries = Object.entries<HostTensor>(values).map(
      ([key, { data, shape }]) => [key, new Tensor('float32', Float32Array.from(data), [...shape])] as const,
    );
    return new CompiledState(Object.fromEntries(entries) as Record<S, Tensor>, this.memory);
  }

  async compile<I extends string, S extends string, O extends string>(
    step: Step<I, S, O>,
    inputs: Record<I, Shape>,
    state: State<S> = new CompiledState({} as Record<S, Tensor>, this.memory),
  ): Promise<Program<I, O>> {
    const held = this.own(state);
    const started = performance.now();
    const shapes = entriesOf(held.tensors).map(([key, tensor]) => [key, tensor.dims] as const);
    const gpu = this.provider !== 'cpu';
    const block = this.options.channelBlock ?? (gpu ? 0 : await channelBlock());
    const { graph, outputs, changed } = trace(step, inputs, Object.fromEntries(shapes) as Record<S, Shape>, {
      channelBlock: block,
      gpu,
    });
    const locations: Record<string, Location> = {};
    for (const key of outputs) locations[`out.${key}`] = 'cpu';
    for (const key of changed) locations[`next.${key}`] = this.memory.location;
    const session = await this.onDevice(async () => {
      await this.memory.open();
      await held.settle();
      return openSession(
        this.provider,
        writeOnnxModel(graph),
        this.memory.location === 'cpu' ? undefined : locations,
        this.options.threads,
      );
    });
    this.sessions.add(session);
    const info = { nodes: graph.nodes.length, compileMs: performance.now() - started };

    const run = (values: Record<I, Float32Array>): Promise<Record<O, Float32Array>> =>
      held.alone(async () => {
        const feeds: Record<string, Tensor> = {};
        for (const [key, shape] of Object.entries<Shape>(inputs)) {
          feeds[`in.${key}`] = new Tensor('float32', inputNumbers(values, key, shape), [...shape]);
        }
        for (const [key, tensor] of entriesOf(held.tensors)) feeds[`state.${key}`] = tensor;
        const results = await this.onDevice(() => session.run(feeds));
        this.count(feeds, results);
        const next = changed.map((key) => [key, resultOf(results, `next.${key}`)] as const);
        held.move(next, session);
        const read = outputs.map((key) => [key, resultOf(results, `out.${key}`).data] as const);
        return Object.fromEntries(read) as Record<O, Float32Array>;
      });
    return { info, run, dispose: () => this.release(session) };
  }

  async close(): Promise<void> {
    for (const session of [...this.sessions]) await this.release(session);
    await this.memory.close();
  }

  private own<S extends string>(state: State<S>): CompiledState<S> {
    if (state instanceof CompiledState && (state as CompiledState<S>).memory === this.memory) {
      return state as CompiledState<S>;
    }
    throw new Error('internal: compile: the state belongs to another engine');
  }

  private async release(session: InferenceSession): Promise<void> {
    if (this.sessions.delete(session)) await this.memory.retire(session);
  }

  private count(feeds: Record<string, Tensor>, results: InferenceSession.OnnxValueMapType): void {
    if (this.memory.location === 'cpu') return;
    const bytes = (tensors: Record<string, unknown>): number =>
      Object.values(tensors as Record<string, Tensor>)
        .filter(({ location }) => location === 'cpu')
        .reduce((sum, { size }) => sum + size * Float32Array.BYTES_PER_ELEMENT, 0);
    this.copied.in += bytes(feeds);
    this.copied.out += bytes(results);
  }

  private async onDevice<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw runError(this.provider, cause);
    }
  }
}

function resultOf(results: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const result = results[name];
  if (!result) throw new Error(`internal: run: no result ${name}`);
  return result;
}

function entriesOf<K extends string>(tensors: Record<K, Tensor>): [K, Tensor][] {
  return Object.entries<Tensor>(tensors) as [K, Tensor][];
}
