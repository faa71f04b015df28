/** The WebGPU engine at its work, on a GPU made of software, held against the processor's. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Picture } from '../images/picture.ts';
import type { Losses } from '../singan/train-scale.ts';
import { trainSinGan } from '../singan/train.ts';
import { CompiledEngine } from './compiled.ts';
import { detectEngine } from './detect.ts';
import { calculatesAs } from './self-check.ts';
import { HAS_SOFTWARE_GPU } from './software-gpu.testing.ts';

const gpu = new CompiledEngine('webgpu');
const cpu = new CompiledEngine('cpu');
const PHOTO = { width: 16, height: 14 };

async function train(engine: CompiledEngine): Promise<{ losses: Losses[]; previews: Picture[] }> {
  const [losses, previews]: [Losses[], Picture[]] = [[], []];
  await trainSinGan({
    engine,
    hyperparameters: {
      ...TRAINING_PRESETS.fast,
      minSize: 11,
      maxSize: 16,
      width: 4,
      epochs: 4,
      epochShares: [1],
      coarserPool: 1,
    },
    photo: PHOTO,
    pictureAt: ({ width, height }) => ({
      width,
      height,
      data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 256),
    }),
    onIteration: (report) => losses.push(report.losses),
    onScale: ({ preview }) => void previews.push(preview),
  });
  return { losses, previews };
}

describe.skipIf(!HAS_SOFTWARE_GPU)('the WebGPU engine', () => {
  afterAll(() => gpu.close());

  it('[GPU8] calculates as the processor does', async () => {
    expect(await calculatesAs(gpu, cpu)).toBe(true);
  });

  it('[GPU1] gives the processor’s losses and picture over a whole training', async () => {
    const expected = await train(cpu);
    const actual = await train(gpu);
    expect(actual.losses.length).toBe(expected.losses.length);
    for (const [index, losses] of expected.losses.entries()) {
      for (const [name, value] of Object.entries(losses) as [keyof Losses, number][]) {
        const difference = Math.abs((actual.losses[index]?.[name] ?? NaN) - value);
        expect(difference, `${name} of iteration ${index + 1}`).toBeLessThan(1e-3);
      }
    }
    for (const [index, { data }] of expected.previews.entries()) {
      const other = actual.previews[index]?.data;
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - (other?.[i] ?? NaN))), 0);
      expect(worst, `scale ${index + 1}`).toBeLessThanOrEqual(1);
    }
  });

  it('[GPU2] copies a run’s inputs and outputs and nothing of the state, which outlives its programs', async () => {
    const numbers = new Float32Array(1000).fill(1);
    const state = gpu.createState({ weights: { shape: [1000], data: numbers } });
    const step = ({ x }: { x: tf.Tensor }, { weights }: { weights: tf.Tensor }) => ({
      outputs: { sum: tf.sum(weights) },
      state: { weights: tf.add(weights, x) },
    });
    for (const sum of [1000, 3000]) {
      const program = await gpu.compile(step, { x: [] }, state);
      const before = { ...gpu.copied };
      expect(await program.run({ x: Float32Array.of(1) })).toEqual({ sum: Float32Array.of(sum) });
      expect(await program.run({ x: Float32Array.of(1) })).toEqual({ sum: Float32Array.of(sum + 1000) });
      expect({ in: gpu.copied.in - before.in, out: gpu.copied.out - before.out }).toEqual({ in: 8, out: 8 });
      await program.dispose();
    }
    expect(await state.read()).toEqual({ weights: new Float32Array(1000).fill(5) });
    state.dispose();
  });

  it('[GPU3] sums long products in parts to the processor’s numbers', async () => {
    const step = ({ x, w }: { x: tf.Tensor; w: tf.Tensor }) => {
      const loss = (filter: tf.Tensor) =>
        tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid')));
      return { outputs: { gradient: tf.grad(loss)(w) } };
    };
    const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(1 + i * 12.9898));
    const inputs = { x: [2, 40, 50, 3], w: [3, 3, 3, 4] };
    const values = { x: wave(2 * 40 * 50 * 3), w: wave(108) };
    const [actual, expected] = await Promise.all(
      [gpu, cpu].map(async (engine) => (await engine.compile(step, inputs)).run(values)),
    );
    const largest = Math.max(...(expected?.gradient ?? []).map(Math.abs));
    expected?.gradient.forEach((value, i) =>
      expect(Math.abs(value - (actual?.gradient[i] ?? NaN))).toBeLessThan(1e-4 * largest),
    );
  });

  it('[GPU7] is not chosen by itself where the GPU is made of software, and names it where it is asked for', async () => {
    expect(await detectEngine('auto')).toMatchObject({ name: 'cpu' });
    expect(await detectEngine('webgpu')).toEqual({ name: 'webgpu', device: 'SwiftShader Device (Subzero)' });
  });

  it('[GPU4] goes on after it ran out of memory', async () => {
    const program = await gpu.compile(
      ({ x }: { x: tf.Tensor }) => ({ outputs: { y: tf.sum(tf.add(x, tf.transpose(x))) } }),
      { x: [50_000, 1] },
    );
    const run = program.run({ x: new Float32Array(50_000) });
    await expect(run).rejects.toMatchObject({ code: 'engine-memory', kind: 'machine' });
    const next = await gpu.compile(({ x }: { x: tf.Tensor }) => ({ outputs: { y: tf.neg(x) } }), { x: [1] });
    expect(await next.run({ x: Float32Array.of(2) })).toEqual({ y: Float32Array.of(-2) });
  });
});
