import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PHASES, type Phase } from '../../shared/protocol.ts';
import type { PanoramaEvent } from './events.ts';
import { ProgressMeter } from './progress-meter.ts';

type Report = Extract<PanoramaEvent, { type: 'progress' }>;

const SECONDS = { decode: 0, draft: 1, train: 20, sample: 3, paint: 4, encode: 2 };

/** A meter under a clock that the test moves. */
function start(seconds: Record<Phase, number> = SECONDS) {
  const reports: Report[] = [];
  const clock = { ms: 0 };
  const meter = new ProgressMeter(
    seconds,
    (report) => reports.push(report),
    () => clock.ms,
  );
  return { meter, reports, clock, last: () => reports[reports.length - 1] };
}

describe('ProgressMeter', () => {
  it('[JOB1] the fraction never falls and ends at 1', () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    const steps = fc.array(fc.tuple(fc.nat(PHASES.length - 1), fraction, fc.nat(400)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, fraction, (list, share) => {
        const { meter, reports, clock, last } = start();
        list.sort(([a], [b]) => a - b);
        for (const [phase, done, waitMs] of list) {
          clock.ms += waitMs;
          if (phase === 2) meter.leaveOut('train', share);
          meter.update(PHASES[phase] ?? 'encode', done);
        }
        meter.update('encode', 1);
        const fractions = reports.map((report) => report.fraction);
        expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
        expect(last()).toMatchObject({ phase: 'encode', fraction: 1 });
        expect(last()?.remaining).toBeUndefined();
      }),
    );
  });

  it('[JOB2] reports at most ten times a second, but every new phase and every finished one', () => {
    const { meter, reports, clock } = start();
    meter.update('draft', 0);
    for (let i = 1; i < 100; i++) {
      clock.ms += 10;
      meter.update('draft', i / 100);
    }
    expect(reports).toHaveLength(10);
    meter.update('train', 0, { scale: 1, scales: 4 });
    meter.update('train', 1, { scale: 4, scales: 4 });
    meter.update('sample', 0);
    expect(reports.slice(10).map(({ phase, scale }) => [phase, scale])).toEqual([
      ['train', 1],
      ['train', 4],
      ['sample', undefined],
    ]);
  });

  it('a new scale is reported at once', () => {
    const { meter, reports } = start();
    meter.update('train', 0, { scale: 1, scales: 4 });
    meter.update('train', 0.4, { scale: 1, scales: 4 });
    meter.update('train', 0.5, { scale: 2, scales: 4 });
    expect(reports.map(({ scale }) => scale)).toEqual([1, 2]);
  });

  it('[JOB3] with several variants each is painted and encoded in turn, and each counts', () => {
    const { meter, clock, reports } = start();
    const update = (phase: Phase, done: number): number => {
      clock.ms += 200;
      meter.update(phase, done);
      return reports[reports.length - 1]?.fraction ?? NaN;
    };
    update('sample', 1);
    expect(update('paint', 0.5)).toBeCloseTo(26 / 30, 6);
    expect(update('encode', 0.5)).toBeCloseTo(27 / 30, 6);
    expect(update('paint', 1)).toBeCloseTo(29 / 30, 6);
    expect(update('encode', 1)).toBe(1);
  });

  it('[JOB4] the remaining time is the plan’s at the pace of the job so far, and narrows', () => {
    const { meter, clock, last } = start();
    meter.update('draft', 0);
    const first = last()?.remaining ?? { low: NaN, high: NaN };
    expect(first.low).toBeLessThan(30);
    expect(first.high).toBeGreaterThan(30);
    // Twice as slow as planned.
    clock.ms = 32_000;
    meter.update('train', 0.75);
    const later = last()?.remaining ?? { low: NaN, high: NaN };
    expect(later.low).toBeGreaterThan(20);
    expect(later.low).toBeLessThan(28);
    expect(later.high).toBeGreaterThan(24);
    expect(later.high / later.low).toBeLessThan(first.high / first.low);
  });

  it('[JOB5] what the store has is neither waited for nor taken for speed', () => {
    const { meter, clock, last } = start();
    clock.ms = 1000;
    meter.update('train', 0);
    meter.leaveOut('train', 1);
    meter.update('sample', 0);
    expect(last()?.fraction).toBeCloseTo(1 / 10, 6);
    const { low, high } = last()?.remaining ?? { low: NaN, high: NaN };
    expect(low).toBeGreaterThan(6);
    expect(high).toBeLessThan(14);
  });

  it('a plan without cost still ends', () => {
    const { meter, last } = start({ decode: 0, draft: 0, train: 0, sample: 0, paint: 0, encode: 0 });
    meter.update('draft', 0);
    expect(last()?.fraction).toBe(0);
    meter.update('encode', 1);
    expect(last()?.fraction).toBe(1);
  });
});
