/** The frozen generators one after another, compiled once for given sizes. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, Shape } from '../program.ts';
import type { Size } from '../../shared/geometry.ts';
import { frozenLayers } from './frozen-generator.ts';
import type { FrozenGenerator } from './frozen-generator.ts';
import { MARGIN, generate, generatorInput } from './networks.ts';
import { rowChannels } from './rows.ts';
import type { RowSpan } from './rows.ts';

export interface ChainLevel {
  readonly generator: FrozenGenerator;
  readonly amplitude: number;
  readonly size: Size;
  /** Where the photo's rows lie; read by generators with row channels only. */
  readonly rows: RowSpan;
}

export interface ChainOptions {
  /** The first level continues a picture of its size in place of starting from noise alone. */
  readonly injected?: boolean;
  /** Also gives the result resized. */
  readonly resizeTo?: Size | undefined;
}

export interface ChainResult {
  /** [1, height, width, 3] at the last level's size */
  readonly picture: Float32Array;
  /** [1, height, width, 3] at `resizeTo`; the picture itself without it */
  readonly resized: Float32Array;
}

export interface Chain {
  /** Length of each level's noise: one channel at the coarsest scale, three above it. */
  readonly noiseLengths: readonly number[];
  /**
   * `noises` has one array a level; `injected` is [1, height, width, 3] at the first level's size. Only a run that goes
   * in tiles looks at the signal, between two of them.
   */
  run(noises: readonly Float32Array[], injected?: Float32Array, signal?: AbortSignal): Promise<ChainResult>;
  dispose(): Promise<void>;
}

export async function compileChain(
  engine: Engine,
  levels: readonly ChainLevel[],
  { injected = false, resizeTo }: ChainOptions = {},
): Promise<Chain> {
  const shapes = noiseShapes(levels, injected);
  const inputs: Record<string, Shape> = Object.fromEntries(
    shapes.map((shape, level) => [noiseName(level), shape]),
  );
  const [first] = levels;
  if (!first) throw new Error('internal: chain: no levels');
  if (injected) inputs[INJECTED] = [1, first.size.height, first.size.width, 3];

  const program = await engine.compile((given: Record<string, Tensor>) => {
    let picture = given[INJECTED] as Tensor4D | undefined; // [1, h, w, 3]
    levels.forEach(({ generator, amplitude, size, rows }, level) => {
      const coarser = picture && level > 0 ? resize(picture, size) : picture; // [1, H, W, 3]
      const noise = given[noiseName(level)] as Tensor; // [1, H, W, 1 | 3]
      const rowTensor =
        generator.inputChannels > 3
          ? tf.tensor4d(rowChannels(size, rows, MARGIN, 1), [
              1,
              size.height + 2 * MARGIN,
              size.width + 2 * MARGIN,
              3,
            ])
          : null;
      const start = startOf(noise, amplitude, coarser ?? null); // [1, H, W, 3]
      const input = generatorInput(start, rowTensor); // [1, H + 10, W + 10, 3 | 6]
      picture = generate(frozenLayers(generator), input, coarser ?? null).output; // [1, H, W, 3]
    });
    if (!picture) throw new Error('internal: chain: no levels');
    return resizeTo
      ? { outputs: { picture, resized: resize(picture, resizeTo) } }
      : { outputs: { picture } as Record<'picture' | 'resized', Tensor> };
  }, inputs);

  return {
    noiseLengths: shapes.map(lengthOf),
    async run(noises, picture) {
      const values: Record<string, Float32Array> = picture ? { [INJECTED]: picture } : {};
      noises.forEach((noise, level) => (values[noiseName(level)] = noise));
      const outputs: Partial<Record<'picture' | 'resized', Float32Array>> & { picture: Float32Array } =
        await program.run(values);
      return { picture: outputs.picture, resized: outputs.resized ?? outputs.picture };
    },
    dispose: () => program.dispose(),
  };
}

/** Of each level's noise. */
export function noiseShapes(levels: readonly ChainLevel[], injected: boolean): Shape[] {
  return levels.map(({ size }, level) => [1, size.height, size.width, level === 0 && !injected ? 1 : 3]);
}

export const lengthOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

/** What a generator starts from: at the coarsest scale one channel of noise, repeated to three. */
export function startOf(noise: Tensor, amplitude: number, coarser: Tensor | null): Tensor {
  if (coarser) return tf.add(coarser, tf.mul(noise, amplitude)); // [B, H, W, 3]
  return tf.concat([noise, noise, noise], 3); // [B, H, W, 3]
}

function resize(picture: Tensor4D, { width, height }: Size): Tensor4D {
  return tf.image.resizeBilinear(picture, [height, width], false, true); // [1, height, width, 3]
}

const INJECTED = 'injected';
const noiseName = (level: number): string => `noise${level}`;
