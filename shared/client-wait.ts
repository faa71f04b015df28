/** Waiting that ends: with time, with an answer, or with the signal. */
import { isTransient } from './client-error.ts';

/** How long a client waits for what, in milliseconds. */
export interface ClientTiming {
  /** For an answer to begin, and for each next part of it. */
  readonly answerMs: number;
  /** For the first event of a stream. Where none comes, something between holds streams back. */
  readonly firstEventMs: number;
  /** For the next byte of a stream that has begun; heartbeats come every 15 s. */
  readonly stallMs: number;
  /** Between two looks where no stream gets through, at most. */
  readonly pollMs: number;
  /** Before the first new attempt; the next ones wait twice as long each, up to `longestBackoffMs`. */
  readonly backoffMs: number;
  readonly longestBackoffMs: number;
  /** A call that is repeated waits no longer than this for its turn. */
  readonly longestWaitMs: number;
  /** How long `watch` bears a server that is away. */
  readonly patienceMs: number;
}

export const DEFAULT_TIMING: ClientTiming = {
  answerMs: 30_000,
  firstEventMs: 10_000,
  stallMs: 45_000,
  pollMs: 2000,
  backoffMs: 500,
  longestBackoffMs: 15_000,
  longestWaitMs: 30_000,
  patienceMs: Infinity,
};

/** Runs `listener` once, when the signal is aborted or at once where it is already. Returns its undo. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** The promise's end, or the signal's reason where that comes first, even if the promise never ends. */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let undo = () => {};
  const aborted = new Promise<never>((_, reject) => {
    undo = onAbort(signal, () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    undo();
  }
}

/** Rejects with the signal's reason. */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let undo = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(resolve, ms);
      undo = onAbort(signal, () => reject(signal?.reason as Error));
    });
  } finally {
    clearTimeout(timer);
    undo();
  }
}

/** Between half and all of `ms`, so that clients that lost the same server do not return all at once. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

/** Waits that double until they are reset. */
export class Backoff {
  readonly #timing: ClientTiming;
  #ms: number;

  constructor(timing: ClientTiming) {
    this.#timing = timing;
    this.#ms = timing.backoffMs;
  }

  reset(): void {
    this.#ms = this.#timing.backoffMs;
  }

  /** The next wait, in milliseconds: at least as long as the server asked for. */
  next(retryAfterMs = 0): number {
    const ms = jittered(this.#ms);
    this.#ms = Math.min(2 * this.#ms, this.#timing.longestBackoffMs);
    return Math.max(ms, retryAfterMs);
  }
}

/** How often, or for how long, a call is made again. */
export type Persistence = { readonly attempts: number } | { readonly forMs: number };

const A_FEW_TIMES: Persistence = { attempts: 4 };

/**
 * Makes a call that may be repeated: again where the connection breaks or the server is busy. A server that asks for a
 * longer wait than `longestWaitMs` is not asked again. Rejects with the last error, or the signal's reason.
 */
export async function repeated<T>(
  timing: ClientTiming,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
  persistence: Persistence = A_FEW_TIMES,
): Promise<T> {
  const backoff = new Backoff(timing);
  const startMs = performance.now();
  for (let attempts = 1; ; attempts++) {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      const enough =
        'attempts' in persistence
          ? attempts >= persistence.attempts
          : performance.now() - startMs >= persistence.forMs;
      if (enough || !isTransient(error)) throw error;
      const { retryAfterMs = 0 } = error;
      if (retryAfterMs > timing.longestWaitMs) throw error;
      await sleep(backoff.next(retryAfterMs), signal);
    }
  }
}
