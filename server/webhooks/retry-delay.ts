const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** The schedule that Standard Webhooks 1.0.0 gives as an example: ten attempts in a little more than three days. */
const DELAYS_SECONDS = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/** Webhooks that failed together are not sent again together. */
const JITTER = 0.2;

/**
 * How long to wait after `attempt`, counted from 1, has failed; null where it was the last.
 *
 * @param random from 0 to 1
 */
export function retryDelaySeconds(attempt: number, random: () => number = Math.random): number | null {
  const delay = DELAYS_SECONDS[attempt - 1];
  return delay === undefined ? null : delay * (1 + JITTER * random());
}
