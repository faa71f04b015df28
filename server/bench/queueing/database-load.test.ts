import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PHASES } from '../../../shared/protocol.ts';
import { panoramaRequestSchema } from '../../../shared/request.ts';
import type { Database, Sql } from '../../database/database.ts';
import { Paces } from '../../jobs/paces.ts';
import { Records } from '../../jobs/records.ts';
import {
  DEFAULT_CAPACITY,
  loadOf,
  peakOf,
  RATES,
  STATEMENTS,
  workersAtLimit,
  type Work,
} from './database-load.ts';
import type { Traffic } from './figures.ts';

const NOTHING: Traffic = {
  arrivalsPerSecond: 0,
  endsPerSecond: 0,
  scalesPerSecond: 0,
  picturesPerSecond: 0,
  running: 0,
  waiting: 0,
};
const WORK: Work = { endsPerSecond: 0.1, scalesPerSecond: 0.5, picturesPerSecond: 0.2 };

/** A database that counts what it is asked and has one row for every question. */
function countingDatabase() {
  const row = {
    id: 'id',
    request: panoramaRequestSchema.parse({ width: 100, height: 100 }),
    variants: [],
    created_at: new Date(0),
    started_at: null,
    ended_at: null,
    ahead: null,
    interruptions: 0,
    trained: false,
    running: 0,
  };
  let asked = 0;
  const query = <Row>(): Promise<Row[]> => {
    asked++;
    return Promise.resolve([row as Row]);
  };
  const sql: Sql = { query, forQueue: { executeSql: () => Promise.reject(new Error('not the queue’s')) } };
  const database: Database = {
    ...sql,
    backend: 'postgres',
    async transaction(work) {
      // BEGIN and COMMIT.
      asked += 2;
      return work(sql);
    },
    exclusively: (_, work) => work(),
    listen: () => Promise.reject(new Error('nothing is listened to')),
    close: () => Promise.resolve(),
  };
  /** How many statements something sends. */
  const count = async (work: () => Promise<unknown>): Promise<number> => {
    const before = asked;
    await work();
    return asked - before;
  };
  return { database, count };
}

describe('what PostgreSQL has to do', () => {
  it('[SIM10] counts the statements that the program sends', async () => {
    const { database, count } = countingDatabase();
    const records = new Records(database, () => 1);
    const claim = { id: 'id', run: 'run' };
    const limits = { worker: 'worker', perOwner: 1, memoryBytes: 1 };
    const scale = { scale: 1, scales: 5, epochs: 1, losses: {}, preview: '' };
    const variant = { n: 1, width: 1, height: 1, upscaled: 1 };
    const start = async () => {
      await records.start(claim, limits);
      await records.holds(claim);
    };
    expect(await count(start)).toBe(STATEMENTS.start);
    expect(await count(() => records.progress(claim, { phase: 'train', fraction: 0 }))).toBe(
      STATEMENTS.progress,
    );
    expect(await count(() => records.scale(claim, scale))).toBe(STATEMENTS.scale);
    expect(await count(() => records.variant(claim, variant, ''))).toBe(STATEMENTS.picture);
    const end = async () => {
      await database.transaction((sql) => records.end(claim, null, sql));
      await records.get('id');
      await records.release(claim);
    };
    expect(await count(end)).toBe(STATEMENTS.end);
    expect(await count(() => records.get('id'))).toBe(STATEMENTS.watchedRow);
    expect(await count(() => records.scalesAfter('id', 0))).toBe(STATEMENTS.watchedScales);
    const paces = await Paces.load(database);
    const phases = Object.fromEntries(PHASES.map((phase) => [phase, { seconds: 1, planned: 1 }]));
    expect(await count(() => paces.add({ phases, modelFound: false }))).toBe(STATEMENTS.paces);
  });

  it('[SIM10] is what panoramas, running jobs, workers and readers ask, each for itself', () => {
    expect(loadOf(NOTHING, 0, 1)).toEqual({ statementsPerSecond: 0, notifyingCommitsPerSecond: 0 });
    expect(loadOf(NOTHING, 10, 1)).toEqual({
      statementsPerSecond: 10 * (RATES.upkeep + RATES.poll * STATEMENTS.fetch),
      notifyingCommitsPerSecond: 0,
    });
    // Two panoramas a second wake all ten idle workers.
    const arriving = loadOf({ ...NOTHING, arrivalsPerSecond: 2 }, 10, 0);
    expect(arriving.statementsPerSecond).toBeCloseTo(2 * STATEMENTS.accept + 10 * (2.7 + 2 * (1 + 2)), 6);
    expect(arriving.notifyingCommitsPerSecond).toBe(2);
    const running = loadOf({ ...NOTHING, running: 10 }, 10, 3);
    expect(running.statementsPerSecond).toBeCloseTo(10 * (2 + 0.4 + 2.7 + 3 * 2), 6);
    expect(running.notifyingCommitsPerSecond).toBe(20);
    const ending = loadOf({ ...NOTHING, ...WORK }, 0, 0);
    expect(ending.statementsPerSecond).toBeCloseTo(0.1 * (2 + 7 + 5 + 1 + 8) + 0.5 + 0.2, 6);
    expect(ending.notifyingCommitsPerSecond).toBeCloseTo(2 * 0.1 + 0.5 + 0.2, 6);
    // A reader who waits is told of the queue's changes, twice a second at most.
    for (const [changes, told] of [
      [0.1, 0.2],
      [100, 2],
    ] as const) {
      const still = loadOf({ ...NOTHING, endsPerSecond: changes }, 0, 1).statementsPerSecond;
      const waiting = loadOf({ ...NOTHING, endsPerSecond: changes, waiting: 7 }, 0, 1).statementsPerSecond;
      expect(waiting - still).toBeCloseTo(7 * told, 6);
    }
  });

  it('[SIM10] grows with everything that there is more of', () => {
    const any = fc.double({ min: 0, max: 100, noNaN: true });
    const traffic = fc.record({
      arrivalsPerSecond: any,
      endsPerSecond: any,
      scalesPerSecond: any,
      picturesPerSecond: any,
      running: any,
      waiting: any,
    });
    const kinds = Object.keys(NOTHING) as (keyof Traffic)[];
    fc.assert(
      fc.property(traffic, fc.constantFrom(...kinds), any, (less, kind, more) => {
        const [before, after] = [less, { ...less, [kind]: less[kind] + more }].map((item) =>
          loadOf(item, 200, 1),
        );
        const peak = peakOf([before, after].flatMap((load) => load ?? []));
        // An idle worker that is woken by every arrival asks more than a busy one.
        if (kind !== 'running') expect(after).toEqual(peak);
        expect(peak.notifyingCommitsPerSecond).toBe(after?.notifyingCommitsPerSecond);
      }),
    );
  });

  it('[SIM10] has its limit at the largest number of workers that it bears', () => {
    const any = fc.double({ min: 50, max: 5000, noNaN: true });
    fc.assert(
      fc.property(
        any,
        any,
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (statements, commits, utilization) => {
          const capacity = { statementsPerSecond: statements, notifyingCommitsPerSecond: commits };
          const limit = workersAtLimit(capacity, WORK, utilization, 1);
          const loadWith = (workers: number) => {
            const busy = workers * utilization;
            const per = (rate: number) => busy * rate;
            const traffic = {
              arrivalsPerSecond: per(0.1),
              endsPerSecond: per(0.1),
              scalesPerSecond: per(0.5),
              picturesPerSecond: per(0.2),
              running: busy,
              waiting: 0,
            };
            return loadOf(traffic, workers, 1);
          };
          const [within, beyond] = [loadWith(limit.workers), loadWith(limit.workers + 1)];
          expect(within.statementsPerSecond).toBeLessThanOrEqual(statements);
          expect(within.notifyingCommitsPerSecond).toBeLessThanOrEqual(commits);
          expect(beyond[limit.of]).toBeGreaterThan(capacity[limit.of]);
        },
      ),
    );
  });

  it('[SIM10] has fewer workers at the limit where each notifies more, or the disk is slower', () => {
    const limit = (work: Work, commits: number): number =>
      workersAtLimit({ ...DEFAULT_CAPACITY, notifyingCommitsPerSecond: commits }, work, 1, 1).workers;
    expect(limit({ ...WORK, scalesPerSecond: 2 }, 500)).toBeLessThan(limit(WORK, 500));
    expect(limit(WORK, 250)).toBeLessThan(limit(WORK, 500));
  });
});
