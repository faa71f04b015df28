/** The command line of `npm run simulate`. */
import type { ParseArgsConfig } from 'node:util';
import { UsageError } from '../../cli/errors.ts';
import { oneOf, readArguments } from '../command-line.ts';
import { DEFAULT_CAPACITY, type Capacity } from './database-load.ts';
import { SIMULATED_PRESETS, type SimulatedPreset } from './job.ts';
import { DEFAULT_SPREAD } from './service.ts';
import { PANORAMAS_OF_TOKEN, PROFILES, type ProfileName } from './workload.ts';

export interface Options {
  readonly workers: readonly number[];
  /** Panoramas in the busiest hour. */
  readonly hourlyRates: readonly number[];
  readonly profile: ProfileName;
  /** How many panoramas are simulated after the warm-up, about. */
  readonly panoramas: number;
  /** Null for one for every `PANORAMAS_OF_TOKEN` in the busiest hour. */
  readonly tokens: number | null;
  readonly tokenLimit: number | null;
  readonly shares: Readonly<Record<SimulatedPreset, number>>;
  readonly seenShare: number;
  /** Null for what was measured, or the default. */
  readonly spread: number | null;
  /** Event streams that follow each panorama. */
  readonly readers: number;
  /** Of a worker; null where it is not told. */
  readonly pricePerHour: number | null;
  readonly capacity: Capacity;
  readonly seed: number;
  /** Where service times come from; null for the defaults. */
  readonly measured: { readonly kind: 'bench' | 'paces'; readonly path: string } | null;
  /** Null prints only. */
  readonly json: string | null;
}

export type Command = { readonly name: 'help' } | ({ readonly name: 'run' } & Options);

const OPTIONS = {
  workers: { type: 'string', default: '1,10,100' },
  rate: { type: 'string', default: '400,4000,40000' },
  profile: { type: 'string', default: 'flat' },
  panoramas: { type: 'string', default: '20000' },
  tokens: { type: 'string' },
  'token-limit': { type: 'string' },
  shares: { type: 'string', default: '20,80,0' },
  seen: { type: 'string', default: '40' },
  spread: { type: 'string' },
  readers: { type: 'string', default: '1' },
  price: { type: 'string' },
  statements: { type: 'string', default: String(DEFAULT_CAPACITY.statementsPerSecond) },
  commits: { type: 'string', default: String(DEFAULT_CAPACITY.notifyingCommitsPerSecond) },
  seed: { type: 'string', default: '1' },
  bench: { type: 'string' },
  paces: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

const MOST_PANORAMAS = 1_000_000;
const MOST_WORKERS = 10_000;
const MOST_RATE = 1_000_000;

/** Reads the arguments. Throws `UsageError`. */
export function parseOptions(argv: readonly string[]): Command {
  // Whoever asks for help may well have the rest wrong.
  if (argv.some((argument) => argument === '--help' || argument === '-h')) return { name: 'help' };
  const { values, positionals } = readArguments('simulate', argv, OPTIONS);
  const [positional] = positionals;
  if (positional !== undefined)
    throw new UsageError(
      `expected options only, got "${positional}"; npm run simulate -- --help lists the options`,
    );
  const { json, bench, paces } = values;
  if (json !== undefined && !/[^/\\]\.json$/i.test(json))
    throw new UsageError(`--json: expected a name that ends in .json, got "${json}"`);
  if (bench !== undefined && paces !== undefined)
    throw new UsageError('--bench, --paces: expected one of them, got both');
  return {
    name: 'run',
    workers: list('--workers', values.workers, (flag, item) => whole(flag, item, 1, MOST_WORKERS)),
    hourlyRates: list('--rate', values.rate, (flag, item) => number(flag, item, 0.01, MOST_RATE)),
    profile: oneOf('--profile', values.profile, Object.keys(PROFILES) as ProfileName[]),
    panoramas: whole('--panoramas', values.panoramas, 100, MOST_PANORAMAS),
    tokens: optional(values.tokens, (item) => whole('--tokens', item, 1, 100_000)),
    tokenLimit: optional(values['token-limit'], (item) => whole('--token-limit', item, 1, MOST_WORKERS)),
    shares: sharesFrom(values.shares),
    seenShare: number('--seen', values.seen, 0, 100) / 100,
    spread: optional(values.spread, (item) => number('--spread', item, 0, 2)),
    readers: number('--readers', values.readers, 0, 1000),
    pricePerHour: optional(values.price, (item) => number('--price', item, 0, 1_000_000)),
    capacity: {
      statementsPerSecond: number('--statements', values.statements, 1, 1e9),
      notifyingCommitsPerSecond: number('--commits', values.commits, 1, 1e9),
    },
    seed: whole('--seed', values.seed, 0, 2 ** 31),
    measured:
      bench !== undefined
        ? { kind: 'bench', path: bench }
        : optional(paces, (path) => ({ kind: 'paces', path })),
    json: json ?? null,
  };
}

function optional<T>(value: string | undefined, read: (value: string) => T): T | null {
  return value === undefined ? null : read(value);
}

/** The values between commas, each once. */
function list(flag: string, value: string, read: (flag: string, item: string) => number): number[] {
  const items = value.split(',').map((item) => read(flag, item));
  const twice = items.find((item, index) => items.indexOf(item) !== index);
  if (twice !== undefined) throw new UsageError(`${flag}: expected each once, got ${twice} twice`);
  return items;
}

function sharesFrom(value: string): Options['shares'] {
  const parts = value.split(',').map((item) => number('--shares', item, 0, 100) / 100);
  const [draft = 0, fast = 0, classic = 0] = parts;
  if (parts.length !== SIMULATED_PRESETS.length || Math.abs(draft + fast + classic - 1) > 1e-6)
    throw new UsageError(
      `--shares: expected three percentages, of ${SIMULATED_PRESETS.join(', ')}, that add up to 100; got "${value}"`,
    );
  return { draft, fast, classic };
}

function whole(flag: string, value: string, least: number, most: number): number {
  const read = /^\d{1,10}$/.test(value) ? Number(value) : NaN;
  if (read >= least && read <= most) return read;
  throw new UsageError(`${flag}: expected a whole number from ${least} to ${most}, got "${value}"`);
}

function number(flag: string, value: string, least: number, most: number): number {
  const read = /^\d{1,10}(\.\d{1,6})?$/.test(value) ? Number(value) : NaN;
  if (read >= least && read <= most) return read;
  throw new UsageError(`${flag}: expected a number from ${least} to ${most}, got "${value}"`);
}

export const HELP = `npm run simulate -- [options]

Simulates the queue: how long panoramas wait for so many workers, what one costs, and what
PostgreSQL has to do. Nothing is trained; the same options give the same figures.

  npm run simulate -- --workers 4,8 --rate 2000 --profile day --price 0.09

  --workers N,…         default ${OPTIONS.workers.default}
  --rate N,…            panoramas in the busiest hour; default ${OPTIONS.rate.default}
  --profile NAME        ${Object.keys(PROFILES).join(', ')}; default flat: every hour is the busiest
  --panoramas N         about so many after a warm-up; default ${OPTIONS.panoramas.default}
  --shares D,F,C        percentages of ${SIMULATED_PRESETS.join(', ')}; default ${OPTIONS.shares.default}
  --seen P              percentage of trainings whose picture was sent before; default ${OPTIONS.seen.default}
  --tokens N            who send equally much; default one for every ${PANORAMAS_OF_TOKEN} an hour
  --token-limit N       jobs of one token that run at once; default any number
  --bench FILE.json     seconds of npm run bench -- --only job --json FILE.json
  --paces FILE.json     a server's: phases with how many times longer than planned they took
  --spread S            deviation of the seconds' logarithm; default as measured, or ${DEFAULT_SPREAD}
  --price X             of a worker for an hour
  --readers N           event streams that follow each panorama; default ${OPTIONS.readers.default}
  --statements N        that the database does in a second; default ${OPTIONS.statements.default}
  --commits N           that notify and that it does in a second; default ${OPTIONS.commits.default}
  --seed N              default ${OPTIONS.seed.default}
  --json FILE.json      writes options, service times and every figure
  --help

Exit status: 0 done, 1 failed, 2 the request is wrong.
`;
