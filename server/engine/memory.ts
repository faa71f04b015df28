/** Where an engine keeps its state between runs: in this process, or on the GPU. */
import { Tensor } from 'onnxruntime-node';
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
  /** The same numbers in this memory. The given tensor may be the result. */
  take(tensor: Tensor): Promise<Tensor>;
  /** A copy. */
  read(tensor: Tensor): Promise<Float32Array>;
  /** Gives a tensor's memory back at once; it is not used any more. */
  free(tensor: Tensor): void;
  /** Gives everything back. The sessions of all programs are released before. */
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

  read(tensor: Tensor): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from(tensor.data as Float32Array));
  }

  free(tensor: Tensor): void {
    tensor.dispose();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * The GPU's memory, by WebGPU. In Node a tensor there can be made and read only by running something: a graph that
 * gives its input back, with the output wanted here or there.
 *
 * Buffers belong to the device, and the device goes with the last session: freeing a buffer after that ends the
 * process. So one session stays open as long as this memory, which knows all its buffers.
 */
export class DeviceMemory implements Memory {
  readonly location = 'gpu-buffer';
  private readonly movers = new Map<string, Promise<InferenceSession>>();
  private readonly buffers = new Set<Tensor>();

  async open(): Promise<void> {
    await this.mover([1], 'gpu-buffer');
  }

  async take(tensor: Tensor): Promise<Tensor> {
    const taken = tensor.location === 'gpu-buffer' ? tensor : await this.move(tensor, 'gpu-buffer');
    this.buffers.add(taken);
    return taken;
  }

  async read(tensor: Tensor): Promise<Float32Array> {
    const { data } = tensor.location === 'gpu-buffer' ? await this.move(tensor, 'cpu') : tensor;
    return Float32Array.from(data as Float32Array);
  }

  free(tensor: Tensor): void {
    if (this.buffers.delete(tensor)) tensor.dispose();
  }

  async close(): Promise<void> {
    for (const tensor of [...this.buffers]) this.free(tensor);
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
