/** The command line of `npm run study`. */
import type { ParseArgsConfig } from 'node:util';
import { OPTIMIZERS, type OptimizerName } from '../../../shared/hyperparameters.ts';
import { ENGINES, parseRequest, type EngineChoice } from '../../../shared/request.ts';
import { UsageError } from '../../cli/errors.ts';
import { oneOf, readArguments } from '../command-line.ts';
import { frameOf } from '../quality/options.ts';
import { QUICK, STUDY, STUDY_PRESETS, type Grid, type Setting, type StudyPreset } from './grid.ts';

export type Command =
  | { readonly name: 'help' }
  | {
      readonly name: 'run';
      readonly photo: string;
      /** Null for the default. */
      readonly out: string | null;
      readonly setting: Setting;
      readonly grid: Grid;
      readonly quick: boolean;
      readonly engine: EngineChoice;
    };

const OPTIONS = {
  size: { type: 'string' },
  mode: { type: 'string' },
  epochs: { type: 'string' },
  'max-size': { type: 'string' },
  optimizer: { type: 'string' },
  preset: { type: 'string' },
  'learning-rate': { type: 'string' },
  seed: { type: 'string' },
  engine: { type: 'string' },
  out: { type: 'string' },
  quick: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

/** The frame's pixels: 1440×480; a quarter of that with --quick. */
const AREA = 1440 * 480;
const SHAPE = '3:1';

/** The request's fields by the flags that set them, for messages. */
const FLAGS: Readonly<Record<string, string>> = {
  width: '--size: width',
  height: '--size: height',
  mode: '--mode',
  seed: '--seed',
  'training.epochs': '--epochs',
  'training.maxSize': '--max-size',
  'training.optimizer': '--optimizer',
  'training.learningRate': '--learning-rate',
};

/** Reads the arguments. Throws `UsageError`. */
export function parseOptions(argv: readonly string[]): Command {
  // Whoever asks for help may well have the rest wrong.
  if (argv.some((argument) => argument === '--help' || argument === '-h')) return { name: 'help' };
  const { values, positionals } = readArguments('study', argv, OPTIONS);
  const [photo, ...others] = positionals;
  if (photo === undefined || photo === '')
    throw new UsageError(
      'PHOTO: expected the path of a picture, got nothing; npm run study -- --help shows how',
    );
  if (others.length > 0) throw new UsageError(`PHOTO: expected one picture, got ${positionals.length}`);
  const out = text(values.out) ?? null;
  if (out !== null && !/[^/\\]\.html?$/i.test(out))
    throw new UsageError(`--out: expected a name that ends in .html, got "${out}"`);

  const quick = values.quick === true;
  const preset = oneOf('--preset', text(values.preset) ?? (quick ? 'fast' : 'classic'), STUDY_PRESETS);
  const engine = oneOf('--engine', text(values.engine) ?? 'auto', ENGINES);
  const base = quick ? QUICK[preset] : STUDY;
  const epochs = list('--epochs', values.epochs)?.map(number) ?? base.epochs;
  const maxSizes = list('--max-size', values['max-size'])?.map(number) ?? base.maxSizes;
  const optimizers = list('--optimizer', values.optimizer) ?? base.optimizers;
  const [width, height] = sides(text(values.size), quick);
  const learningRate = number(text(values['learning-rate']));
  const checked = [];
  for (const training of [
    ...epochs.map((value) => ({ epochs: value })),
    ...maxSizes.map((value) => ({ maxSize: value })),
    ...optimizers.map((value) => ({ optimizer: value })),
    { learningRate },
  ]) {
    checked.push(
      request({ width, height, preset, training, mode: text(values.mode), seed: number(text(values.seed)) }),
    );
  }
  const [first] = checked;
  if (!first) throw new Error('internal: study: no request');
  return {
    name: 'run',
    photo,
    out,
    quick,
    engine,
    setting: {
      preset,
      frame: { width: first.width, height: first.height },
      mode: first.mode,
      learningRate: checked.at(-1)?.training.learningRate ?? null,
      seed: first.seed,
    },
    grid: {
      epochs: checked.flatMap(({ training }) => training.epochs ?? []),
      maxSizes: checked.flatMap(({ training }) => training.maxSize ?? []),
      optimizers: checked.flatMap(({ training }): OptimizerName[] =>
        training.optimizer === undefined ? [] : [training.optimizer],
      ),
    },
  };
}

function request(value: unknown) {
  const parsed = parseRequest(value);
  if (parsed.ok) return parsed.request;
  const problems = parsed.problems.map((problem) => {
    const end = problem.indexOf(':');
    const field = problem.slice(0, end);
    return `${FLAGS[field] ?? field}${problem.slice(end)}`;
  });
  throw new UsageError(problems.join('; '));
}

/** The values between commas, each once; null where the option is not there. */
function list(flag: string, value: string | boolean | undefined): string[] | null {
  const values = text(value)?.split(',');
  const twice = values?.find((item, index) => values.indexOf(item) !== index);
  if (twice !== undefined) throw new UsageError(`${flag}: expected each value once, got ${twice} twice`);
  return values ?? null;
}

function sides(size: string | undefined, quick: boolean): (number | string | undefined)[] {
  if (size === undefined) {
    const { width, height } = frameOf(SHAPE, quick ? AREA / 4 : AREA);
    return [width, height];
  }
  const parts = size.split(/x|×/i);
  if (parts.length !== 2 || parts.includes(''))
    throw new UsageError(`--size: expected WIDTHxHEIGHT such as 1440x491, got "${size}"`);
  return parts.map(number);
}

/** A number where the text is one in plain notation; any other text as it is, for the schema to name. */
function number<T extends string | undefined>(value: T): T | number {
  return value !== undefined && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : value;
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const among = (values: readonly (string | number)[]): string => values.join(', ');
const quickOf = (preset: StudyPreset): string => {
  const { epochs, maxSizes, optimizers } = QUICK[preset];
  return `${among(epochs)} epochs, ${among(maxSizes)} px, ${among(optimizers)}`;
};

export const HELP = `npm run study -- PHOTO [options]

Trains on PHOTO with every combination of epochs, maximal size and optimizer, and
writes what each took and gave (seconds, losses, quality figures, pictures) into
one HTML file. What is finished is kept beside it: the same command goes on from there.

  npm run study -- beach.jpg --quick
  npm run study -- beach.jpg --epochs 100,500 --max-size 150 --optimizer adam,sgd

The combinations
  --epochs N,N…         default ${STUDY.epochs[0]}, ${STUDY.epochs[1]} … ${STUDY.epochs.at(-1)}
  --max-size N,N…       long side of the finest scale; default ${among(STUDY.maxSizes)}
  --optimizer NAME,…    default ${among(OPTIMIZERS)}
  --quick               about ten minutes on two cores, a smaller frame:
                        ${quickOf('fast')}, preset fast;
                        with --preset classic
                        ${quickOf('classic')}

All of them
  --preset NAME         classic: the parent study's recipe; fast: this project's;
                        default classic, with --quick fast
  --size WIDTHxHEIGHT   of the frame; default 1440x480, with --quick 720x240
  --mode NAME           extend, retarget, reimagine; default extend
  --learning-rate X     default the preset's
  --seed N              of training and samples; default 1
  --engine NAME         ${among(ENGINES)}; default auto
  --out FILE.html       default out/study-PHOTO.html
  --help

Exit status: 0 done, 1 failed, 2 the request is wrong, 130 interrupted.
`;
