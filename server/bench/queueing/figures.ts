/** What is read off a simulation: waits, utilisation, and the traffic of each hour of the profile. */
import type { Job, Served } from './job.ts';
import { SCALES } from './service.ts';
import { HOUR_SECONDS } from './workload.ts';

/** What counts: what is before is a warm-up from an empty server. */
export interface Window {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Seconds from arrival to start. */
export interface Wait {
  readonly meanSeconds: number;
  readonly medianSeconds: number;
  readonly p95Seconds: number;
  readonly p99Seconds: number;
}

export interface Figures {
  readonly panoramas: number;
  /** Null where there were none. */
  readonly draftWait: Wait | null;
  readonly trainingWait: Wait | null;
  /** Of the worker-seconds that there were. */
  readonly utilization: number;
  /** Worker-seconds at work for a panorama. */
  readonly busySeconds: number;
  /** Worker-seconds that there were for a panorama: idle ones are paid too. */
  readonly paidSeconds: number;
  /** Of the jobs that are no drafts, how many found their model. */
  readonly foundShare: number;
  /** One for each hour of the profile. */
  readonly traffic: readonly Traffic[];
}

/** Means over the hours that are alike. */
export interface Traffic {
  readonly arrivalsPerSecond: number;
  /** Jobs that end. */
  readonly endsPerSecond: number;
  readonly scalesPerSecond: number;
  /** Drafts and results. */
  readonly picturesPerSecond: number;
  /** Jobs that run. */
  readonly running: number;
  /** Jobs that wait. */
  readonly waiting: number;
}

/** Waits are of the jobs that arrive in the window, all else is of what happens in it. `hours`: of the profile. */
export function figuresOf(
  served: readonly Served[],
  workers: number,
  window: Window,
  hours: number,
): Figures {
  const { fromSeconds, toSeconds } = window;
  const arrived = served.filter(({ job }) => isIn(job.arrivalSeconds, window));
  const busy = sumOf(served, ({ startSeconds, endSeconds }) => overlap(startSeconds, endSeconds, window));
  const paid = workers * (toSeconds - fromSeconds);
  const drafts = arrived.filter(({ job }) => job.preset === 'draft');
  const trainings = arrived.filter(({ job }) => job.preset !== 'draft');
  return {
    panoramas: arrived.length,
    draftWait: waitOf(drafts),
    trainingWait: waitOf(trainings),
    utilization: busy / paid,
    busySeconds: sumOf(arrived, ({ startSeconds, endSeconds }) => endSeconds - startSeconds) / arrived.length,
    paidSeconds: paid / arrived.length,
    foundShare: trainings.filter(({ trained }) => !trained).length / Math.max(1, trainings.length),
    traffic: trafficOf(served, window, hours),
  };
}

/** Work of the jobs of the window in worker-seconds a second, each model trained once: the workers that are busy. */
export function offeredLoad(jobs: readonly Job[], window: Window): number {
  const trained = new Set<number>();
  let seconds = 0;
  for (const { arrivalSeconds, model, beforeSeconds, trainingSeconds, afterSeconds } of jobs) {
    const trains = model !== null && !trained.has(model);
    if (trains) trained.add(model);
    if (isIn(arrivalSeconds, window))
      seconds += beforeSeconds + (trains ? trainingSeconds : 0) + afterSeconds;
  }
  return seconds / (window.toSeconds - window.fromSeconds);
}

function waitOf(served: readonly Served[]): Wait | null {
  const waits = Float64Array.from(
    served,
    ({ job, startSeconds }) => startSeconds - job.arrivalSeconds,
  ).sort();
  if (waits.length === 0) return null;
  return {
    meanSeconds: waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
    medianSeconds: quantile(waits, 0.5),
    p95Seconds: quantile(waits, 0.95),
    p99Seconds: quantile(waits, 0.99),
  };
}

/** The smallest of the sorted values that is not below this share of them. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

function trafficOf(served: readonly Served[], window: Window, hours: number): Traffic[] {
  const sums = Array.from({ length: hours }, () => {
    return { seconds: 0, arrivals: 0, ends: 0, scales: 0, pictures: 0, runningSeconds: 0, waitingSeconds: 0 };
  });
  type Sums = (typeof sums)[number];
  const hourAt = (seconds: number): Sums | undefined => sums[Math.floor(seconds / HOUR_SECONDS) % hours];
  /** Tells each hour how much of the time from `start` to `end` lies in it. */
  const spread = (start: number, end: number, add: (hour: Sums, seconds: number) => void): void => {
    const until = Math.min(end, window.toSeconds);
    for (let now = Math.max(start, window.fromSeconds); now < until;) {
      const next = Math.min(until, (Math.floor(now / HOUR_SECONDS) + 1) * HOUR_SECONDS);
      const hour = hourAt(now);
      if (hour) add(hour, next - now);
      now = next;
    }
  };
  spread(-Infinity, Infinity, (hour, seconds) => (hour.seconds += seconds));
  for (const { job, startSeconds, endSeconds, trained } of served) {
    spread(startSeconds, endSeconds, (hour, seconds) => (hour.runningSeconds += seconds));
    spread(job.arrivalSeconds, startSeconds, (hour, seconds) => (hour.waitingSeconds += seconds));
    const arrival = isIn(job.arrivalSeconds, window) ? hourAt(job.arrivalSeconds) : undefined;
    if (arrival) arrival.arrivals++;
    const end = isIn(endSeconds, window) ? hourAt(endSeconds) : undefined;
    if (!end) continue;
    end.ends++;
    end.scales += trained ? SCALES[job.preset] : 0;
    end.pictures += job.preset === 'draft' ? 1 : 2;
  }
  return sums
    .filter(({ seconds }) => seconds > 0)
    .map(({ seconds, arrivals, ends, scales, pictures, runningSeconds, waitingSeconds }) => ({
      arrivalsPerSecond: arrivals / seconds,
      endsPerSecond: ends / seconds,
      scalesPerSecond: scales / seconds,
      picturesPerSecond: pictures / seconds,
      running: runningSeconds / seconds,
      waiting: waitingSeconds / seconds,
    }));
}

function isIn(seconds: number, { fromSeconds, toSeconds }: Window): boolean {
  return seconds >= fromSeconds && seconds < toSeconds;
}

function overlap(start: number, end: number, { fromSeconds, toSeconds }: Window): number {
  return Math.max(0, Math.min(end, toSeconds) - Math.max(start, fromSeconds));
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
