/** How much shorter or longer than expected a job may take. */
const DOUBT = { low: 0.75, high: 1.4 } as const;

/** Expected seconds as they are told: as a range. */
export function secondsRange(seconds: number): { low: number; high: number } {
  return { low: seconds * DOUBT.low, high: seconds * DOUBT.high };
}
