/** The engine `tensorflow` from a bundle, with stand-ins for the packages that it runs on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from './bundle.testing.ts';
import { newProgramFolder, runProgram, type STAND_INS } from './tensorflow-package.testing.ts';

/** Starts an engine, and trains small SinGANs on it where one is named. */
const PROGRAM = `
import * as tf from '@tensorflow/tfjs-core';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import { trainSinGan } from '../singan/train.ts';
import { detectEngine } from './detect.ts';
import { startEngine } from './start.ts';

// A seed of which no unit comes so near LeakyReLU's kink that rounding decides its slope.
const SMALL = {
  fast: { ...TRAINING_PRESETS.fast, minSize: 11, maxSize: 16, width: 4, epochs: 3, epochShares: [1], coarserPool: 2 },
  classic: { ...TRAINING_PRESETS.classic, minSize: 11, maxSize: 16, width: 3, epochs: 2, discriminatorSteps: 2, generatorSteps: 2, seed: 3 },
};
const pictureAt = ({ width, height }) => {
  const data = new Uint8Array(width * height * 3).map((_, i) => (i < (width * height * 3) / 2 ? 200 - (i % 3) * 40 : 60 + ((i * 37) % 50)));
  return { width, height, data };
};
const [, , choice, preset, optimizer] = process.argv;
try {
  const { device } = await detectEngine(choice);
  const engine = await startEngine(choice);
  const before = tf.memory().numTensors;
  const losses = [];
  if (preset) {
    await trainSinGan({
      engine,
      hyperparameters: { ...SMALL[preset], optimizer },
      photo: { width: 16, height: 14 },
      pictureAt,
      onIteration: (report) => losses.push(report.losses),
    });
  }
  await engine.close();
  console.log(JSON.stringify({ name: engine.name, device, losses, left: tf.memory().numTensors - before }));
} catch ({ name, code, kind, message }) {
  console.log(JSON.stringify({ error: { name, code, kind, message } }));
}
`;

const NODE = '@tensorflow/tfjs-node';
const GPU = '@tensorflow/tfjs-node-gpu';

let program: string;
const folders: string[] = [];

beforeAll(async () => {
  program = await mkdtemp(join(tmpdir(), 'panorama-tensorflow-program-'));
  folders.push(program);
  await bundleProgram(PROGRAM, join(program, 'train.mjs'), ['onnxruntime-node']);
});

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

interface Result {
  readonly name?: string;
  readonly device?: string;
  readonly losses?: Record<string, number>[];
  readonly left?: number;
  readonly error?: { name: string; code: string; kind: string; message: string };
}

/** What the program tells with these packages installed. It must have written nothing else. */
async function start(
  packages: Readonly<Record<string, keyof typeof STAND_INS>>,
  ...args: string[]
): Promise<Result> {
  const folder = await newProgramFolder(program, packages);
  folders.push(folder);
  const { status, out, err } = await runProgram(folder, 'train.mjs', args);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(/^[^\n]+\n$/);
  return JSON.parse(out) as Result;
}

describe('the engine tensorflow', () => {
  // The critic's last bias has no gradient but rounding, which Adam makes a whole step of: G's loss shifts by it.
  const SHIFTED = ['discriminator', 'reconstruction', 'gradientPenalty'];
  it.each([
    ['fast', 'sgd', [...SHIFTED, 'generator']],
    ['fast', 'adam', SHIFTED],
    ['classic', 'sgd', [...SHIFTED, 'generator']],
  ])(
    '[ENGINE15] trains with the compiled engine’s losses, and leaves no tensor behind: %s, %s',
    async (preset, optimizer, names) => {
      const eager = await start({ [NODE]: 'works' }, 'tensorflow', preset, optimizer);
      const compiled = await start({}, 'cpu', preset, optimizer);
      expect([eager.name, eager.left, compiled.name]).toEqual(['tensorflow', 0, 'cpu']);
      expect(compiled.losses?.length).toBeGreaterThan(3);
      expect(eager.losses?.length).toBe(compiled.losses?.length);
      compiled.losses?.forEach((losses, iteration) => {
        for (const name of names) {
          const [expected = NaN, got = NaN] = [losses[name], eager.losses?.[iteration]?.[name]];
          expect(Math.abs(got - expected), `${name} ${iteration}`).toBeLessThanOrEqual(
            1e-4 * Math.max(Math.abs(expected), 0.01),
          );
        }
      });
    },
  );

  it('[ENGINE16] runs on the package for GPUs, else on the other one', async () => {
    const both = await start({ [GPU]: 'works', [NODE]: 'works' }, 'tensorflow');
    expect(both.device).toMatch(/^@tensorflow\/tfjs-node-gpu on .+ cores$/);
    for (const standIn of ['lacksBinding', 'crashes', 'registersNothing'] as const) {
      const { name, device } = await start({ [GPU]: standIn, [NODE]: 'works' }, 'tensorflow');
      expect([name, device]).toEqual([
        'tensorflow',
        expect.stringMatching(/^@tensorflow\/tfjs-node on .+ cores$/),
      ]);
    }
  });

  const NO_BINDING =
    'The Node.js native addon module (tfjs_binding.node) can not be found at path: /lib/napi-v8';
  const INSTALL = `npm install --no-save --save-prod ${NODE}@4.22.0`;
  it.each<[string, Readonly<Record<string, keyof typeof STAND_INS>>, string]>([
    ['nothing is installed', {}, `it needs ${GPU} or ${NODE}: ${INSTALL}`],
    [
      'its native part is missing',
      { [NODE]: 'lacksBinding' },
      `${NODE} is installed but does not work (${NO_BINDING}): npm rebuild ${NODE}`,
    ],
    [
      'it ends the process that loads it',
      { [NODE]: 'crashes' },
      `${NODE} is installed but does not work (its process ended with SIGSEGV): npm rebuild ${NODE}`,
    ],
    [
      'it registers no backend',
      { [NODE]: 'registersNothing' },
      `${NODE} loads but registers no backend for this TensorFlow.js: ${INSTALL}`,
    ],
    [
      'it is another package',
      { [NODE]: 'exportsNothing' },
      `${NODE} loads but registers no backend for this TensorFlow.js: ${INSTALL}`,
    ],
    [
      'both are of no use',
      { [GPU]: 'lacksBinding', [NODE]: 'registersNothing' },
      `${GPU} is installed but does not work (${NO_BINDING}): npm rebuild ${GPU}; ` +
        `${NODE} loads but registers no backend for this TensorFlow.js: ${INSTALL}`,
    ],
  ])('[ENGINE16] says in one line what to do where %s', async (_, packages, told) => {
    expect((await start(packages, 'tensorflow')).error).toEqual({
      name: 'EngineError',
      code: 'engine-unavailable',
      kind: 'request',
      message: `engine tensorflow cannot start: ${told}; --engine cpu works everywhere`,
    });
  });
});
