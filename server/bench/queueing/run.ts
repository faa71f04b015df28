/** `npm run simulate` from its arguments to its exit status, with everything around it handed in. */
import { resolve } from 'node:path';
import { EXIT, explain, type ExitStatus } from '../../cli/outcome.ts';
import type { TextOutput } from '../../cli/progress.ts';
import { writeWhole } from '../../disk/write-whole.ts';
import { checkOutput } from '../output.ts';
import { loadOf, peakOf, workersAtLimit, type Limit, type Load, type Work } from './database-load.ts';
import { figuresOf, offeredLoad, type Figures, type Window } from './figures.ts';
import type { Served } from './job.ts';
import { readBench, readPaces } from './measured.ts';
import { HELP, parseOptions, type Options } from './options.ts';
import { reportOf } from './report.ts';
import { DEFAULT_SERVICE, SCALES, spreadOf, type Service } from './service.ts';
import { simulate } from './simulate.ts';
import { drawJobs, HOUR_SECONDS, PANORAMAS_OF_TOKEN, PROFILES } from './workload.ts';

export interface SimulateIo {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** The current folder; relative paths start here. */
  readonly folder: string;
}

/** What `--json` writes; each figure has its unit in its name. */
export interface Results {
  readonly options: Omit<Options, 'json' | 'measured'>;
  readonly service: Service;
  /** What a worker does at most. */
  readonly panoramasPerWorkerHour: number;
  readonly rows: readonly Row[];
  readonly limits: readonly Limit[];
}

export interface Row {
  readonly workers: number;
  readonly hourlyRate: number;
  /** Workers that are busy on average where there are enough. */
  readonly offeredLoad: number;
  /** Null where more is sent than can ever be done: the queue only grows. */
  readonly simulated: (Figures & { readonly load: Load; readonly costPerPanorama: number | null }) | null;
}

/** What the database's limit is told for. */
const UTILIZATIONS = [0.5, 0.8, 1] as const;
/** Of the panoramas that count, before them. */
const WARM_UP = 0.1;

/** Runs it. Never rejects; every failure is told in one line. */
export async function runSimulate(argv: readonly string[], io: SimulateIo): Promise<ExitStatus> {
  try {
    const command = parseOptions(argv);
    if (command.name === 'help') io.stdout.write(HELP);
    else await run(command, io);
    return EXIT.done;
  } catch (error) {
    const { message, status } = explain(error, false, []);
    io.stderr.write(`simulate: ${message}\n`);
    return status;
  }
}

async function run(options: Options, { stdout, folder }: SimulateIo): Promise<void> {
  const out = options.json === null ? null : resolve(folder, options.json);
  if (out !== null) await checkOutput(out);
  const results = resultsOf(options, await serviceOf(options, folder));
  stdout.write(reportOf(results));
  if (out !== null) await writeWhole(out, `${JSON.stringify(results, null, 2)}\n`, 'the results');
}

async function serviceOf({ measured, spread }: Options, folder: string): Promise<Service> {
  if (measured === null) {
    return spread === null ? DEFAULT_SERVICE : { ...DEFAULT_SERVICE, spread: spreadOf(() => spread) };
  }
  const path = resolve(folder, measured.path);
  return measured.kind === 'bench' ? readBench(path, spread) : readPaces(path, spread);
}

export function resultsOf({ json: _, measured: __, ...options }: Options, service: Service): Results {
  const rows = options.hourlyRates.flatMap((hourlyRate) => rowsOf(hourlyRate, options, service));
  const work = workOf(options, service);
  const limits = UTILIZATIONS.map((utilization) =>
    workersAtLimit(options.capacity, work, utilization, options.readers),
  );
  return { options, service, panoramasPerWorkerHour: work.endsPerSecond * HOUR_SECONDS, rows, limits };
}

/** The same jobs for each number of workers. */
function rowsOf(hourlyRate: number, options: Results['options'], service: Service): Row[] {
  const { tokenLimit, profile, readers, pricePerHour } = options;
  const window = windowOf(hourlyRate, options);
  const tokens = tokensOf(hourlyRate, options);
  const jobs = drawJobs({ ...options, hourlyRate, tokens, service }, window.toSeconds);
  const load = offeredLoad(jobs, window);
  return options.workers.map((workers): Row => {
    const row = { workers, hourlyRate, offeredLoad: load };
    const usable = Math.min(workers, tokenLimit === null ? workers : tokens * tokenLimit);
    if (load >= usable) return { ...row, simulated: null };
    const served = simulate(jobs, { workers, tokenLimit });
    const figures = figuresOf(served, workers, window, PROFILES[profile].length);
    const peak = peakOf(figures.traffic.map((traffic) => loadOf(traffic, workers, readers)));
    const costPerPanorama = pricePerHour && (figures.paidSeconds * pricePerHour) / HOUR_SECONDS;
    return { ...row, simulated: { ...figures, load: peak, costPerPanorama } };
  });
}

function tokensOf(hourlyRate: number, { tokens }: Pick<Options, 'tokens'>): number {
  return tokens ?? Math.max(1, Math.round(hourlyRate / PANORAMAS_OF_TOKEN));
}

/** Whole periods of the profile, with a warm-up of as many or of a share of the panoramas. */
function windowOf(
  hourlyRate: number,
  { panoramas, profile }: Pick<Options, 'panoramas' | 'profile'>,
): Window {
  const hours = PROFILES[profile];
  const perPeriod = hourlyRate * hours.reduce<number>((sum, weight) => sum + weight, 0);
  const periodSeconds = hours.length * HOUR_SECONDS;
  const whole = (share: number): number => (hours.length === 1 ? share : Math.ceil(share)) * periodSeconds;
  const periods = panoramas / perPeriod;
  const fromSeconds = whole(periods * WARM_UP);
  return { fromSeconds, toSeconds: fromSeconds + whole(periods) };
}

/** What a worker that is never idle does: of a sample of jobs, one after the other. */
function workOf(options: Results['options'], service: Service): Work {
  const [hourlyRate = 1] = options.hourlyRates;
  const jobs = drawJobs(
    { ...options, profile: 'flat', hourlyRate, tokens: tokensOf(hourlyRate, options), service },
    (options.panoramas / hourlyRate) * HOUR_SECONDS,
  );
  const served = simulate(jobs, { workers: 1, tokenLimit: null });
  const sum = (of: (item: Served) => number) => served.reduce((total, item) => total + of(item), 0);
  const seconds = sum(({ startSeconds, endSeconds }) => endSeconds - startSeconds);
  return {
    endsPerSecond: served.length / seconds,
    scalesPerSecond: sum(({ job, trained }) => (trained ? SCALES[job.preset] : 0)) / seconds,
    picturesPerSecond: sum(({ job }) => (job.preset === 'draft' ? 1 : 2)) / seconds,
  };
}
