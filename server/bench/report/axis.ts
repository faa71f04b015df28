/** A chart's axis from 0, with three to six round ticks. */

export interface Axis {
  /** Where a value lies in the drawing. */
  readonly x: (value: number) => number;
  readonly ticks: readonly number[];
}

/** An axis that reaches at least `most`, drawn from `start` to `end`; `end` may be the smaller one. */
export function axis(most: number, start: number, end: number): Axis {
  const rough = Math.max(most, SMALLEST) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const last = step * Math.ceil(Math.max(most, SMALLEST) / step - 1e-9);
  const ticks = Array.from({ length: Math.round(last / step) + 1 }, (_, i) =>
    Number((i * step).toPrecision(6)),
  );
  return { x: (value) => Number((start + ((end - start) * value) / last).toFixed(1)), ticks };
}

const SMALLEST = 0.01;
