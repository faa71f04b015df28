/** A chart's axis, with three to eight round ticks. */

export interface Axis {
  /** Where a value lies in the drawing. */
  readonly x: (value: number) => number;
  readonly ticks: readonly number[];
}

const SMALLEST = 0.01;

/**
 * An axis from 0, or the round number under `least` where that is negative, to at least `most`; drawn from `start` to
 * `end`, of which `end` may be the smaller.
 */
export function axis(most: number, start: number, end: number, least = 0): Axis {
  const rough = Math.max(most - Math.min(least, 0), SMALLEST) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = -Math.ceil(-Math.min(least, 0) / step - 1e-9) || 0;
  const last = Math.max(Math.ceil(most / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
  const perValue = (end - start) / (step * (last - first));
  return { x: (value) => Number((start + perValue * (value - first * step)).toFixed(1)), ticks };
}
