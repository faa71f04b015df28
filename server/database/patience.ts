/** Waiting for what is away: trying again, at growing and random intervals. */
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 100;
const LONGEST_MS = 3000;

/**
 * What to wait before trying again, in milliseconds: anything up to a bound that doubles with each attempt, so that
 * those who lost the same server do not come back together ("full jitter": M. Brooker, Exponential Backoff And Jitter,
 * AWS Architecture Blog, 2015).
 */
export function backoffMs(attempt: number): number {
  return Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
}

export interface Patience {
  /** From the first failure. */
  readonly patienceMs: number;
  /** Whether it may pass by itself. */
  readonly mayPass: (error: unknown) => boolean;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Does `work` again until it succeeds, fails for good or patience ends; then it rejects with the last failure. */
export async function patiently<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { patienceMs, mayPass, signal } = patience;
  let deadline: number | null = null;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const now = performance.now();
      deadline ??= now + patienceMs;
      if (now >= deadline || signal.aborted || !mayPass(error)) throw error;
      await sleep(Math.min(backoffMs(attempt), deadline - now), undefined, { signal }).catch(() => undefined);
    }
  }
}
