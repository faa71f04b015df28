/** Figures of things that take turns in rounds. */
import { median } from './report/numbers.ts';

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @throws where there is none */
export function medianOf(numbers: readonly number[]): number {
  const middle = median(numbers);
  if (middle === null) throw new Error('internal: bench: no number to take the median of');
  return middle;
}

/** Median of one time by the other of the same round: what slows the machine for a while slows both. */
export function medianRatio(own: readonly number[], theirs: readonly number[]): number {
  return medianOf(own.map((ms, round) => ms / (theirs[round] ?? NaN)));
}
