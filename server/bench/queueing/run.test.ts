import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordOutputs } from '../record-outputs.testing.ts';
import { runSimulate, type Results, type Row } from './run.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulate-'));
  await mkdir(join(folder, 'folder.json'));
  await writeFile(join(folder, 'notes.json'), '"Dear diary"');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: readonly string[]) {
  const { said, ...outputs } = recordOutputs();
  const status = await runSimulate(argv, { ...outputs, folder });
  return { status, ...said };
}

async function results(...argv: readonly string[]): Promise<Results> {
  expect(await run(...argv, '--json', 'results.json')).toMatchObject({ status: 0, err: '' });
  return JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
}

/** The one row, simulated. */
function only({ rows }: Results): NonNullable<Row['simulated']> {
  const simulated = rows[0]?.simulated;
  if (rows.length !== 1 || !simulated) throw new Error(`expected one row, got ${JSON.stringify(rows)}`);
  return simulated;
}

const SMALL = ['--panoramas', '2000', '--workers', '2', '--rate', '800'];
const SEEN = ['--panoramas', '5000', '--workers', '4', '--rate', '800'];

describe('npm run simulate', () => {
  it.each([
    [['now'], /expected options only, got "now"/],
    [['--fast'], /--fast.*--help lists the options/],
    [['--seed', '1', '--seed', '2'], /--seed: expected once, got it twice/],
    [['--workers', '0'], /--workers: expected a whole number from 1 to 10000, got "0"/],
    [['--workers', '1,,2'], /--workers: expected a whole number.*got ""/],
    [['--workers', '2,2'], /--workers: expected each once, got 2 twice/],
    [['--rate', '-1'], /--rate/],
    [['--rate', 'many'], /--rate: expected a number from 0\.01 to 1000000, got "many"/],
    [['--profile', 'night'], /--profile: expected one of flat, day, got "night"/],
    [['--shares', '50,40'], /--shares: expected three percentages, .*add up to 100; got "50,40"/],
    [['--shares', '50,40,20'], /--shares: .*got "50,40,20"/],
    [['--seen', '101'], /--seen: expected a number from 0 to 100, got "101"/],
    [['--token-limit', '1.5'], /--token-limit: expected a whole number/],
    [['--panoramas', '1'], /--panoramas: expected a whole number from 100/],
    [['--price', 'free'], /--price: expected a number/],
    [['--bench', 'a.json', '--paces', 'b.json'], /--bench, --paces: expected one of them, got both/],
    [['--bench', 'gone.json'], /--bench: .*gone\.json, which cannot be read/],
    [['--paces', 'notes.json'], /--paces: .*notes\.json, got something else/],
    [['--json', 'results.txt'], /--json: expected a name that ends in \.json, got "results\.txt"/],
    [['--json', 'no/where.json'], /--json: expected a folder at .*no, got none/],
    [['--json', 'folder.json'], /--json: expected a file's name, got .*folder\.json/],
  ])('[SIM1] refuses %j in one line with status 2', async (argv, message) => {
    const before = await readdir(folder);
    const { status, err, out } = await run(...argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^simulate: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(await readdir(folder)).toEqual(before);
  });

  it('[SIM1] answers --help whatever else is given', async () => {
    const { status, out, err } = await run('--workers', 'many', '--help');
    expect([status, err]).toEqual([0, '']);
    for (const word of ['--workers', '--rate', '--shares', '--token-limit', '--price', '--commits', '--json'])
      expect(out).toContain(word);
  });

  it('[SIM11] has the same figures for the same options, and others for another seed', async () => {
    const [first, second, other] = [
      await results(...SMALL),
      await results(...SMALL),
      await results(...SMALL, '--seed', '2'),
    ];
    expect(second).toEqual(first);
    expect(other.rows).not.toEqual(first.rows);
  });

  it('[SIM11] writes options, service times and every figure with its unit', async () => {
    const { options, service, panoramasPerWorkerHour, rows, limits } = await results(
      ...SMALL,
      '--price',
      '0.36',
    );
    expect(options).toMatchObject({ workers: [2], hourlyRates: [800], seed: 1, pricePerHour: 0.36 });
    expect(service.seconds.fast.train).toBeGreaterThan(0);
    expect(panoramasPerWorkerHour).toBeGreaterThan(400);
    expect(limits.map(({ utilization }) => utilization)).toEqual([0.5, 0.8, 1]);
    const [row] = rows;
    expect(row).toMatchObject({ workers: 2, hourlyRate: 800 });
    const wait = ['meanSeconds', 'medianSeconds', 'p95Seconds', 'p99Seconds'];
    expect(Object.keys(row?.simulated?.draftWait ?? {})).toEqual(wait);
    expect(Object.keys(row?.simulated?.trainingWait ?? {})).toEqual(wait);
    const { paidSeconds, costPerPanorama, load } = row?.simulated ?? {};
    expect(costPerPanorama).toBeCloseTo((paidSeconds ?? NaN) * 0.0001, 9);
    expect(Object.keys(load ?? {})).toEqual(['statementsPerSecond', 'notifyingCommitsPerSecond']);
  });

  it('[SIM11] prints waits, costs and the database’s part for every rate and number of workers', async () => {
    const { out } = await run(
      '--workers',
      '1,2',
      '--rate',
      '300,800',
      '--panoramas',
      '1000',
      '--price',
      '0.1',
    );
    expect(out).toMatch(/^a worker does at most \d+ an hour$/m);
    expect(out).toMatch(/^300 +1 +[\d.]+ % +([\d.]+ +){7}[\d.]+$/m);
    expect(out).toMatch(/^800 +2 +[\d.]+ % +([\d.]+ +){7}[\d.]+$/m);
    expect(out).toMatch(/^300 +2 +[\d.]+ +[\d.]+ +0\.\d{5} +\d+ +[\d.]+ % +\d+ +[\d.]+ %$/m);
    expect(out).toMatch(/^ {2}beyond \d+ workers that are busy for 50 % of their time, by /m);
  });

  it('[SIM12] tells where more is sent than can ever be done, also by the limits of tokens', async () => {
    const { out } = await run('--workers', '1,4', '--rate', '800', '--panoramas', '1000');
    expect(out).toMatch(/^800 +1 +too few: 1\.\d are busy$/m);
    expect(out).toMatch(/^800 +4 +[\d.]+ %/m);
    const limited = await results(...SMALL, '--tokens', '1', '--token-limit', '1');
    expect(limited.rows.map(({ simulated }) => simulated)).toEqual([null]);
    expect(limited.rows[0]?.offeredLoad).toBeGreaterThan(1);
  });

  it('[SIM12] more workers wait less at the same utilisation and cost more at the same rate', async () => {
    const { rows } = await results('--workers', '1,10', '--rate', '400,4000', '--panoramas', '5000');
    const row = (workers: number, rate: number) =>
      rows.find((item) => item.workers === workers && item.hourlyRate === rate)?.simulated;
    const wait = (workers: number, rate: number): number =>
      row(workers, rate)?.trainingWait?.meanSeconds ?? NaN;
    expect(wait(10, 4000)).toBeLessThan(wait(1, 400) / 2);
    expect(row(10, 400)?.paidSeconds).toBeCloseTo(10 * (row(1, 400)?.paidSeconds ?? NaN), 6);
    expect(row(10, 400)?.busySeconds).toBeCloseTo(row(1, 400)?.busySeconds ?? NaN, 6);
  });

  it('[SIM12] drafts wait less than trainings, and rare long trainings make all wait', async () => {
    const usual = only(await results('--workers', '1', '--rate', '300', '--panoramas', '5000'));
    const { draftWait, trainingWait } = usual;
    expect(draftWait?.meanSeconds).toBeLessThan(trainingWait?.meanSeconds ?? NaN);
    expect(draftWait?.p99Seconds).toBeLessThan(trainingWait?.p99Seconds ?? NaN);
    const long = ['--shares', '20,79.9,0.1', '--workers', '1', '--rate', '300', '--panoramas', '5000'];
    expect(only(await results(...long)).draftWait?.meanSeconds).toBeGreaterThan(
      10 * (draftWait?.meanSeconds ?? NaN),
    );
  });

  it('[SIM12] with a day’s profile is busiest in its busiest hour, and idle at night', async () => {
    const day = only(
      await results('--profile', 'day', '--workers', '3', '--rate', '800', '--panoramas', '2000'),
    );
    expect(day.traffic).toHaveLength(24);
    const running = day.traffic.map((hour) => hour.running);
    expect(Math.max(...running.slice(9, 17))).toBe(Math.max(...running));
    expect(Math.max(...running.slice(0, 6))).toBeLessThan(0.2 * Math.max(...running));
    const flat = only(await results('--workers', '3', '--rate', '800', '--panoramas', '20000'));
    expect(day.utilization).toBeLessThan(0.6 * flat.utilization);
  });

  it('[SIM12] the share of pictures seen before spares trainings', async () => {
    const [none, many] = [
      only(await results(...SEEN, '--seen', '0')),
      only(await results(...SEEN, '--seen', '80')),
    ];
    expect(none.foundShare).toBe(0);
    expect(many.foundShare).toBeCloseTo(0.8, 1);
    expect(many.busySeconds).toBeLessThan(0.6 * none.busySeconds);
  });
});
