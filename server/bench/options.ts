/** The command line of `npm run bench`. */
import type { ParseArgsConfig } from 'node:util';
import { ENGINES, type EngineChoice } from '../../shared/request.ts';
import { UsageError } from '../cli/errors.ts';
import { oneOf, readArguments } from './command-line.ts';

/** What can be measured, in the order in which it is. */
export const PARTS = ['paint', 'step', 'training', 'job'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly engine: EngineChoice;
  readonly only: readonly Part[];
  /** Where the results are written; null prints them only. */
  readonly json: string | null;
  /** Null for the default of each part. */
  readonly rounds: number | null;
}

export type Command = { readonly name: 'help' } | ({ readonly name: 'run' } & Options);

/** The engine and PyTorch take turns so many times; a figure is the median over the rounds. */
export const DEFAULT_ROUNDS = { step: 5, training: 3 } as const;
const MAX_ROUNDS = 100;

const OPTIONS = {
  engine: { type: 'string' },
  only: { type: 'string' },
  json: { type: 'string' },
  rounds: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

/** Reads the arguments. Throws `UsageError`. */
export function parseOptions(argv: readonly string[]): Command {
  // Whoever asks for help may well have the rest wrong.
  if (argv.some((argument) => argument === '--help' || argument === '-h')) return { name: 'help' };
  const values = read(argv);
  const only = values.only?.split(',').map((part) => oneOf('--only', part, PARTS));
  const twice = only?.find((part, index) => only.indexOf(part) !== index);
  if (twice !== undefined) throw new UsageError(`--only: expected each part once, got ${twice} twice`);
  if (values.json !== undefined && !/[^/\\]\.json$/i.test(values.json))
    throw new UsageError(`--json: expected a name that ends in .json, got "${values.json}"`);
  return {
    name: 'run',
    engine: oneOf('--engine', values.engine ?? 'auto', ENGINES),
    only: PARTS.filter((part) => only?.includes(part) ?? true),
    json: values.json ?? null,
    rounds: values.rounds === undefined ? null : roundsFrom(values.rounds),
  };
}

function read(argv: readonly string[]) {
  const { values, positionals } = readArguments('bench', argv, OPTIONS);
  const [positional] = positionals;
  if (positional !== undefined)
    throw new UsageError(
      `expected options only, got "${positional}"; npm run bench -- --help lists the options`,
    );
  return values;
}

function roundsFrom(value: string): number {
  const rounds = /^\d+$/.test(value) ? Number(value) : NaN;
  if (!(rounds >= 1 && rounds <= MAX_ROUNDS))
    throw new UsageError(`--rounds: expected a whole number from 1 to ${MAX_ROUNDS}, got "${value}"`);
  return rounds;
}

export const HELP = `npm run bench -- [options]

Measures on this machine what painting, a training step, a whole training and the whole job cost. Where a Python
has PyTorch (PYTHON, or python3), the same steps run there in alternation: on the GPU where the engine has one
and PyTorch can use it, else on the processor.

  npm run bench -- --engine webgpu --json gpu.json
  npm run bench -- --only step,training

  --engine NAME         ${ENGINES.join(', ')}; default auto
  --only PART,…         ${PARTS.join(', ')}; default all
                        paint: painting alone, which needs no engine
                        step: one step of D and G at three sizes
                        training: the published training at every scale, and the default recipe scale by scale
                        job: the command line from its start to its end, three times
  --rounds N            how often engine and PyTorch take turns, 1 to ${MAX_ROUNDS};
                        default ${DEFAULT_ROUNDS.step}, for training ${DEFAULT_ROUNDS.training}
  --json FILE.json      writes machine, options and every figure
  --help

Exit status: 0 done, 1 failed, 2 the request is wrong.
`;
