/** Samples where the engine's memory is short, held against those of an engine that has enough. */
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CompiledEngine } from '../engine/compiled.ts';
import { EagerEngine } from '../engine/eager.ts';
import { ShortMemoryEngine } from '../engine/short-memory.testing.ts';
import type { Size } from '../../shared/geometry.ts';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Hyperparameters, TrainingPresetName } from '../../shared/hyperparameters.ts';
import type { Picture } from '../images/picture.ts';
import { compileChain } from './chain.ts';
import type { ChainLevel } from './chain.ts';
import type { SinGan } from './model.ts';
import { createRandom } from './random.ts';
import { compileSampler, freshNoises, layoutLevels } from './sample.ts';
import type { SampleRequest } from './sample.ts';
import { TiledChain } from './tiled-chain.ts';
import { trainSinGan } from './train.ts';

const engine = new CompiledEngine('cpu');
const PHOTO = { width: 20, height: 16 };
/** Inputs of a tile of 32×32, the smallest that is tried: padded start, padded rows, coarser. */
const LEAST = 42 * 42 * 6 + 32 * 32 * 3;
const MODES = ['extend', 'reimagine', 'retarget'] as const;

const pattern = ({ width, height }: Size): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 256),
});

const recipe = (preset: TrainingPresetName): Hyperparameters => ({
  ...TRAINING_PRESETS[preset],
  minSize: 11,
  maxSize: 20,
  width: 4,
  epochs: 2,
  epochShares: [1],
});

const train = (preset: TrainingPresetName, on: ShortMemoryEngine | CompiledEngine = engine) =>
  trainSinGan({
    engine: on,
    hyperparameters: recipe(preset),
    photo: PHOTO,
    pictureAt: pattern,
  });

const models = new Map<TrainingPresetName, SinGan>();
beforeAll(async () => {
  for (const preset of ['fast', 'classic'] as const) models.set(preset, await train(preset));
});
const modelOf = (preset: TrainingPresetName): SinGan => {
  const model = models.get(preset);
  if (!model) throw new Error(`no model of ${preset}`);
  return model;
};

/** With the photo as large as the model's finest scale has it, so that samples are as large as the frame. */
function requestFor(mode: (typeof MODES)[number], frame: Size): SampleRequest {
  const [x, y] = [Math.round((frame.width - PHOTO.width) / 2), Math.round((frame.height - PHOTO.height) / 3)];
  return { mode, frame, photo: { x, y, ...PHOTO } };
}

interface Draw {
  readonly on: ShortMemoryEngine | CompiledEngine;
  readonly preset?: TrainingPresetName;
  readonly seeds?: readonly number[];
  readonly signal?: AbortSignal;
}

async function draw(
  request: SampleRequest,
  { on, preset = 'fast', seeds = [1], signal }: Draw,
): Promise<Picture[]> {
  const sampler = await compileSampler(on, modelOf(preset), request);
  const stretched = sampler.startSize ? pattern(sampler.startSize) : undefined;
  try {
    const pictures: Picture[] = [];
    for (const seed of seeds) pictures.push(await sampler.sample(seed, stretched, signal));
    return pictures;
  } finally {
    await sampler.dispose();
  }
}

function expectSame(actual: readonly Picture[], expected: readonly Picture[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach(({ width, height, data }, index) => {
    expect(actual[index]).toMatchObject({ width, height });
    const other = actual[index]?.data;
    const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - (other?.[i] ?? NaN))), 0);
    expect(worst).toBeLessThanOrEqual(1);
  });
}

describe('sampling where memory is short', () => {
  it.each(MODES.flatMap((mode) => (['fast', 'classic'] as const).map((preset) => [mode, preset] as const)))(
    '[GPU9] gives the same pictures in tiles: %s, %s',
    async (mode, preset) => {
      for (const frame of [
        { width: 150, height: 40 },
        { width: 41, height: 133 },
      ]) {
        const request = requestFor(mode, frame);
        const expected = await draw(request, { on: engine, preset, seeds: [1, 2] });
        const short = new ShortMemoryEngine(engine, LEAST, 'run');
        expectSame(await draw(request, { on: short, preset, seeds: [1, 2] }), expected);
        expect(short.refusals).toBeGreaterThan(1);
        expect(short.open).toBe(0);
      }
    },
  );

  it('[GPU9] gives the same pictures whatever the frame and the memory, refused early or late', async () => {
    const side = fc.integer({ min: 30, max: 140 });
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({ width: side, height: side }),
        fc.constantFrom(...MODES),
        fc.constantFrom('compile', 'run'),
        fc.integer({ min: LEAST, max: 6 * LEAST }),
        async (frame, mode, refuses, numbers) => {
          const request = requestFor(mode, frame);
          const short = new ShortMemoryEngine(engine, numbers, refuses);
          expectSame(await draw(request, { on: short }), await draw(request, { on: engine }));
          refusals += short.refusals;
        },
      ),
      { numRuns: 20 },
    );
    expect(refusals).toBeGreaterThan(0);
  });

  it('[GPU9] has the numbers of the whole to 1e-5, without seams', async () => {
    // The oracle, whose resizing counts in doubles as the host's does.
    const oracle = new EagerEngine('cpu');
    for (const injected of [false, true]) {
      const levels: ChainLevel[] = layoutLevels(
        modelOf('fast'),
        requestFor('reimagine', { width: 170, height: 61 }),
      ).map(({ frame }, level) => ({
        generator: modelOf('fast').generators[level] as ChainLevel['generator'],
        amplitude: 0.3,
        size: frame,
        rows: { top: 3, height: frame.height - 5 },
      }));
      const whole = await compileChain(oracle, levels, { injected });
      const tiled = new TiledChain(new ShortMemoryEngine(oracle, LEAST, 'run'), levels, { injected });
      expect(tiled.noiseLengths).toEqual(whole.noiseLengths);
      const noises = freshNoises(whole.noiseLengths, createRandom(3, 'test'));
      const first = injected ? createRandom(4, 'test').normal(whole.noiseLengths[0] ?? 0) : undefined;
      const { picture: expected } = await whole.run(noises, first);
      const { picture: actual } = await tiled.run(noises, first);
      const worst = expected.reduce((most, v, i) => Math.max(most, Math.abs(v - (actual[i] ?? NaN))), 0);
      expect(worst).toBeLessThan(1e-5);
      await whole.dispose();
      await tiled.dispose();
    }
  });

  it('[GPU9] keeps what worked for the samples that follow', async () => {
    const short = new ShortMemoryEngine(engine, 2 * LEAST, 'run');
    const request = requestFor('reimagine', { width: 300, height: 60 });
    const sampler = await compileSampler(short, modelOf('fast'), request);
    await sampler.sample(1);
    const { tried, refusals } = short;
    const programs = tried.length;
    expect(refusals).toBeGreaterThan(0);
    // After the whole, each size of tiles is tried once, and each is smaller than the one before it.
    const refused = tried.filter((numbers) => numbers > 2 * LEAST).slice(1);
    expect(refused.length).toBeGreaterThan(1);
    expect(refused).toEqual([...new Set(refused)].toSorted((a, b) => b - a));
    await sampler.sample(2);
    expect(short.refusals).toBe(refusals);
    expect(tried.length).toBe(programs);
    await sampler.dispose();
    expect(short.open).toBe(0);
  });

  it('[GPU9] is whole where memory suffices', async () => {
    const ample = new ShortMemoryEngine(engine, Infinity, 'run');
    await draw(requestFor('extend', { width: 150, height: 40 }), { on: ample, seeds: [1, 2] });
    expect(ample.tried.length).toBe(1);
  });

  it('[GPU9] makes its tiles smaller again when memory gets shorter between two samples', async () => {
    const request = requestFor('extend', { width: 150, height: 60 });
    const expected = await draw(request, { on: engine, seeds: [1, 2, 3] });
    const short = new ShortMemoryEngine(engine, Infinity, 'run');
    const sampler = await compileSampler(short, modelOf('fast'), request);
    const pictures: Picture[] = [];
    for (const [seed, numbers] of [Infinity, 3 * LEAST, LEAST].entries()) {
      short.numbers = numbers;
      pictures.push(await sampler.sample(seed + 1));
    }
    expectSame(pictures, expected);
    await sampler.dispose();
    expect(short.open).toBe(0);
  });

  it.each(['compile', 'run'] as const)(
    '[GPU10] fails with the engine’s error where the smallest tiles are too large at %s',
    async (refuses) => {
      const short = new ShortMemoryEngine(engine, 100, refuses);
      const request = requestFor('reimagine', { width: 150, height: 60 });
      const sampler = await compileSampler(short, modelOf('fast'), request);
      for (const seed of [1, 2]) {
        await expect(sampler.sample(seed)).rejects.toMatchObject({ code: 'engine-memory', kind: 'machine' });
      }
      expect(short.refusals).toBeGreaterThan(2);
      await sampler.dispose();
      expect(short.open).toBe(0);
    },
  );

  it('[GPU10] fails with any other error at once', async () => {
    const model = modelOf('fast');
    const broken = { ...model, generators: model.generators.map((g) => ({ ...g, inputChannels: 5 })) };
    const ample = new ShortMemoryEngine(engine, Infinity, 'run');
    const request = requestFor('reimagine', { width: 30, height: 20 });
    await expect(compileSampler(ample, broken, request)).rejects.toThrow();
    expect(ample.tried.length).toBe(1);
  });

  it('[GPU10] a training that is out of memory fails: its programs are not cut', async () => {
    const short = new ShortMemoryEngine(engine, 100, 'run');
    await expect(train('fast', short)).rejects.toMatchObject({ code: 'engine-memory' });
    expect(short.refusals).toBe(1);
    expect(short.open).toBe(0);
  });

  it('[GPU11] a cancel ends a sample between two tiles, by its reason', async () => {
    // Unlike the compiled engine's, its runs never let others have the thread.
    const short = new ShortMemoryEngine(new EagerEngine('cpu'), LEAST, 'run');
    const controller = new AbortController();
    const reason = new Error('enough');
    let runs = 0;
    const counting = new Proxy(short, {
      get(target, key) {
        if (key !== 'compile') return Reflect.get(target, key) as unknown;
        return async (...given: Parameters<ShortMemoryEngine['compile']>) => {
          const program = await target.compile(...given);
          return {
            ...program,
            run: async (values: Record<string, Float32Array>) => {
              const result = await program.run(values);
              // As a message does that waits for the thread.
              if (++runs === 2) setImmediate(() => controller.abort(reason));
              return result;
            },
          };
        };
      },
    });
    const request = requestFor('reimagine', { width: 400, height: 60 });
    await expect(draw(request, { on: counting, signal: controller.signal })).rejects.toBe(reason);
    expect(runs).toBeLessThanOrEqual(3);
    expect(short.open).toBe(0);
  });
});
