/**
 * What the server asks of its PostgreSQL, counted from the traffic.
 *
 * Two limits: statements of any kind, and commits that notify. The latter are one after the other in the whole cluster,
 * since PostgreSQL holds one lock from before such a commit until after it, its flush to the disk included
 * (`PreCommit_Notify` in src/backend/commands/async.c), and every change of a panorama notifies.
 */
import type { Traffic } from './figures.ts';

/** Statements of one panorama. Counted where the program sends them; a test counts those of `Records` again. */
export const STATEMENTS = {
  /**
   * `acceptJob`: its lock, is it there, how many wait of all and of the owner, the time, BEGIN, the row, pg-boss's delete
   * and insert, COMMIT, the answer, the lock given back.
   */
  accept: 12,
  /** pg-boss takes the job, and settles it. */
  queue: 2,
  /**
   * `Records.start`: BEGIN, the lock of all starts, what else runs, the row changed, COMMIT, the row read; then whether it
   * still holds.
   */
  start: 7,
  /** `Records.scale`, of each scale that is trained. */
  scale: 1,
  /** `Records.variant`, of each picture. */
  picture: 1,
  /** `Records.end` between BEGIN and COMMIT, the row read for its file, the job released. */
  end: 5,
  /** `Webhooks.ending`: whether one is asked for. */
  webhook: 1,
  /** `Paces.add`: a row for each of up to six phases, the old ones deleted, the medians. */
  paces: 8,
  /** `Records.progress` */
  progress: 1,
  /** What opening a page asks: two estimates while composing, the history, and a stream's three reads. */
  opening: 6,
  /** A watched change, `Watches`: the row, and the scales where the panorama came on. */
  watchedRow: 1,
  watchedScales: 1,
  heartbeat: 1,
  /** What is too large for the worker, and pg-boss's own. */
  fetch: 2,
} as const;

/** Per second. */
export const RATES = {
  /** `PROGRESS_INTERVAL_MS` of run-job.ts. */
  progress: 2,
  /** `INTERVAL_MS` of watch.ts: a stream is told no more often. */
  watched: 2,
  /** `RENEW_MS` of worker.ts. */
  heartbeat: 0.4,
  /** An idle worker's polls, `POLL_MS` of worker.ts. */
  poll: 1,
  /**
   * pg-boss's own upkeep, counted over 20 s of one process alone, and fleet.ts's three statements in five seconds; several
   * processes share some of it.
   */
  upkeep: 2.7,
} as const;

export interface Load {
  readonly statementsPerSecond: number;
  readonly notifyingCommitsPerSecond: number;
}

/** What a database can do. */
export type Capacity = Load;

/**
 * A PostgreSQL of four cores on a solid-state disk: published pgbench runs have 2,500 to 4,000 read-write transactions of
 * seven statements there, of which this is about half. A commit that is flushed in 1 ms, as on a cloud's network disks,
 * can be followed by 1,000 a second.
 */
export const DEFAULT_CAPACITY: Capacity = { statementsPerSecond: 10_000, notifyingCommitsPerSecond: 1000 };

/** `readers` follow each panorama from its arrival to its end, each on an API process of its own. */
export function loadOf(traffic: Traffic, workers: number, readers: number): Load {
  const { arrivalsPerSecond, endsPerSecond, scalesPerSecond, picturesPerSecond, running, waiting } = traffic;
  const idle = Math.max(0, workers - running);
  const { accept, queue, start, scale, picture, end, webhook, paces, opening } = STATEMENTS;
  const ofPanoramas =
    arrivalsPerSecond * accept +
    endsPerSecond * (queue + start + end + webhook + paces) +
    scalesPerSecond * scale +
    picturesPerSecond * picture;
  const ofRunning = running * (RATES.progress * STATEMENTS.progress + RATES.heartbeat * STATEMENTS.heartbeat);
  // Each panorama that is put wakes every worker that is idle, and each of them looks for it.
  const ofWorkers = workers * RATES.upkeep + idle * (RATES.poll + arrivalsPerSecond) * STATEMENTS.fetch;
  // What comes on: the start, scales, pictures and the end.
  const steps = 2 * endsPerSecond + scalesPerSecond + picturesPerSecond;
  // Whoever waits is told of every change of the queue: a panorama put, started and ended.
  const queueChanges = Math.min(RATES.watched, arrivalsPerSecond + 2 * endsPerSecond);
  const ofReaders =
    readers *
    (arrivalsPerSecond * opening +
      (running * RATES.watched + waiting * queueChanges) * STATEMENTS.watchedRow +
      steps * STATEMENTS.watchedScales);
  return {
    statementsPerSecond: ofPanoramas + ofRunning + ofWorkers + ofReaders,
    notifyingCommitsPerSecond: arrivalsPerSecond + steps + running * RATES.progress,
  };
}

/** Of several loads the largest of each kind. */
export function peakOf(loads: readonly Load[]): Load {
  const largest = (of: (load: Load) => number) => Math.max(0, ...loads.map(of));
  return {
    statementsPerSecond: largest((load) => load.statementsPerSecond),
    notifyingCommitsPerSecond: largest((load) => load.notifyingCommitsPerSecond),
  };
}

/** What a worker that is never idle does, each second. */
export interface Work {
  readonly endsPerSecond: number;
  readonly scalesPerSecond: number;
  readonly picturesPerSecond: number;
}

export interface Limit {
  readonly utilization: number;
  /** The largest number that the database bears. */
  readonly workers: number;
  /** What one more would be too much for. */
  readonly of: keyof Load;
}

/** How many workers a database bears that are busy for `utilization` of their time while nothing waits. */
export function workersAtLimit(capacity: Capacity, work: Work, utilization: number, readers: number): Limit {
  const exceeded = (workers: number): keyof Load | null => {
    const busy = utilization * workers;
    const traffic: Traffic = {
      arrivalsPerSecond: busy * work.endsPerSecond,
      endsPerSecond: busy * work.endsPerSecond,
      scalesPerSecond: busy * work.scalesPerSecond,
      picturesPerSecond: busy * work.picturesPerSecond,
      running: busy,
      waiting: 0,
    };
    const load = loadOf(traffic, workers, readers);
    if (load.notifyingCommitsPerSecond > capacity.notifyingCommitsPerSecond)
      return 'notifyingCommitsPerSecond';
    return load.statementsPerSecond > capacity.statementsPerSecond ? 'statementsPerSecond' : null;
  };
  // Both loads grow with the workers.
  let [enough, tooMany] = [0, 1];
  while (exceeded(tooMany) === null) [enough, tooMany] = [tooMany, 2 * tooMany];
  while (tooMany - enough > 1) {
    const middle = Math.floor((enough + tooMany) / 2);
    if (exceeded(middle) === null) enough = middle;
    else tooMany = middle;
  }
  return { utilization, workers: enough, of: exceeded(tooMany) ?? 'statementsPerSecond' };
}
