/** Everything that happens to a panorama, whatever happens to the connection. */
import { ClientError, isTransient } from './client-error.ts';
import type { Http } from './client-http.ts';
import { StreamHeldBack, fromPolling, fromStream, type Following, type Source } from './client-sources.ts';
import { Backoff, sleep } from './client-wait.ts';
import { hasEnded, type StreamEvent } from './protocol.ts';

/** How often in a row a server may fail before it is believed. */
const MAX_FAILURES = 5;

/**
 * Every change until the panorama has ended, the end included. Throws `ClientError` where waiting makes no sense or
 * the server is away for longer than `timing.patienceMs`, and the signal's reason once it is aborted.
 */
export async function* watchPanorama(
  http: Http,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent, void, undefined> {
  const contact = new Contact(http);
  const told = new Told();
  const heard = () => contact.heard();
  const following: Following = { http, id, signal, heard, lastEventId: '', streamed: false, empty: 0 };
  let source: Source = fromStream;
  for (;;) {
    let retryAfterMs: number | undefined;
    try {
      for await (const event of source(following)) {
        if (!told.isNew(event)) continue;
        contact.advanced();
        yield event;
        if (event.type === 'panorama' && hasEnded(event.panorama.status)) return;
        signal.throwIfAborted();
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StreamHeldBack) {
        source = fromPolling;
        continue;
      }
      if (!contact.bears(error)) throw error;
      ({ retryAfterMs } = error);
    }
    await sleep(contact.nextWaitMs(retryAfterMs), signal);
  }
}

/** How things stand with the server. */
class Contact {
  readonly #patienceMs: number;
  readonly #backoff: Backoff;
  #lastMs = performance.now();
  #failures = 0;

  constructor({ timing }: Http) {
    this.#patienceMs = timing.patienceMs;
    this.#backoff = new Backoff(timing);
  }

  heard(): void {
    this.#lastMs = performance.now();
    this.#failures = 0;
  }

  /** Something new was told. Streams that only repeat themselves are opened less and less often. */
  advanced(): void {
    this.#backoff.reset();
  }

  /** Whether another attempt makes sense after this error. */
  bears(error: unknown): error is ClientError {
    if (isTransient(error)) {
      // Whoever asks for patience is there.
      if (error.code === 'refused') this.#lastMs = performance.now();
      return performance.now() - this.#lastMs < this.#patienceMs;
    }
    if (!(error instanceof ClientError) || error.code !== 'refused' || (error.status ?? 0) < 500)
      return false;
    this.#failures += 1;
    return this.#failures < MAX_FAILURES;
  }

  nextWaitMs(retryAfterMs: number | undefined): number {
    return this.#backoff.next(retryAfterMs);
  }
}

/** What was told already: a stream that is resumed, and a look that finds nothing new, tell it again. */
class Told {
  readonly #scales = new Set<number>();
  #panorama = '';

  isNew(event: StreamEvent): boolean {
    switch (event.type) {
      case 'scale': {
        const known = this.#scales.has(event.scale);
        this.#scales.add(event.scale);
        return !known;
      }
      case 'panorama': {
        const text = JSON.stringify(event.panorama);
        const known = text === this.#panorama;
        this.#panorama = text;
        return !known;
      }
      default:
        return event satisfies never;
    }
  }
}
