import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from './job.ts';
import { createBar, createLines, remainingTime } from './progress.ts';

function recorder(columns?: number) {
  const writes: string[] = [];
  const output = {
    write: (text: string) => writes.push(text),
    ...(columns === undefined ? {} : { columns }),
  };
  return { writes, output };
}

const training = (scale: number, fraction: number): Step => ({
  type: 'progress',
  phase: 'train',
  fraction,
  scale,
  scales: 5,
  remaining: { low: 21, high: 28 },
});

describe('progress', () => {
  it('[CLI10] redraws one line that names phase, scale, share and the time left', () => {
    const { writes, output } = recorder();
    let now = 0;
    const bar = createBar(output, () => now);
    bar.update(training(2, 0.5));
    expect(writes).toEqual(['\r\x1b[2Ktraining 2/5  ████████████░░░░░░░░░░░░   50%  20–30 s left']);
    bar.update(training(2, 0.51));
    expect(writes).toHaveLength(1);
    now = 150;
    bar.update(training(2, 0.52));
    bar.update(training(3, 0.53));
    expect(writes).toHaveLength(3);
    bar.note('draft: a.png');
    expect(writes.at(-1)).toMatch(/^\r\x1b\[2Kdraft: a.png\ntraining 3\/5/);
    bar.end();
    expect(writes.at(-1)).toBe('\r\x1b[2K');
    expect(writes.slice(0, -2).join('')).not.toContain('\n');
  });

  it('[CLI11] keeps the bar within the terminal, whatever comes', () => {
    const { writes, output } = recorder(30);
    createBar(output, () => 0).update(training(2, NaN));
    expect(writes[0]?.replace('\r\x1b[2K', '').length).toBeLessThan(30);
    expect(writes[0]).toMatch(/training 2\/5 +0% {2}20/);
    const narrow = recorder(56);
    createBar(narrow.output, () => 0).update(training(2, 0.5));
    expect(narrow.writes[0]).toMatch(/training 2\/5 {2}█+░+ +50% {2}20–30 s left$/);
    expect(narrow.writes[0]?.replace('\r\x1b[2K', '').length).toBeLessThan(56);
  });

  it('[CLI12] writes one plain line per phase and scale where there is no terminal', () => {
    const { writes, output } = recorder();
    const lines = createLines(output);
    lines.update({ type: 'progress', phase: 'decode', fraction: 0 });
    for (const scale of [1, 1, 2, 2]) lines.update(training(scale, scale / 10));
    lines.note('draft: a.png');
    lines.end();
    expect(writes.join('')).toBe(
      'reading (0%)\ntraining 1/5 (10%, 20–30 s left)\ntraining 2/5 (20%, 20–30 s left)\ndraft: a.png\n',
    );
  });

  it('[CLI54] shows the way to a server and the place in its queue, as a bar and as lines', () => {
    const steps: Step[] = [
      { type: 'sending' },
      ...[null, 112, 23, 11, 3, 2, 1].map((position) => ({ type: 'queued', position }) as const),
      { type: 'queued', position: 1, remaining: { low: 21, high: 28 } },
    ];
    const [plain, drawn] = [recorder(), recorder(56)];
    const lines = createLines(plain.output);
    const bar = createBar(drawn.output, () => 0);
    for (const step of steps) {
      lines.update(step);
      bar.update(step);
    }
    expect(plain.writes.join('')).toBe(
      'sending\nqueued\nqueued 112th\nqueued 23rd\nqueued 11th\nqueued 3rd\nqueued 2nd\nqueued 1st\n',
    );
    expect(drawn.writes[0]).toBe('\r\x1b[2Ksending       ░░░░░░░░░░░░░░░░░░    0%');
    expect(drawn.writes.at(-1)).toContain('queued 1st');
    const last = recorder();
    createLines(last.output).update({ type: 'queued', position: 3, remaining: { low: 21, high: 28 } });
    expect(last.writes).toEqual(['queued 3rd (20–30 s left)\n']);
  });

  it('[CLI13] rounds the remaining time outwards to a range that can be read', () => {
    const cases: [number, number, string][] = [
      [0.2, 0.7, '0–1 s left'],
      [3.2, 6.1, '3–7 s left'],
      [9, 23, '9–25 s left'],
      [61, 99, '60–100 s left'],
      [95, 200, '1–4 min left'],
      [5000, 9000, '1–3 h left'],
      [0, 0, '0–1 s left'],
      [4, 4, '4 s left'],
    ];
    for (const [low, high, text] of cases) expect(remainingTime({ low, high })).toBe(text);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (a, b) => {
          expect(remainingTime({ low: Math.min(a, b), high: Math.max(a, b) })).toMatch(
            /^(\d+–)?\d+ (s|min|h) left$/,
          );
        },
      ),
    );
  });
});
