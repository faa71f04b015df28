/** `npm run bench` from its arguments to its exit status, with everything around it handed in. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Size } from '../../shared/geometry.ts';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import { EXIT, explain, type ExitStatus } from '../cli/outcome.ts';
import type { TextOutput } from '../cli/progress.ts';
import { writeWhole } from '../disk/write-whole.ts';
import { detectEngine, type DetectedEngine } from '../engine/detect.ts';
import { startEngine } from '../engine/start.ts';
import { decodePicture } from '../images/decode.ts';
import type { Engine } from '../program.ts';
import { benchmarkJob } from './job-benchmark.ts';
import { describeMachine, type Machine } from './machine.ts';
import { DEFAULT_ROUNDS, HELP, parseOptions, type Options } from './options.ts';
import { checkOutput } from './output.ts';
import { benchmarkPaint } from './paint-benchmark.ts';
import { findPyTorch, type PyTorch } from './pytorch.ts';
import { show } from './report/numbers.ts';
import type {
  Figures,
  JobFigures,
  PaintingFigures,
  Results,
  StepFigures,
  TrainingFigures,
} from './results.ts';
import { benchmarkStep, type StepSize } from './step-benchmark.ts';
import { benchmarkTraining, compareTraining, type ScaleResult } from './training-benchmark.ts';

/** What is measured. */
export interface Work {
  readonly photo: string;
  readonly paintings: readonly Size[];
  readonly steps: readonly StepSize[];
  readonly classic: Hyperparameters;
  readonly fast: Hyperparameters;
  readonly jobs: readonly Size[];
  /** About so long each of two that take turns has its turn. */
  readonly roundMs: number;
}

export interface BenchIo {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** The current folder; relative paths start here. */
  readonly folder: string;
  /** Where PyTorch is looked for. */
  readonly python: string;
  readonly version: string;
  readonly now: () => Date;
}

/** Runs it. Never rejects; every failure is told in one line. */
export async function runBench(argv: readonly string[], work: Work, io: BenchIo): Promise<ExitStatus> {
  try {
    const command = parseOptions(argv);
    if (command.name === 'help') io.stdout.write(HELP);
    else await new Bench(command, work, io).run();
    return EXIT.done;
  } catch (error) {
    const { message, status } = explain(error, false, []);
    io.stderr.write(`bench: ${message}\n`);
    return status;
  }
}

class Bench {
  constructor(
    private readonly options: Options,
    private readonly work: Work,
    private readonly io: BenchIo,
  ) {}

  async run(): Promise<void> {
    const { engine: choice, only, json, rounds } = this.options;
    const out = json === null ? null : resolve(this.io.folder, json);
    if (out !== null) await checkOutput(out);
    const figures: Figures = {};
    let here = this.describe(await detectEngine(choice));
    this.announce(here.machine);
    // Before an engine is there: the peak of memory is the painter's own.
    if (only.includes('paint')) figures.painting = await this.paint();
    if (only.some((part) => part !== 'paint')) {
      const engine = await startEngine(choice);
      try {
        // `auto` leaves a GPU that calculates otherwise than the processor.
        if (engine.name !== here.machine.engine) {
          here = this.describe(await detectEngine(engine.name as Machine['engine']));
          this.announce(here.machine);
        }
        if (only.includes('step')) figures.step = await this.step(engine, here.pytorch);
        if (only.includes('training')) figures.training = await this.training(engine, here.pytorch);
      } finally {
        await engine.close();
      }
    }
    if (only.includes('job')) figures.job = await this.job();
    if (out !== null) {
      const { version, now } = this.io;
      const options = { engine: choice, only, rounds };
      const date = now().toISOString();
      const results: Results = { date, version, options, machine: here.machine, ...figures };
      await writeWhole(out, `${JSON.stringify(results, null, 2)}\n`, 'the results');
    }
  }

  private describe(detected: DetectedEngine): { machine: Machine; pytorch: PyTorch | null } {
    const pytorch = findPyTorch(this.io.python, detected.name === 'cpu' ? 'cpu' : 'cuda');
    return { machine: describeMachine(detected, pytorch), pytorch };
  }

  private announce(machine: Machine): void {
    const { processor, cores, engine, device, node, onnxRuntime, pytorch } = machine;
    this.print(`${processor}, ${cores} cores, Node ${node}, ONNX Runtime ${onnxRuntime}`);
    this.print(`engine ${engine}: ${device}`);
    this.print(
      pytorch
        ? `PyTorch ${pytorch.version}, in alternation: ${pytorch.device}`
        : 'no PyTorch here (set PYTHON to a Python that has it)',
    );
  }

  private async paint(): Promise<PaintingFigures[]> {
    this.print('\nPainting alone: extend, full quality; the last column is against one thread');
    this.row('frame', 'seconds', 'peak MiB', 'speed-up');
    const figures: PaintingFigures[] = [];
    for (const frame of this.work.paintings) {
      const { seconds, peakMebibytes, speedUp } = await benchmarkPaint(this.work.photo, frame);
      this.row(`${frame.width}×${frame.height}`, seconds.toFixed(1), peakMebibytes, speedUp.toFixed(2));
      figures.push({
        widthPx: frame.width,
        heightPx: frame.height,
        seconds,
        peakMebibytes,
        speedUp,
      });
    }
    return figures;
  }

  private async step(engine: Engine, pytorch: PyTorch | null): Promise<StepFigures[]> {
    this.print('\nOne D and one G step, gradient penalty included');
    this.row('size', 'channels', 'nodes', 'compile ms', 'step ms', 'PyTorch ms', 'ratio');
    const rounds = this.options.rounds ?? DEFAULT_ROUNDS.step;
    const figures: StepFigures[] = [];
    for (const size of this.work.steps) {
      const { height: heightPx, width: widthPx, channels } = size;
      const result = await benchmarkStep(engine, size, { rounds, roundMs: this.work.roundMs, pytorch });
      const { nodes, compileMs, stepMs, pytorchMs, ratioToPytorch } = result;
      this.row(
        `${heightPx}×${widthPx}`,
        channels,
        nodes,
        compileMs.toFixed(0),
        stepMs.toFixed(1),
        show(pytorchMs, 1),
        show(ratioToPytorch, 2),
      );
      figures.push({ heightPx, widthPx, channels, ...result });
    }
    return figures;
  }

  private async training(engine: Engine, pytorch: PyTorch | null): Promise<TrainingFigures> {
    const { classic, fast, photo: path, roundMs } = this.work;
    const photo = await decodePicture(await readFile(path));
    const rounds = this.options.rounds ?? DEFAULT_ROUNDS.training;

    const { discriminatorSteps, generatorSteps } = classic;
    this.print(
      `\nThe published training (preset classic): ${discriminatorSteps} D and ${generatorSteps} G steps an iteration, ` +
        'batch norm; whole times from a few iterations',
    );
    this.row(...SCALE_HEADINGS, 'PyTorch ms', 'ratio');
    const compared = await compareTraining(engine, photo, classic, { rounds, roundMs, pytorch }, (round) =>
      this.io.stderr.write(`bench: training, round ${round + 1} of ${rounds}\n`),
    );
    for (const scale of compared.scales) {
      this.row(...scaleCells(scale), show(scale.pytorchIterationMs, 1), show(scale.ratioToPytorch, 2));
    }
    const { seconds, pytorchSeconds, ratioToPytorch } = compared;
    const theirs =
      pytorchSeconds === null
        ? ''
        : `, PyTorch ${pytorchSeconds.toFixed(0)} s, ratio ${show(ratioToPytorch, 2)}`;
    this.print(`all scales: ${seconds.toFixed(0)} s${theirs}`);

    this.print('\nThe default training (preset fast), whole; with the bytes copied to and from the device');
    this.row(...SCALE_HEADINGS, 'bytes');
    const whole = await benchmarkTraining(engine, photo, fast);
    for (const scale of whole.scales) {
      this.row(...scaleCells(scale), scale.copiedBytesPerIteration ?? '–');
    }
    this.print(`all scales: ${whole.seconds.toFixed(1)} s`);
    return { classic: { recipe: classic, ...compared }, fast: { recipe: fast, ...whole } };
  }

  private async job(): Promise<JobFigures[]> {
    this.print('\nThe whole job: after the first, the model is found in the store');
    const figures: JobFigures[] = [];
    const folder = await mkdtemp(join(tmpdir(), 'panorama-bench-'));
    try {
      for (const { width, height } of this.work.jobs) {
        const size = `${width}x${height}`;
        const { phases, ...job } = await benchmarkJob(this.work.photo, size, this.options.engine, folder);
        const { draftSeconds, totalSeconds, peakMebibytes } = job;
        this.print(
          `${size}: draft after ${draftSeconds.toFixed(1)} s, all ${totalSeconds.toFixed(1)} s, peak ${peakMebibytes ?? '?'} MiB`,
        );
        const parts = [...phases].map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)}`).join(', ');
        this.print(`  seconds by phase: ${parts}`);
        const phaseSeconds = Object.fromEntries(phases);
        figures.push({ widthPx: width, heightPx: height, ...job, phaseSeconds });
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return figures;
  }

  private print(line: string): void {
    this.io.stdout.write(`${line}\n`);
  }

  private row(...cells: readonly (string | number)[]): void {
    this.print(
      cells
        .map((cell) => String(cell).padEnd(14))
        .join('')
        .trimEnd(),
    );
  }
}

const SCALE_HEADINGS = [
  'size',
  'channels',
  'nodes',
  'iterations',
  'seconds',
  'start ms',
  'iteration ms',
] as const;

function scaleCells(scale: ScaleResult): (string | number)[] {
  const { heightPx, widthPx, channels, nodes, iterations, seconds, startMs, iterationMs } = scale;
  return [
    `${heightPx}×${widthPx}`,
    channels,
    nodes,
    iterations,
    seconds.toFixed(1),
    startMs.toFixed(0),
    iterationMs.toFixed(1),
  ];
}
