/** Numbers as reports show them. */

/** The middle one; of an even number the mean of the two. Null for none. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

export function show(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}

/** "1 photo", "2 photos". */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
