import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import { encodePicture } from '../images/encode.ts';
import { recordOutputs } from './record-outputs.testing.ts';
import { scene } from './quality/pictures.testing.ts';
import { parseOptions } from './options.ts';
import { findPyTorch } from './pytorch.ts';
import type { Results } from './results.ts';
import { sum } from './rounds.ts';
import { runBench, type Work } from './run.ts';

const NUMBER: unknown = expect.any(Number);

let folder: string;
let work: Work;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const photo = join(folder, 'photo.png');
  await writeFile(photo, await encodePicture(scene(40, 32), 'png'));
  work = {
    photo,
    paintings: [{ width: 64, height: 32 }],
    steps: [{ channels: 4, height: 15, width: 17 }],
    classic: { ...TRAINING_PRESETS.classic, maxSize: 40, width: 4 },
    fast: { ...TRAINING_PRESETS.fast, maxSize: 40, width: 4, epochs: 20, coarserPool: 2 },
    jobs: [],
    roundMs: 100,
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(argv: readonly string[], python = join(folder, 'no-python')) {
  const { said, ...outputs } = recordOutputs();
  const status = await runBench(argv, work, {
    ...outputs,
    folder,
    python,
    version: '0',
    now: () => new Date(0),
  });
  return { status, ...said };
}

describe('npm run bench', () => {
  it.each([
    [['--engine', 'steam'], /--engine: expected one of auto, .*got "steam"/],
    [['--only', 'paint,lunch'], /--only: expected one of paint, step, training, job, got "lunch"/],
    [['--only', ''], /--only: expected one of .*got ""/],
    [['--only', 'step,step'], /--only: expected each part once, got step twice/],
    [['--rounds', '0'], /--rounds: expected a whole number from 1 to 100, got "0"/],
    [['--rounds', '1.5'], /--rounds: expected a whole number from 1 to 100, got "1\.5"/],
    [['--rounds', '1e2'], /--rounds: .*got "1e2"/],
    [['--rounds', '1', '--rounds', '2'], /--rounds: expected once, got it twice/],
    [['--json', 'results.txt'], /--json: expected a name that ends in \.json, got "results\.txt"/],
    [['--json', 'no/where.json'], /--json: expected a folder at .*no, got none/],
    [['--json'], /--json/],
    [['--fast'], /--fast.*--help lists the options/],
    [['photo.jpg'], /expected options only, got "photo\.jpg"/],
  ])('[BENCH1] refuses %j in one line with status 2, before any work', async (argv, message) => {
    const before = await readdir(folder);
    const { status, err, out } = await run(argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^bench: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(await readdir(folder)).toEqual(before);
  });

  it('[BENCH2] measures everything on the engine that auto takes, if nothing else is asked for', () => {
    expect(parseOptions([])).toEqual({
      name: 'run',
      engine: 'auto',
      only: ['paint', 'step', 'training', 'job'],
      json: null,
      rounds: null,
    });
    expect(parseOptions(['--only', 'job,paint', '--engine', 'webgpu', '--rounds', '7'])).toMatchObject({
      engine: 'webgpu',
      only: ['paint', 'job'],
      rounds: 7,
    });
  });

  it('[BENCH2] answers --help whatever else is given', async () => {
    const { status, out, err } = await run(['--rounds', 'many', '--help']);
    expect([status, err]).toEqual([0, '']);
    for (const word of ['--engine', '--only', '--rounds', '--json', 'training', 'PYTHON'])
      expect(out).toContain(word);
  });

  it('[BENCH3] writes machine, options and every figure, each with its unit, and no path and no name of a host', async () => {
    const argv = [
      '--engine',
      'cpu',
      '--only',
      'paint,step,training',
      '--rounds',
      '2',
      '--json',
      'results.json',
    ];
    const { status, out, err } = await run(argv);
    expect([status, err]).toEqual([0, 'bench: training, round 1 of 2\nbench: training, round 2 of 2\n']);
    expect(out).toContain('no PyTorch here (set PYTHON to a Python that has it)');
    expect(out).toMatch(/^15×17 +4 +\d+ +\d+ +[\d.]+ +– +–$/m);

    const text = await readFile(join(folder, 'results.json'), 'utf8');
    for (const hidden of [folder, homedir(), hostname()]) expect(text).not.toContain(hidden);
    const scale = {
      heightPx: NUMBER,
      widthPx: NUMBER,
      channels: 4,
      iterations: 300,
      nodes: NUMBER,
      iterationMs: NUMBER,
      startMs: NUMBER,
      seconds: NUMBER,
      copiedBytesPerIteration: null,
    };
    const fast = [20, 10].map((iterations) => ({ ...scale, iterations }));
    const compared = {
      ...scale,
      pytorchIterationMs: null,
      ratioToPytorch: null,
      iterationMsByRound: [NUMBER, NUMBER],
      pytorchIterationMsByRound: null,
    };
    expect(JSON.parse(text)).toEqual({
      date: '1970-01-01T00:00:00.000Z',
      version: '0',
      options: { engine: 'cpu', only: ['paint', 'step', 'training'], rounds: 2 },
      machine: {
        processor: expect.any(String) as unknown,
        cores: NUMBER,
        engine: 'cpu',
        device: expect.stringMatching(/\d+ cores$/) as unknown,
        node: process.versions.node,
        onnxRuntime: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
        pytorch: null,
      },
      painting: [{ widthPx: 64, heightPx: 32, seconds: NUMBER, peakMebibytes: NUMBER, speedUp: NUMBER }],
      step: [
        {
          heightPx: 15,
          widthPx: 17,
          channels: 4,
          nodes: NUMBER,
          compileMs: NUMBER,
          stepMs: NUMBER,
          pytorchMs: null,
          ratioToPytorch: null,
          stepMsByRound: [NUMBER, NUMBER],
          pytorchMsByRound: null,
        },
      ],
      training: {
        classic: {
          recipe: work.classic,
          scales: [compared, compared, compared],
          seconds: NUMBER,
          pytorchSeconds: null,
          ratioToPytorch: null,
        },
        fast: { recipe: work.fast, scales: fast, seconds: NUMBER },
      },
    });
  });

  it('[BENCH3] works whole trainings out from their start and the time of an iteration', async () => {
    const { training } = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
    const { classic, fast } = training ?? {};
    for (const { seconds, startMs, iterations, iterationMs } of classic?.scales ?? [])
      expect(seconds).toBeCloseTo((startMs + iterations * iterationMs) / 1000, 6);
    for (const result of [classic, fast]) {
      const seconds = result?.scales.map((scale) => scale.seconds) ?? [];
      expect(result?.seconds).toBeCloseTo(sum(seconds), 6);
      expect(result?.scales.every(({ nodes }) => nodes > 100)).toBe(true);
    }
  });

  it('[BENCH4] has PyTorch do the same in alternation, on the processor as the engine does', async () => {
    const argv = ['--engine', 'cpu', '--only', 'step,training', '--rounds', '2', '--json', 'both.json'];
    const { status, out } = await run(argv, await fakePython('answers'));
    expect(status).toBe(0);
    expect(out).toContain('PyTorch 9.9, in alternation: ');
    expect(out).not.toContain('Card');
    const [step = '', warm, first, second, training = '', ...requests] = await asked();
    expect(step).toBe('pytorch-step.py cpu 4 15 17');
    expect([warm, second]).toEqual(['4', first]);
    expect(training).toMatch(/^pytorch-training\.py cpu \[\{"height":25,"width":32,"channels":4\},/);
    // Coarsest scale first, then all again; what is asked of a round is known from the one before.
    expect(requests.map((request) => request.split(' ')[0])).toEqual([
      // Once to have it loaded.
      '0',
      ...['0', '1', '2', '0', '1', '2'],
    ]);
    expect(requests.slice(0, 4)).toEqual(['0 1', '0 4', '1 4', '2 4']);

    const results = JSON.parse(await readFile(join(folder, 'both.json'), 'utf8')) as Results;
    expect(results.machine.pytorch?.version).toBe('9.9');
    for (const { stepMsByRound, pytorchMs, ratioToPytorch } of results.step ?? []) {
      expect(pytorchMs).toBe(2);
      expect(ratioToPytorch).toBeCloseTo(sum(stepMsByRound) / 2 / 2, 6);
    }
    const { classic } = results.training ?? {};
    expect(classic?.pytorchSeconds).toBeCloseTo((3 * 300 * 2) / 1000, 6);
    expect(classic?.ratioToPytorch).toBeCloseTo((classic?.seconds ?? NaN) / 1.8, 6);
  });

  it('[BENCH4] takes the GPU where it is wanted and PyTorch finds one', async () => {
    const python = await fakePython('answers');
    expect(findPyTorch(python, 'cuda')).toMatchObject({ device: 'cuda', card: 'Card 9' });
    expect(findPyTorch(python, 'cpu')).toMatchObject({ device: 'cpu', card: null });
    expect(findPyTorch(await fakePython('answers without a card'), 'cuda')).toMatchObject({ device: 'cpu' });
    expect(findPyTorch(join(folder, 'no-python'), 'cuda')).toBeNull();
  });

  it('[BENCH5] ends in one line with status 1 when PyTorch ends without an answer', async () => {
    const { status, err } = await run(['--engine', 'cpu', '--only', 'step'], await fakePython('ends'));
    expect(status).toBe(1);
    expect(err).toBe(
      'bench: PyTorch: expected times from pytorch-step.py, it ended and said: out of memory; PYTHON chooses another Python\n',
    );
  });

  const python = process.env['PYTHON'] ?? 'python3';
  const scripts = ['pytorch_networks.py', 'pytorch-step.py', 'pytorch-training.py'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );

  it.skipIf(spawnSync(python, ['--version']).status !== 0)('has scripts that are Python', () => {
    const compile = 'import sys\nfor path in sys.argv[1:]: compile(open(path).read(), path, "exec")';
    expect(spawnSync(python, ['-c', compile, ...scripts], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it.skipIf(findPyTorch(python, 'cpu') === null)('has scripts whose losses fall', () => {
    const ask = (script: string, args: readonly string[], input: string): number[] => {
      const { stdout } = spawnSync(python, ['-B', script, 'cpu', ...args], {
        input,
        encoding: 'utf8',
        env: { ...process.env, OMP_NUM_THREADS: '1' },
      });
      const answers = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Answer);
      return answers.map(({ losses }) => losses.reconstruction);
    };
    const [, step = '', training = ''] = scripts;
    const scales = JSON.stringify([
      { height: 15, width: 18, channels: 8 },
      { height: 20, width: 24, channels: 8 },
    ]);
    const [before = NaN, after = NaN] = ask(step, ['8', '15', '17'], '1\n100\n');
    expect(after).toBeLessThan(0.9 * before);
    // The second scale starts from the first one's picture; both go on in a second round.
    const [coarse = NaN, trained = NaN, fine = NaN, again = NaN] = ask(
      training,
      [scales],
      '0 1\n0 30\n1 10\n0 3\n',
    );
    expect(trained).toBeLessThan(0.5 * coarse);
    expect(fine).toBeLessThan(0.5 * coarse);
    expect(again).toBeLessThan(0.5 * coarse);
  });
});

interface Answer {
  readonly losses: { readonly reconstruction: number };
}

/** A program in Python's place that writes down what it is asked for. */
async function fakePython(kind: 'answers' | 'answers without a card' | 'ends'): Promise<string> {
  const path = join(folder, `python-${kind.replaceAll(' ', '-')}`);
  const log = JSON.stringify(join(folder, 'asked'));
  await rm(join(folder, 'asked'), { force: true });
  const card = kind === 'answers without a card' ? 'null' : '"Card 9"';
  const program = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const { basename } = require('node:path');
const note = (line) => appendFileSync(${log}, line + '\\n');
const [flag, script, ...args] = process.argv.slice(2);
if (flag === '-c') console.log(JSON.stringify({ version: '9.9', card: ${card} }));
else if (${kind === 'ends'}) console.error('Traceback\\nout of memory');
else {
  note([basename(script), ...args].join(' '));
  require('node:readline').createInterface(process.stdin).on('line', (line) => {
    note(line);
    const milliseconds = Array(Number(line.split(' ').at(-1))).fill(2);
    console.log(JSON.stringify({ milliseconds }));
  });
}
`;
  await writeFile(path, program, { mode: 0o755 });
  return path;
}

async function asked(): Promise<string[]> {
  return (await readFile(join(folder, 'asked'), 'utf8')).trimEnd().split('\n');
}
