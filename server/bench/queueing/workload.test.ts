import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../singan/random.ts';
import type { SimulatedPreset } from './job.ts';
import { readBench, readPaces } from './measured.ts';
import {
  DEFAULT_SERVICE,
  DEFAULT_SPREAD,
  drawService,
  planOf,
  SCALES,
  type PhaseSeconds,
} from './service.ts';
import { arrivalSeconds, drawJobs, HOUR_SECONDS, PROFILES, type Workload } from './workload.ts';

const DAY_SECONDS = 24 * HOUR_SECONDS;
const WORKLOAD: Workload = {
  hourlyRate: 1000,
  profile: 'flat',
  tokens: 20,
  shares: { draft: 0.25, fast: 0.7, classic: 0.05 },
  seenShare: 0.4,
  service: DEFAULT_SERVICE,
  seed: 1,
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};
const total = (seconds: PhaseSeconds): number => Object.values(seconds).reduce((sum, item) => sum + item, 0);

describe('arrivals', () => {
  it('[SIM8] are a Poisson process: mean and deviation of the gaps are the same, and so are those of the counts', () => {
    const arrivals = arrivalSeconds(createRandom(1, 'test'), 1000, [1], 200 * HOUR_SECONDS);
    const gaps = arrivals.slice(1).map((arrival, index) => arrival - (arrivals[index] ?? NaN));
    const average = mean(gaps);
    expect(average).toBeCloseTo(3.6, 1);
    expect(deviation(gaps) / average).toBeCloseTo(1, 1);
    const counts = Array.from({ length: 2000 }, () => 0);
    for (const arrival of arrivals) {
      const at = Math.floor(arrival / 360);
      counts[at] = (counts[at] ?? NaN) + 1;
    }
    expect(mean(counts)).toBeCloseTo(100, -1);
    const ratio = deviation(counts) ** 2 / mean(counts);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  });

  it('[SIM8] follow the profile, hour by hour, and the rate is the busiest hour’s', () => {
    const days = 40;
    const arrivals = arrivalSeconds(createRandom(1, 'test'), 500, PROFILES.day, days * DAY_SECONDS);
    for (const [hour, weight] of PROFILES.day.entries()) {
      const count = arrivals.filter((arrival) => Math.floor(arrival / HOUR_SECONDS) % 24 === hour).length;
      const expected = 500 * days * weight;
      expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
    expect(Math.max(...PROFILES.day)).toBe(1);
    expect(PROFILES.day).toHaveLength(24);
  });
});

describe('jobs', () => {
  const jobs = drawJobs(WORKLOAD, 100 * HOUR_SECONDS);
  const shareOf = (preset: SimulatedPreset): number =>
    jobs.filter((job) => job.preset === preset).length / jobs.length;

  it('[SIM8] are of the presets, tokens and known pictures that are asked for', () => {
    for (const preset of ['draft', 'fast', 'classic'] as const)
      expect(Math.abs(shareOf(preset) - WORKLOAD.shares[preset])).toBeLessThan(0.01);
    expect(new Set(jobs.map(({ token }) => token)).size).toBe(20);
    const trainings = jobs.filter(({ preset }) => preset !== 'draft');
    const models = new Set<number>();
    const known = trainings.filter(({ model }) => {
      const there = model === null || models.has(model);
      if (model !== null) models.add(model);
      return there;
    });
    expect(Math.abs(known.length / trainings.length - 0.4)).toBeLessThan(0.01);
  });

  it('[SIM8] share a model only within a token and a preset, and drafts need none', () => {
    const owners = new Map<number, string>();
    for (const { model, token, preset } of jobs) {
      if (preset === 'draft') expect(model).toBeNull();
      if (model === null) continue;
      expect(owners.get(model) ?? `${token} ${preset}`).toBe(`${token} ${preset}`);
      owners.set(model, `${token} ${preset}`);
    }
    expect(owners.size).toBeGreaterThan(1000);
  });

  it('[SIM8] drafts have the higher priority', () => {
    const of = (draft: boolean) =>
      new Set(jobs.filter((j) => (j.preset === 'draft') === draft).map((j) => j.priority));
    const [[draft = NaN], [training = NaN]] = [[...of(true)], [...of(false)]];
    expect([of(true).size, of(false).size]).toEqual([1, 1]);
    expect(draft).toBeGreaterThan(training);
  });

  it('[SIM8] take log-normal times with the mean and the spread that are asked for', () => {
    const random = createRandom(1, 'test');
    for (const preset of ['draft', 'fast', 'classic'] as const) {
      const times = Array.from({ length: 50_000 }, () => {
        const { beforeSeconds, trainingSeconds, afterSeconds } = drawService(DEFAULT_SERVICE, preset, random);
        return beforeSeconds + trainingSeconds + afterSeconds;
      });
      expect(Math.abs(mean(times) / total(DEFAULT_SERVICE.seconds[preset]) - 1)).toBeLessThan(0.01);
      expect(deviation(times.map(Math.log))).toBeCloseTo(DEFAULT_SPREAD, 2);
    }
  });

  it('[SIM8] are the same for the same seed, others for another', () => {
    expect(drawJobs(WORKLOAD, 100 * HOUR_SECONDS)).toEqual(jobs);
    expect(drawJobs({ ...WORKLOAD, seed: 2 }, 100 * HOUR_SECONDS)).not.toEqual(jobs);
  });
});

describe('service times', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'simulate-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function file(content: unknown): Promise<string> {
    const path = join(folder, 'measured.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  it('[SIM9] are README’s by default: a draft, a job that trains, one that finds its model', () => {
    const { draft, fast } = DEFAULT_SERVICE.seconds;
    expect(Math.abs(total(draft) - 1.1)).toBeLessThan(0.1);
    expect(total(fast)).toBeCloseTo(11.6, 6);
    expect(total(fast) - fast.train).toBeCloseTo(4.3, 6);
    expect(SCALES).toMatchObject({ draft: 0, fast: 5 });
    expect(SCALES.classic).toBeGreaterThan(5);
  });

  it('[SIM9] are those of the benchmark’s first job where they are given', async () => {
    const phaseSeconds = { start: 0.5, draft: 1, train: 20, sample: 3, paint: 2, encode: 1 };
    const path = await file({
      version: '1',
      job: [{ phaseSeconds, totalSeconds: 27.5 }, { phaseSeconds: {} }],
    });
    const { seconds, spread } = await readBench(path, null);
    expect(seconds.fast).toEqual({ decode: 0.5, draft: 1, train: 20, sample: 3, paint: 2, encode: 1 });
    expect(total(seconds.draft)).toBe(2);
    const { fast, classic } = DEFAULT_SERVICE.seconds;
    expect(seconds.classic.train).toBeCloseTo((20 * classic.train) / fast.train, 6);
    expect(spread.train).toBe(DEFAULT_SPREAD);
    const whole = await file({ job: [{ phaseSeconds }], training: { classic: { seconds: 1234 } } });
    expect((await readBench(whole, 0.1)).seconds.classic.train).toBe(1234);
  });

  it('[SIM9] are the plan’s at a server’s paces, and lists of paces give their spread', async () => {
    const path = await file({ train: 2, paint: [1, 2, 4], sample: [1, 3] });
    const { seconds, spread } = await readPaces(path, null);
    const planned = planOf('fast').seconds;
    expect(seconds.fast.train).toBeCloseTo(2 * planned.train, 6);
    expect(seconds.classic.train).toBeCloseTo(2 * planOf('classic').seconds.train, 6);
    expect(seconds.fast.paint).toBeCloseTo((7 / 3) * planned.paint, 6);
    expect(seconds.fast.sample).toBeCloseTo(2 * planned.sample, 6);
    expect(seconds.fast.draft).toBeCloseTo(planned.draft, 6);
    expect(spread.paint).toBeCloseTo(Math.LN2, 6);
    expect([spread.train, spread.sample]).toEqual([DEFAULT_SPREAD, DEFAULT_SPREAD]);
    expect((await readPaces(path, 0.1)).spread.paint).toBe(0.1);
  });

  it('[SIM9] are refused where a file holds something else', async () => {
    await expect(readBench(join(folder, 'gone.json'), null)).rejects.toThrow(/--bench: .*cannot be read/);
    for (const content of ['no JSON', { job: [] }, { job: [{ phaseSeconds: { train: -1 } }] }, {}])
      await expect(readBench(await file(content), null)).rejects.toThrow(/--bench: .*got something else/);
    await expect(readBench(await file({ job: [{ phaseSeconds: { paint: 1 } }] }), null)).rejects.toThrow(
      /--bench: expected a first job that trains/,
    );
    for (const content of [{ lunch: 1 }, { train: 0 }, { train: [] }, [1]])
      await expect(readPaces(await file(content), null)).rejects.toThrow(/--paces: .*got something else/);
  });
});
