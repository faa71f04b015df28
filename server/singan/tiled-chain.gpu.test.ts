/** A sample in tiles on a GPU that is out of memory in earnest, on one made of software. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { CompiledEngine } from '../engine/compiled.ts';
import { numbersOf } from '../engine/short-memory.testing.ts';
import { HAS_SOFTWARE_GPU } from '../engine/software-gpu.testing.ts';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Engine, Program, Shape, State, Step } from '../program.ts';
import { freeze } from './frozen-generator.ts';
import { architecturesAt, initialParameters } from './initialization.ts';
import type { SinGan } from './model.ts';
import { createRandom } from './random.ts';
import { compileSampler } from './sample.ts';

const gpu = new CompiledEngine('webgpu');
const cpu = new CompiledEngine('cpu');
const LEVELS = [
  { width: 15, height: 12 },
  { width: 20, height: 16 },
];

function untrained(): SinGan {
  const hyperparameters = { ...TRAINING_PRESETS.fast, width: 4 };
  const random = createRandom(1, 'weights');
  const { generator } = architecturesAt(hyperparameters, 0);
  const none = new Float32Array();
  return {
    hyperparameters,
    photo: { width: 20, height: 16 },
    levels: LEVELS,
    zStar: random.normal(15 * 12),
    noiseAmplitudes: [1, 0.1],
    generators: LEVELS.map(() =>
      freeze(generator, initialParameters(generator, hyperparameters.initialization, random), none, none),
    ),
  };
}

/** The GPU, with 10 GB more to hold for a program whose inputs are more than so many numbers. */
class Crowded implements Engine {
  readonly name = gpu.name;
  readonly createState = gpu.createState.bind(gpu);
  failures = 0;

  constructor(private readonly numbers: number) {}

  async compile<I extends string, S extends string, O extends string>(
    step: Step<I, S, O>,
    inputs: Record<I, Shape>,
    state?: State<S>,
  ): Promise<Program<I, O>> {
    if (numbersOf(inputs) <= this.numbers) return gpu.compile(step, inputs, state);
    const program = await gpu.compile(
      (given: Record<string, tf.Tensor>, held: Record<S, tf.Tensor>) => {
        const { ballast } = given;
        const table = tf.add(ballast as tf.Tensor, tf.transpose(ballast as tf.Tensor)); // [50000, 50000]
        const { outputs, ...next } = step(given, held);
        return { outputs: { ...outputs, sum: tf.sum(table) }, ...next };
      },
      { ...inputs, ballast: [50_000, 1] },
      state,
    );
    const run = async (values: Record<I, Float32Array>): Promise<Record<O, Float32Array>> => {
      try {
        return await program.run({ ...values, ballast: new Float32Array(50_000) });
      } catch (error) {
        this.failures++;
        expect(error).toMatchObject({ code: 'engine-memory' });
        throw error;
      }
    };
    return { ...program, run };
  }

  close(): Promise<void> {
    return gpu.close();
  }
}

describe.skipIf(!HAS_SOFTWARE_GPU)('sampling on a GPU without enough memory', () => {
  afterAll(() => gpu.close());

  it('[GPU9] goes on in tiles on the same GPU, to the processor’s picture', async () => {
    const frame = { width: 120, height: 40 };
    const request = { mode: 'extend', frame, photo: { x: 30, y: 12, width: 20, height: 16 } } as const;
    const model = untrained();
    const crowded = new Crowded(16_000);
    const pictures = [];
    for (const engine of [cpu, crowded]) {
      const sampler = await compileSampler(engine, model, request);
      pictures.push(await sampler.sample(1));
      await sampler.dispose();
    }
    // The whole, and the first tiles.
    expect(crowded.failures).toBe(2);
    const [expected, actual] = pictures;
    expect(actual).toMatchObject(frame);
    const worst = expected?.data.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (actual?.data[i] ?? NaN))),
      0,
    );
    expect(worst).toBeLessThanOrEqual(1);
  });
});
