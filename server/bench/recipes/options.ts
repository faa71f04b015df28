/** The command line of `npm run recipes`. */
import type { ParseArgsConfig } from 'node:util';
import { UsageError } from '../../cli/errors.ts';
import { readArguments } from '../command-line.ts';
import { BASELINE, RECIPES, type Recipe } from './recipes.ts';

export type Command =
  | { readonly name: 'help' }
  | {
      readonly name: 'run';
      /** Paths; null for the examples. */
      readonly photos: readonly string[] | null;
      /** In the list's order, the baseline first. */
      readonly recipes: readonly Recipe[];
      readonly seeds: number;
      readonly threads: number;
      /** Null for the default. */
      readonly out: string | null;
      readonly quick: boolean;
      /** Nothing is trained. */
      readonly reportOnly: boolean;
    };

const OPTIONS = {
  photos: { type: 'string' },
  seeds: { type: 'string' },
  only: { type: 'string' },
  threads: { type: 'string' },
  out: { type: 'string' },
  quick: { type: 'boolean' },
  report: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

const MOST_SEEDS = 100;
const MOST_THREADS = 256;

/** Reads the arguments. Throws `UsageError`. */
export function parseOptions(argv: readonly string[]): Command {
  // Whoever asks for help may well have the rest wrong.
  if (argv.some((argument) => argument === '--help' || argument === '-h')) return { name: 'help' };
  const values = read(argv);
  if (values.out === '') throw new UsageError('--out: expected a folder, got nothing');
  const quick = values.quick ?? false;
  return {
    name: 'run',
    photos: list('--photos', values.photos),
    recipes: recipesOf(list('--only', values.only)),
    seeds: whole('--seeds', values.seeds ?? (quick ? '1' : '3'), MOST_SEEDS),
    threads: whole('--threads', values.threads ?? '1', MOST_THREADS),
    out: values.out ?? null,
    quick,
    reportOnly: values.report ?? false,
  };
}

function read(argv: readonly string[]) {
  const { values, positionals } = readArguments('recipes', argv, OPTIONS);
  const [positional] = positionals;
  if (positional !== undefined)
    throw new UsageError(`expected options only, got "${positional}"; --photos names photos`);
  return values;
}

/** The baseline is always among them: there is nothing to compare without it. */
function recipesOf(names: readonly string[] | null): Recipe[] {
  if (names === null) return [...RECIPES];
  const unknown = names.find((name) => !RECIPES.some((recipe) => recipe.name === name));
  if (unknown !== undefined) {
    const known = RECIPES.map(({ name }) => name).join(', ');
    throw new UsageError(`--only: expected names among ${known}; got "${unknown}"`);
  }
  return RECIPES.filter((recipe) => recipe === BASELINE || names.includes(recipe.name));
}

/** The values between commas, each once; null where the option is not there. */
function list(flag: string, value: string | undefined): string[] | null {
  if (value === undefined) return null;
  const values = value.split(',');
  if (values.includes('')) throw new UsageError(`${flag}: expected names between commas, got "${value}"`);
  const twice = values.find((item, index) => values.indexOf(item) !== index);
  if (twice !== undefined) throw new UsageError(`${flag}: expected each once, got ${twice} twice`);
  return values;
}

function whole(flag: string, value: string, most: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= most) return number;
  throw new UsageError(`${flag}: expected a whole number from 1 to ${most}, got "${value}"`);
}

export const HELP = `npm run recipes -- [options]

Trains the preset fast and variants of it on several photos with several seeds, measures
what is drawn, and compares each variant with fast on the same photos and seeds: a table,
the best layouts as pictures, and a line of JSON for each training. What is finished is
kept: the same command goes on from there. Results of another version of the training
belong in another folder.

  npm run recipes -- --only width-24,nadam
  npm run recipes -- --report

  --only NAME,NAME…     some of the recipes, fast always among them:
${columns(RECIPES)}
  --photos FILE,FILE…   default the examples and a part of one
  --seeds N             trainings of each recipe and photo, seeds 1 to N; default 3
  --threads N           of each training; default 1. As many trainings run side by side
                        as the machine has cores for
  --out FOLDER          default out/recipes, with --quick out/recipes-quick
  --report              only the table of what is there
  --quick               a try: a twentieth of the iterations, one seed, 4 layouts for 16
  --help

Exit status: 0 done, 1 failed, 2 the request is wrong, 130 interrupted.
`;

function columns(recipes: readonly Recipe[]): string {
  const width = Math.max(...recipes.map(({ name }) => name.length)) + 2;
  return recipes.map(({ name, changes }) => `      ${name.padEnd(width)}${changes}`).join('\n');
}
