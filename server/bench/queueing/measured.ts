/** Measured seconds in place of the defaults. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { PHASES, type Phase } from '../../../shared/protocol.ts';
import { FileError, UsageError } from '../../cli/errors.ts';
import {
  DEFAULT_SPREAD,
  phaseRecord,
  planOf,
  presetsOf,
  scaledClassicSeconds,
  spreadOf,
  type PhaseSeconds,
  type Service,
} from './service.ts';

const secondsSchema = z.number().nonnegative();
const benchSchema = z.object({
  job: z.tuple([z.object({ phaseSeconds: z.record(z.string(), secondsSchema) })], z.unknown()),
  training: z.object({ classic: z.object({ seconds: secondsSchema }) }).optional(),
});
const paceSchema = z.number().positive();
const pacesSchema = z.partialRecord(z.enum(PHASES), z.union([paceSchema, z.array(paceSchema).min(1)]));

/** The start of a job's process, `START_SECONDS` of estimate.ts. */
const START_SECONDS = 0.5;
/** A spread is taken from so many values or more. */
const SPREAD_VALUES = 3;

/**
 * The seconds of `npm run bench -- --only job --json FILE`: its first job trains. `classic` is there where the part
 * `training` was measured too.
 *
 * @throws FileError, UsageError
 */
export async function readBench(path: string, spread: number | null): Promise<Service> {
  const what = 'the results of npm run bench -- --only job --json FILE';
  const { job, training } = await read('--bench', path, benchSchema, what);
  const { phaseSeconds } = job[0];
  const of = (name: string): number => phaseSeconds[name] ?? 0;
  const fast: PhaseSeconds = phaseRecord((phase) => of(phase) + (phase === 'decode' ? of('start') : 0));
  if (fast.train === 0)
    throw new UsageError(`--bench: expected a first job that trains in ${path}, got none; run it again`);
  const classic = training?.classic.seconds ?? scaledClassicSeconds(fast.train);
  return { seconds: presetsOf(fast, classic), spread: spreadOf(() => spread ?? DEFAULT_SPREAD) };
}

/**
 * A server's paces, of each phase how many times longer than planned it took: one number, or the latest of them, whose
 * spread is taken too. A phase that is not there is as planned.
 *
 * @throws FileError, UsageError
 */
export async function readPaces(path: string, spread: number | null): Promise<Service> {
  const what = 'an object of phases with a pace or a list of paces each';
  const paces = await read('--paces', path, pacesSchema, what);
  const values = (phase: Phase): readonly number[] => [paces[phase] ?? 1].flat();
  const mean = phaseRecord((phase) => meanOf(values(phase)));
  const planned = planOf('fast').seconds;
  const start = (phase: Phase) => (phase === 'decode' ? START_SECONDS : 0);
  return {
    seconds: presetsOf(
      phaseRecord((phase) => start(phase) + planned[phase] * mean[phase]),
      planOf('classic').seconds.train * mean.train,
    ),
    spread: spreadOf((phase) => spread ?? deviationOfLogarithms(values(phase)) ?? DEFAULT_SPREAD),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Null for fewer values than say anything. */
function deviationOfLogarithms(values: readonly number[]): number | null {
  if (values.length < SPREAD_VALUES) return null;
  const logarithms = values.map(Math.log);
  const mean = meanOf(logarithms);
  const squares = logarithms.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

async function read<T>(flag: string, path: string, schema: z.ZodType<T>, what: string): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FileError('unreadable', `${flag}: expected ${what} at ${path}, which cannot be read`, {
      cause,
    });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${flag}: expected ${what} in ${path}, got something else`);
  }
}
