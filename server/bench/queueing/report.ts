/** The tables of `npm run simulate`. */
import { count, show } from '../report/numbers.ts';
import type { Limit } from './database-load.ts';
import type { Wait } from './figures.ts';
import { SIMULATED_PRESETS } from './job.ts';
import type { Results, Row } from './run.ts';
import { PANORAMAS_OF_TOKEN } from './workload.ts';

export function reportOf(results: Results): string {
  const { rows, limits, options } = results;
  const { statementsPerSecond, notifyingCommitsPerSecond } = options.capacity;
  return [
    ...headerOf(results),
    '',
    'Seconds until a job starts: mean, median, 95 %, 99 %',
    ...table([
      ['an hour', 'workers', 'busy', 'drafts', '', '', '', 'trainings', '', '', ''],
      ...rows.map(waitCells),
    ]),
    '',
    'Worker-seconds of a panorama, at work and paid; what PostgreSQL has to do a second, in the busiest hour',
    ...table([
      ['an hour', 'workers', 'at work', 'paid', 'cost', 'statements', '', 'notifying', ''],
      ...rows.map((row) => costCells(row, results)),
    ]),
    '',
    `Where PostgreSQL does ${statementsPerSecond} statements and ${notifyingCommitsPerSecond} notifying commits a second, it is the limit`,
    ...limits.map(limitLine),
    '',
  ].join('\n');
}

function headerOf({ options, service, panoramasPerWorkerHour }: Results): string[] {
  const { shares, seenShare, profile, panoramas, tokens, tokenLimit, seed } = options;
  const parts = SIMULATED_PRESETS.map((preset) => {
    const seconds = Object.values(service.seconds[preset]).reduce((sum, item) => sum + item, 0);
    return `${preset} ${percent(shares[preset])} of ${seconds.toFixed(1)} s`;
  });
  const senders =
    tokens === null ? `a token for every ${PANORAMAS_OF_TOKEN} an hour` : count(tokens, 'token');
  const limited = tokenLimit === null ? '' : ` with at most ${count(tokenLimit, 'job')} at once`;
  return [
    `${parts.join(', ')}; ${percent(seenShare)} of the trainings with a picture that was sent before`,
    `${senders}${limited}; profile ${profile}; about ${panoramas} panoramas; seed ${seed}`,
    `a worker does at most ${panoramasPerWorkerHour.toFixed(0)} an hour`,
  ];
}

function waitCells({ hourlyRate, workers, simulated, offeredLoad }: Row): string[] {
  if (!simulated) return [...common(hourlyRate, workers), `too few: ${offeredLoad.toFixed(1)} are busy`];
  const { utilization, draftWait, trainingWait } = simulated;
  const cells = [...common(hourlyRate, workers), percent(utilization)];
  return [...cells, ...seconds(draftWait), ...seconds(trainingWait)];
}

function seconds(wait: Wait | null): string[] {
  if (!wait) return ['–', '–', '–', '–'];
  const { meanSeconds, medianSeconds, p95Seconds, p99Seconds } = wait;
  return [meanSeconds, medianSeconds, p95Seconds, p99Seconds].map((value) => value.toFixed(1));
}

function costCells({ hourlyRate, workers, simulated }: Row, { options }: Results): string[] {
  if (!simulated) return common(hourlyRate, workers);
  const { busySeconds, paidSeconds, costPerPanorama, load } = simulated;
  const { capacity } = options;
  const share = (of: keyof typeof load): string[] => [load[of].toFixed(0), percent(load[of] / capacity[of])];
  return [
    ...common(hourlyRate, workers),
    busySeconds.toFixed(1),
    paidSeconds.toFixed(1),
    show(costPerPanorama, 5),
    ...share('statementsPerSecond'),
    ...share('notifyingCommitsPerSecond'),
  ];
}

function limitLine({ utilization, workers, of }: Limit): string {
  const what = of === 'statementsPerSecond' ? 'statements' : 'notifying commits';
  return `  beyond ${count(workers, 'worker')} that are busy for ${percent(utilization)} of their time, by ${what}`;
}

function common(hourlyRate: number, workers: number): string[] {
  return [String(hourlyRate), String(workers)];
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(share < 0.1 ? 2 : 3))} %`;
}

/** Columns as wide as their widest cell; a row's last cell may be wider where nothing follows. */
function table(rows: readonly (readonly string[])[]): string[] {
  const [heading = []] = rows;
  const widths = heading.map((_, column) =>
    Math.max(
      ...rows.map((row) =>
        row.length - 1 > column || row.length === heading.length ? cell(row, column) : 0,
      ),
    ),
  );
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd((widths[column] ?? 0) + 2))
      .join('')
      .trimEnd(),
  );
}

function cell(row: readonly string[], column: number): number {
  return row[column]?.length ?? 0;
}
