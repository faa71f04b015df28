import { describe, expect, it } from 'vitest';
import type { Engine, HostTensor } from '../program.ts';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import type { Hyperparameters, TrainingPresetName } from '../../shared/hyperparameters.ts';
import { architecturesAt } from './initialization.ts';
import { parameterCount, statisticsCount } from './networks.ts';
import { createRandom } from './random.ts';
import { trainScale } from './train-scale.ts';

interface Run {
  /** `D`, `G` or both, `+` where the penalty is taken; `d` is D on the fake that is kept. */
  readonly program: string;
  readonly inputs: Readonly<Record<string, Float32Array>>;
}

/** An engine that runs nothing and writes down what it was asked for. */
function recordingEngine() {
  const runs: Run[] = [];
  let disposed = 0;
  let values: Record<string, HostTensor> = {};
  const engine: Engine = {
    name: 'recording',
    createState(given) {
      values = given;
      return {
        read: () =>
          Promise.resolve(
            Object.fromEntries(Object.entries(values).map(([key, { data }]) => [key, data])) as never,
          ),
        dispose: () => void disposed++,
      };
    },
    compile(_step, inputs) {
      const has = (name: string) => name in inputs;
      const program =
        (has('discriminatorScalars') ? (has('noise') ? 'D' : 'd') : '') +
        (has('epsilon') ? '+' : '') +
        (has('generatorScalars') ? 'G' : '');
      return Promise.resolve({
        info: { nodes: 0, compileMs: 0 },
        run: (given) => {
          expect(Object.keys(given).sort()).toEqual(Object.keys(inputs).sort());
          runs.push({ program, inputs: given });
          return Promise.resolve({} as never);
        },
        dispose: () => Promise.resolve(void disposed++),
      });
    },
    close: () => Promise.resolve(),
  };
  return { engine, runs, disposed: () => disposed };
}

async function record(change: Partial<Hyperparameters>, preset: TrainingPresetName = 'fast') {
  const hyperparameters = { ...TRAINING_PRESETS[preset], width: 2, ...change };
  const { engine, runs, disposed } = recordingEngine();
  const architectures = architecturesAt(hyperparameters, 1);
  const statistics = new Float32Array(statisticsCount(architectures.generator));
  let drawn = 0;
  await trainScale({
    engine,
    scale: {
      index: 1,
      size: { width: 12, height: 11 },
      hyperparameters,
      ...architectures,
      photo: new Float32Array(),
      reconstructionStart: new Float32Array(),
      noiseAmplitude: 1,
    },
    start: {
      generator: new Float32Array(parameterCount(architectures.generator)),
      discriminator: new Float32Array(parameterCount(architectures.discriminator)),
      runningMean: statistics,
      runningVariance: statistics,
    },
    random: createRandom(1),
    drawCoarser: () => Promise.resolve(Float32Array.of(drawn++)),
    onIteration: () => undefined,
  });
  return { runs, disposed: disposed() };
}

const numbers = (runs: readonly Run[], name: string) => runs.map(({ inputs }) => inputs[name]?.[0]);

describe('trainScale', () => {
  it('[GAN21] with one step of each network an iteration is one run; the penalty comes every n-th time', async () => {
    const { runs, disposed } = await record({ epochs: 4, epochShares: [1], gradientPenaltyEvery: 2 });
    expect(runs.map(({ program }) => program)).toEqual(['D+G', 'DG', 'D+G', 'DG']);
    expect(disposed).toBe(3);
  });

  it('[GAN21] otherwise D’s steps come first, each on a fresh coarser sample, then G’s on the last one', async () => {
    const { runs } = await record({ epochs: 2, discriminatorSteps: 3, generatorSteps: 2 }, 'paper');
    expect(runs.map(({ program }) => program).join(' ')).toBe('D+ D+ D+ G G D+ D+ D+ G G');
    expect(numbers(runs, 'coarser')).toEqual([0, 1, 2, 2, 2, 3, 4, 5, 5, 5]);
    const noises = numbers(runs, 'noise');
    expect(new Set(noises.slice(0, 5)).size).toBe(1);
    expect(noises[5]).not.toBe(noises[0]);
  });

  it('[GAN21] classic’s D steps see one fake, on one coarser sample an iteration', async () => {
    const { runs } = await record({ epochs: 2 }, 'classic');
    expect(runs.map(({ program }) => program).join(' ')).toBe('D+ d+ d+ G G G D+ d+ d+ G G G');
    const drawing = runs.filter(({ program }) => program !== 'd+');
    expect(numbers(drawing, 'coarser')).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    const rates = new Set(numbers(runs, 'epsilon'));
    expect(rates.size).toBe(7);
  });

  it('[GAN22] the learning rate falls to a tenth at 80 % of a scale’s iterations', async () => {
    const change = { epochs: 10, optimizer: 'sgd', discriminatorSteps: 1, generatorSteps: 1 } as const;
    const { runs } = await record(change, 'paper');
    const rates = numbers(runs, 'generatorScalars').map((rate) => Number(rate?.toPrecision(3)));
    expect(rates).toEqual([...new Array<number>(8).fill(5e-4), 5e-5, 5e-5]);
  });

  it('[GAN23] the moving average begins at the first weights and slows down to its largest decay', async () => {
    const { runs } = await record({ epochs: 5, epochShares: [1], emaDecay: 0.2 });
    const decays = numbers(runs, 'emaDecay').map((decay) => Number(decay?.toFixed(4)));
    expect(decays).toEqual([0, 0.0909, 0.1667, 0.2, 0.2]);
  });
});
