/** Queues that have formulas, and jobs for them. Rates are per second. */
import { createRandom, type Random } from '../../singan/random.ts';
import type { Job } from './job.ts';
import { arrivalSeconds, HOUR_SECONDS } from './workload.ts';

/** That an arrival must wait for one of `servers`: Erlang's C formula (1917), from his B by recursion. */
export function erlangC(servers: number, offeredLoad: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (offeredLoad * blocked) / (n + offeredLoad * blocked);
  const utilization = offeredLoad / servers;
  return blocked / (1 - utilization * (1 - blocked));
}

/** Poisson arrivals of about `count` jobs that each take what `serviceSeconds` says, and need no model. */
export function poissonJobs(
  count: number,
  perSecond: number,
  serviceSeconds: (random: Random) => number,
  priority: (random: Random) => number = () => 0,
): Job[] {
  const random = createRandom(1, 'theory');
  const arrivals = arrivalSeconds(random, perSecond * HOUR_SECONDS, [1], count / perSecond);
  return arrivals.map((arrival) => ({
    arrivalSeconds: arrival,
    token: 0,
    preset: 'fast',
    priority: priority(random),
    model: null,
    beforeSeconds: serviceSeconds(random),
    trainingSeconds: 0,
    afterSeconds: 0,
  }));
}

export function exponential(meanSeconds: number): (random: Random) => number {
  return (random) => -Math.log(1 - random.uniform()) * meanSeconds;
}
