/** Where an engine keeps its state between runs: in this process, or on the GPU. */
import type { Tensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { Shape } from '../program.ts';
import { Graph } from './graph.ts';
import { writeOnnxModel } from './onnx.ts';
import { openSession } from './sessions.ts';
import type { Location } from './sessions.ts';

export interface Memory {
  /** Where programs shall leave what they give for a state. */
  readonly location: Location;
  /** To be awaited before a program's session is opened. */
  open(): Promise<void>;
  /** The same numbers in this memory. */
  take(tensor: Tensor): Promise<Tensor>;
  /** Keeps what a program gave, which is in this memory already. */
  keep(tensor: Tensor, maker: InferenceSession): void;
  /** A copy. */
  read(tensor: Tensor): Promise<Float32Array>;
  /** Gives a tensor's memory back at once; it is not used any more. */
  free(tensor: Tensor): void;
  /** Ends a program's session, as soon as nothing is kept that it gave. */
  retire(session: InferenceSession): Promise<void>;
  /** Gives everything back. All programs' sessions are retired before. */
  close(): Promise<void>;
}

export class HostMemory implements Memory {
  readonly location = 'cpu';

  open(): Promise<void> {
    return Promise.resolve();
  }

  take(tensor: Tensor): Promise<Tensor> {
    return Promise.resolve(tensor);
  }

  keep(): void {}

  read(tensor: Tensor): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from(tensor.data as Float32Array));
  }

  free(tensor: Tensor): void {
    tensor.dispose();
  }

  retire(session: InferenceSession): Promise<void> {
    return session.release();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * The GPU's memory, by WebGPU. In Node a tensor there can be made and read only by running something: a graph that
 * gives its input back, with the output wanted here or there.
 *
 * A buffer belongs to the session that made it, and the device goes with the last session: freeing a buffer after its
 * session ends the process. So sessions are ended after their buffers, and one stays open as long as this memory.
 */
export class DeviceMemory implements Memory {
  readonly location = 'gpu-buffer';
  private readonly movers = new Map<string, Promise<InferenceSession>>();
  /** Live buffers, and the sessions that made them. */
  private readonly makers = new Map<Tensor, InferenceSession>();
  private readonly retired = new Set<InferenceSession>();

  async open(): Promise<void> {
    await this.mover([1], 'gpu-buffer');
  }

  async take(tensor: Tensor): Promise<Tensor> {
    if (this.makers.has(tensor)) return tensor;
    const taken = await this.move(tensor, 'gpu-buffer');
    this.keep(taken, await this.mover(tensor.dims, 'gpu-buffer'));
    return taken;
  }

  keep(tensor: Tensor, maker: InferenceSession): void {
    this.makers.set(tensor, maker);
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    const { data } = this.makers.has(tensor) ? await this.move(tensor, 'cpu') : tensor;
    return Float32Array.from(data as Float32Array);
  }

  free(tensor: Tensor): void {
    const maker = this.makers.get(tensor);
    if (!maker) return;
    tensor.dispose();
    this.makers.delete(tensor);
    if (this.retired.has(maker)) void this.retire(maker);
  }

  async retire(session: InferenceSession): Promise<void> {
    this.retired.add(session);
    if ([...this.makers.values()].includes(session)) return;
    this.retired.delete(session);
    await session.release();
  }

  async close(): Promise<void> {
    for (const tensor of [...this.makers.keys()]) this.free(tensor);
    const movers = [...this.movers.values()];
    this.movers.clear();
    for (const mover of movers) await (await mover).release();
  }

  private async move(tensor: Tensor, to: Location): Promise<Tensor> {
    const session = await this.mover(tensor.dims, to);
    const { y } = await session.run({ x: tensor });
    if (!y) throw new Error('internal: memory: nothing came back');
    return y;
  }

  private mover(shape: Shape, to: Location): Promise<InferenceSession> {
    const key = `${to} ${shape.join()}`;
    const known = this.movers.get(key);
    if (known) return known;
    const graph = new Graph();
    graph.output('y', graph.input('x', shape));
    const opened = openSession('webgpu', writeOnnxModel(graph), { y: to });
    this.movers.set(key, opened);
    // One that could not be opened may be tried again.
    opened.catch(() => this.movers.delete(key));
    return opened;
  }
}
