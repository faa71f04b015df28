/**
 * The contract between network code and the engines that run it.
 *
 * A step is a plain function written with `@tensorflow/tfjs-core` operations. An engine compiles it once and
 * runs it many times; what the step carries from run to run (weights, optimizer moments) is a `State` that
 * lives with the engine. Types only: `singan/` writes steps, `engine/` runs them, neither knows the other.
 */
import type { Tensor } from '@tensorflow/tfjs-core';

/** Logical shape in TensorFlow's order: pictures are [batch, height, width, channels]. */
export type Shape = readonly number[];

/** A dense float32 array on the host, row-major in its logical shape. */
export interface HostTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/**
 * One run: tensors in, scalars and previews out, and the next value of each state entry that changes.
 * Must be pure: the same graph whatever the values. Tensors made from host arrays inside it are constants.
 */
export type Step<I extends string, S extends string, O extends string> = (
  inputs: Record<I, Tensor>,
  state: Record<S, Tensor>,
) => { outputs: Record<O, Tensor>; state?: Partial<Record<S, Tensor>> };

/** Named tensors kept by an engine; several programs may share one state. */
export interface State<S extends string = string> {
  /** Copies every entry to the host. */
  read(): Promise<Record<S, Float32Array>>;
  dispose(): void;
}

export interface ProgramInfo {
  /** Nodes in the compiled graph; 0 where the engine runs operations one by one. */
  readonly nodes: number;
  readonly compileMs: number;
}

export interface Program<I extends string = string, O extends string = string> {
  readonly info: ProgramInfo;
  /** Runs the step once and moves the state on. Arrays are row-major in the declared shapes. */
  run(inputs: Record<I, Float32Array>): Promise<Record<O, Float32Array>>;
  dispose(): Promise<void>;
}

export interface Engine {
  /** What the user chose it by: `cpu`, `webgpu`, `cuda`, `tensorflow`, … */
  readonly name: string;
  createState<S extends string>(values: Record<S, HostTensor>): State<S>;
  compile<I extends string, S extends string, O extends string>(
    step: Step<I, S, O>,
    inputs: Record<I, Shape>,
    state?: State<S>,
  ): Promise<Program<I, O>>;
  /** Gives the device back with all that is on it: its programs and states are not used any more. */
  close(): Promise<void>;
}
