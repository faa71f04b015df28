import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { figuresOf, offeredLoad, quantile } from './figures.ts';
import type { Job, Served } from './job.ts';
import { simulate, type Fleet } from './simulate.ts';
import { erlangC, exponential, poissonJobs } from './theory.testing.ts';

const job = (values: Partial<Job> = {}): Job => ({
  arrivalSeconds: 0,
  token: 0,
  preset: 'fast',
  priority: 0,
  model: null,
  beforeSeconds: 1,
  trainingSeconds: 10,
  afterSeconds: 2,
  ...values,
});

/** Whole numbers; the fewer `parts`, the more happens at the same moment. */
const anyJobsIn = (parts: number) =>
  fc
    .array(
      fc.record({
        arrivalSeconds: fc.nat(30 * parts),
        token: fc.nat(2),
        preset: fc.constant('fast' as const),
        priority: fc.constantFrom(0, 10),
        model: fc.option(fc.nat(3)),
        beforeSeconds: fc.nat(3 * parts),
        trainingSeconds: fc.nat(6 * parts),
        afterSeconds: fc.nat(3 * parts),
      }),
      { maxLength: 40 },
    )
    .map((jobs) => jobs.toSorted((a, b) => a.arrivalSeconds - b.arrivalSeconds));
const anyJobs = anyJobsIn(1);
const anyFleet: fc.Arbitrary<Fleet> = fc.record({
  workers: fc.integer({ min: 1, max: 4 }),
  tokenLimit: fc.option(fc.integer({ min: 1, max: 3 })),
});

/** Jobs that run just after `seconds`, and those that wait then. */
const runningAt = (served: readonly Served[], seconds: number): Served[] =>
  served.filter((item) => item.startSeconds <= seconds && seconds < item.endSeconds);
const waitingAt = (served: readonly Served[], seconds: number): Served[] =>
  served.filter((item) => item.job.arrivalSeconds <= seconds && seconds < item.startSeconds);
const momentsOf = (served: readonly Served[]): number[] => [
  ...new Set(
    served.flatMap(({ job: { arrivalSeconds }, startSeconds, endSeconds }) => [
      arrivalSeconds,
      startSeconds,
      endSeconds,
    ]),
  ),
];
const trainedSeconds = ({ startSeconds, job }: Served): number =>
  startSeconds + job.beforeSeconds + job.trainingSeconds;

/** Arrivals, trained models and ends. */
const eventsAt = (served: readonly Served[], seconds: number): number =>
  served
    .flatMap((item) => [
      item.job.arrivalSeconds,
      item.endSeconds,
      ...(item.trained ? [trainedSeconds(item)] : []),
    ])
    .filter((moment) => moment === seconds).length;

/** Whether nothing but a worker was missing for a job to start. */
function mayStart(served: readonly Served[], { job: next }: Served, fleet: Fleet, seconds: number): boolean {
  const running = runningAt(served, seconds);
  const ofToken = running.filter(({ job: { token } }) => token === next.token).length;
  const training = served.some(
    (item) =>
      item.trained &&
      item.job.model === next.model &&
      item.startSeconds <= seconds &&
      seconds < trainedSeconds(item),
  );
  return ofToken < (fleet.tokenLimit ?? Infinity) && (next.model === null || !training);
}

describe('the simulation', () => {
  it('[SIM2] serves every job once, for its time, and no worker is idle while a job may start', () => {
    fc.assert(
      fc.property(anyJobs, anyFleet, (jobs, fleet) => {
        const served = simulate(jobs, fleet);
        expect(new Set(served.map((item) => item.job))).toEqual(new Set(jobs));
        expect(served).toHaveLength(jobs.length);
        for (const { job: item, startSeconds, endSeconds, trained } of served) {
          expect(startSeconds).toBeGreaterThanOrEqual(item.arrivalSeconds);
          const training = trained ? item.trainingSeconds : 0;
          expect(endSeconds - startSeconds).toBe(item.beforeSeconds + training + item.afterSeconds);
        }
        for (const moment of momentsOf(served)) {
          const running = runningAt(served, moment).length;
          expect(running).toBeLessThanOrEqual(fleet.workers);
          if (running === fleet.workers) continue;
          const idle = waitingAt(served, moment).filter((item) => mayStart(served, item, fleet, moment));
          expect(idle).toEqual([]);
        }
      }),
    );
  });

  it('[SIM3] starts the highest priority that may start, of equal ones the oldest', () => {
    fc.assert(
      fc.property(anyJobsIn(50), anyFleet, (jobs, fleet) => {
        const served = simulate(jobs, fleet);
        for (const { startSeconds, job: started } of served) {
          // Where several things happen at one moment, what is true after all of them need not have been before.
          if (eventsAt(served, startSeconds) > 1) continue;
          const overtaken = waitingAt(served, startSeconds).filter(
            (item) =>
              item.job.priority > started.priority ||
              (item.job.priority === started.priority && item.job.arrivalSeconds < started.arrivalSeconds),
          );
          for (const item of overtaken) expect(mayStart(served, item, fleet, startSeconds)).toBe(false);
        }
      }),
    );
  });

  it('[SIM3] lets a draft overtake trainings that wait, not the one that runs', () => {
    const jobs = [job(), job({ arrivalSeconds: 1 }), job({ arrivalSeconds: 2, priority: 10 })];
    const starts = simulate(jobs, { workers: 1, tokenLimit: null }).map((item) => [
      item.job.arrivalSeconds,
      item.startSeconds,
    ]);
    expect(starts).toEqual([
      [0, 0],
      [2, 3],
      [1, 6],
    ]);
  });

  it('[SIM4] runs no more jobs of a token than its limit, at any moment', () => {
    fc.assert(
      fc.property(anyJobs, anyFleet, (jobs, fleet) => {
        const served = simulate(jobs, fleet);
        for (const moment of momentsOf(served)) {
          const tokens = runningAt(served, moment).map((item) => item.job.token);
          for (const token of tokens) {
            const count = tokens.filter((other) => other === token).length;
            expect(count).toBeLessThanOrEqual(fleet.tokenLimit ?? Infinity);
          }
        }
      }),
    );
  });

  it('[SIM4] passes over the jobs of a token that is at its limit', () => {
    const jobs = [job({ token: 1 }), job({ token: 1 }), job({ token: 2 })];
    const served = simulate(jobs, { workers: 2, tokenLimit: 1 });
    expect(served.map((item) => [item.job.token, item.startSeconds])).toEqual([
      [1, 0],
      [2, 0],
      [1, 3],
    ]);
  });

  it('[SIM5] trains a model once, and nobody who needs it starts meanwhile', () => {
    fc.assert(
      fc.property(anyJobs, anyFleet, (jobs, fleet) => {
        const served = simulate(jobs, fleet);
        const models = new Set(jobs.flatMap(({ model }) => model ?? []));
        for (const model of models) {
          const users = served.filter((item) => item.job.model === model);
          const [trainer, ...others] = users.filter(({ trained }) => trained);
          if (!trainer) throw new Error('nobody trained it');
          expect(others).toEqual([]);
          for (const user of users) {
            if (user !== trainer) expect(user.startSeconds).toBeGreaterThanOrEqual(trainedSeconds(trainer));
          }
        }
        for (const item of served) if (item.job.model === null) expect(item.trained).toBe(false);
      }),
    );
  });

  it('[SIM5] starts the second job of a picture when its model is there, before the first has ended', () => {
    const jobs = [job({ model: 7 }), job({ model: 7 }), job({ model: 8 })];
    const served = simulate(jobs, { workers: 2, tokenLimit: null });
    expect(served.map((item) => [item.job.model, item.startSeconds, item.endSeconds, item.trained])).toEqual([
      [7, 0, 13, true],
      [8, 0, 13, true],
      // Both workers are busy until 13, though the model is there at 11.
      [7, 13, 16, false],
    ]);
    const [, , second] = simulate(jobs, { workers: 3, tokenLimit: null });
    expect([second?.startSeconds, second?.endSeconds]).toEqual([11, 14]);
  });
});

describe('events', () => {
  it('[SIM2] come in the order of their time, equal ones as they were added', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const queue = new EventQueue<{ time: number; order: number }>();
        for (const [order, time] of times.entries()) queue.add(time, { time, order });
        const taken = times.map(() => queue.take());
        const sorted = times.map((time, order) => ({ time, order })).sort((a, b) => a.time - b.time);
        expect(taken).toEqual(sorted);
        expect([queue.take(), queue.nextSeconds]).toEqual([null, Infinity]);
      }),
    );
  });
});

describe('against theory', () => {
  const COUNT = 200_000;
  const waits = (served: readonly Served[]): number[] =>
    served.map((item) => item.startSeconds - item.job.arrivalSeconds);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  /** Within so much of what the formula says. */
  const near = (actual: number, expected: number, tolerance = 0.05): void => {
    expect(Math.abs(actual / expected - 1)).toBeLessThan(tolerance);
  };

  it.each([
    [1, 0.5],
    [1, 0.8],
    [3, 0.7],
    [10, 0.9],
    [100, 0.95],
  ])('[SIM6] of %i workers at a utilisation of %f the waits are Erlang’s', (workers, utilization) => {
    const serviceSeconds = 2;
    const perSecond = (utilization * workers) / serviceSeconds;
    const jobs = poissonJobs(COUNT, perSecond, exponential(serviceSeconds));
    const served = simulate(jobs, { workers, tokenLimit: null });
    const mustWait = erlangC(workers, perSecond * serviceSeconds);
    near(mean(waits(served).map((wait) => (wait > 0 ? 1 : 0))), mustWait);
    const drain = workers * (1 - utilization);
    near(mean(waits(served)), (mustWait * serviceSeconds) / drain, 0.1);
    // Who waits does so for an exponential time.
    const exceeded = waits(served).filter((wait) => wait > serviceSeconds / drain).length;
    near(exceeded / served.length, mustWait / Math.E, 0.1);
  });

  it('[SIM6] Erlang’s formula gives the utilisation for one worker, a third for two at a load of one', () => {
    expect(erlangC(1, 0.8)).toBeCloseTo(0.8, 12);
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
  });

  it('[SIM6] one worker with constant times waits half as long: Pollaczek and Khinchine', () => {
    const jobs = poissonJobs(COUNT, 0.4, () => 2);
    // ρ S / (2 (1 − ρ)) at ρ = 0.8.
    near(mean(waits(simulate(jobs, { workers: 1, tokenLimit: null }))), (0.8 * 2) / (2 * 0.2));
  });

  it('[SIM3] of two priorities each waits as Cobham says, the higher less', () => {
    const jobs = poissonJobs(COUNT, 0.4, exponential(2), (random) => (random.uniform() < 0.3 ? 10 : 0));
    const served = simulate(jobs, { workers: 1, tokenLimit: null });
    const waitOf = (priority: number): number =>
      mean(waits(served.filter((item) => item.job.priority === priority)));
    // The work left of the one that runs is λ E[S²] / 2 = 0.4 · 8 / 2; the higher load is 0.3 · 0.8.
    const [left, high, all] = [1.6, 0.24, 0.8];
    near(waitOf(10), left / (1 - high));
    near(waitOf(0), left / ((1 - high) * (1 - all)), 0.1);
  });

  it('[SIM7] as much of the workers is busy as is offered', () => {
    const jobs = poissonJobs(COUNT, 3, exponential(2));
    const window = { fromSeconds: 1000, toSeconds: 60_000 };
    const load = offeredLoad(jobs, window);
    near(load, 6, 0.02);
    const figures = figuresOf(simulate(jobs, { workers: 8, tokenLimit: null }), 8, window, 1);
    near(figures.utilization * 8, load, 0.001);
    near(figures.busySeconds, 2, 0.02);
    near(figures.paidSeconds * figures.utilization, figures.busySeconds, 0.01);
    expect(figures.draftWait).toBeNull();
    const [traffic] = figures.traffic;
    near(traffic?.running ?? NaN, load, 0.001);
    // Little's law.
    const wait = figures.trainingWait?.meanSeconds ?? NaN;
    near(traffic?.waiting ?? NaN, (traffic?.arrivalsPerSecond ?? NaN) * wait, 0.001);
  });

  it('[SIM7] quantiles are the smallest value that so many are not above', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = values.toSorted((a, b) => a - b);
          const value = quantile(sorted, share);
          expect(sorted.filter((item) => item <= value).length).toBeGreaterThanOrEqual(share * sorted.length);
          expect(sorted.filter((item) => item < value).length).toBeLessThan(share * sorted.length);
        },
      ),
    );
  });
});
