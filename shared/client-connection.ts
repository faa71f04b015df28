/** One connection from its opening to its end: how long it may be silent, who may end it, and why it ended. */
import { ClientError, silent, unreachable } from './client-error.ts';
import { onAbort, unlessAborted } from './client-wait.ts';

export class Connection {
  readonly #controller = new AbortController();
  readonly #undo: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #overdue = false;

  /** `url` is what errors name; `signal` is the caller's and ends the connection too. */
  constructor(
    readonly url: string,
    readonly caller: AbortSignal | undefined,
  ) {
    this.#undo = onAbort(caller, () => this.#controller.abort(caller?.reason));
  }

  /** For fetch. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was ended for its silence. */
  get overdue(): boolean {
    return this.#overdue;
  }

  /** From now on something must come within `ms`. */
  expect(ms: number): void {
    this.rest();
    // Timers know no infinity.
    if (!Number.isFinite(ms)) return;
    this.#timer = setTimeout(() => {
      this.#overdue = true;
      this.#controller.abort(silent(this.url, ms));
    }, ms);
  }

  /** Nothing is expected: whoever reads is at work. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /**
   * The promise's value, unless the connection ends first, even where the promise is deaf to that. Throws the caller's
   * reason where the caller ended it, else `ClientError`.
   */
  async wait<T>(promise: Promise<T>): Promise<T> {
    try {
      return await unlessAborted(this.signal, promise);
    } catch (error) {
      this.caller?.throwIfAborted();
      const reason: unknown = this.signal.aborted ? this.signal.reason : error;
      throw reason instanceof ClientError ? reason : unreachable(this.url, reason);
    }
  }

  /** Lets go of it; what still comes is not wanted. */
  close(): void {
    this.rest();
    this.#undo();
    this.#controller.abort();
  }
}
