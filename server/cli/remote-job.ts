/** A job that a server does: sent, followed, its pictures fetched, with the events of one that is done here. */
import { newId } from '../../shared/new-id.ts';
import { ClientError, PanoramaClient, type PanoramaApi, type ServerAddress } from '../../shared/client.ts';
import { DEFAULT_TIMING, repeated, sleep, type ClientTiming } from '../../shared/client-wait.ts';
import type { ErrorBody, Panorama, StreamEvent, Variant } from '../../shared/protocol.ts';
import { RemoteError } from './errors.ts';
import type { RunEvent, Step, Work } from './job.ts';

/** How long a server may be away before the command gives it up. The job goes on there. */
const PATIENCE_MS = 2 * 60_000;
/** Within the grace that an interrupted job has. */
const CANCEL_MS = 4000;
const CANCEL_AGAIN_MS = 300;

/** Work for `address`. `timing` is for tests. */
export function remoteJob(address: ServerAddress, timing: Partial<ClientTiming> = {}): Work {
  const times = { ...DEFAULT_TIMING, patienceMs: PATIENCE_MS, ...timing };
  const api = new PanoramaClient(address, globalThis.fetch, times);
  return async ({ photo, request, signal, onEvent }) => {
    // A wrong address or token is found before the photo is sent.
    await api.server(signal);
    const id = newId();
    const where = `at ${address.url} as ${id}`;
    let accepted = false;
    try {
      await onEvent({ type: 'sending' });
      await api.put(id, new Blob([new Uint8Array(photo)]), request, signal);
      accepted = true;
      await onEvent({ type: 'job', id, server: address.url });
      await new Following(api, id, times, signal, onEvent).toTheEnd();
    } catch (error) {
      if (signal.aborted) {
        await cancel(api, id, accepted, where);
        throw signal.reason;
      }
      if (accepted && error instanceof ClientError) throw lost(error, where);
      throw error instanceof ClientError && error.server ? refusal(error, error.server) : error;
    }
  };
}

class Following {
  readonly #fetched = new Set<number>();

  constructor(
    private readonly api: PanoramaApi,
    private readonly id: string,
    private readonly timing: ClientTiming,
    private readonly signal: AbortSignal,
    private readonly onEvent: (event: RunEvent) => Promise<void>,
  ) {}

  async toTheEnd(): Promise<void> {
    for await (const event of this.api.watch(this.id, this.signal)) await this.#take(event);
  }

  async #take(event: StreamEvent): Promise<void> {
    if (event.type === 'scale') return this.onEvent(event);
    const { panorama } = event;
    const step = stepOf(panorama);
    if (step) await this.onEvent(step);
    for (const variant of panorama.variants.toSorted((a, b) => a.n - b.n)) await this.#fetch(variant);
    if (panorama.status === 'failed') throw failure(panorama.error);
    if (panorama.status === 'canceled') {
      throw new RemoteError('canceled', 'machine', 'job: expected its end, got it canceled at the server');
    }
  }

  async #fetch({ n, width, height, upscaled }: Variant): Promise<void> {
    if (this.#fetched.has(n)) return;
    const { id, signal, timing } = this;
    const picture = await repeated(timing, signal, () => this.api.variant(id, n, { signal }), {
      forMs: timing.patienceMs,
    });
    const bytes = new Uint8Array(await picture.arrayBuffer());
    this.#fetched.add(n);
    await this.onEvent({ type: 'variant', n, width, height, upscaled, bytes });
  }
}

/** Null where there is nothing to show: it has not begun, or did not get far. */
function stepOf({ status, phase, progress, queuePosition, remaining }: Panorama): Step | null {
  const left = remaining ? { remaining } : {};
  if (status === 'queued') return { type: 'queued', position: queuePosition, ...left };
  if (phase === null || status === 'failed' || status === 'canceled') return null;
  const { fraction, scale, scales } = progress;
  const training = scale !== null && scales !== null ? { scale, scales } : {};
  return { type: 'progress', phase, fraction, ...training, ...left };
}

/** The job itself failed, as it would have here. */
function failure(error: ErrorBody | null): RemoteError {
  if (!error) return new RemoteError('internal', 'machine', 'job: expected its end, got none and no reason');
  const { code, kind, message } = error;
  return new RemoteError(code, kind ?? 'machine', message);
}

/** The server does not take the job. */
function refusal(error: ClientError, { code, message }: ErrorBody): RemoteError {
  return new RemoteError(code, error.kind, error.code === 'unauthorized' ? error.message : message, error);
}

/** The job was taken, and then the server was lost, or lost the job. */
function lost(error: ClientError, where: string): RemoteError {
  const code = error.server?.code ?? error.code;
  const rest = error.status === 404 ? '' : `; the job goes on ${where}`;
  return new RemoteError(code, 'machine', error.message + rest, error);
}

/** Throws `RemoteError` where the job may go on nonetheless. */
async function cancel(api: PanoramaApi, id: string, accepted: boolean, where: string): Promise<void> {
  const timeUp = new AbortController();
  const overdue = sleep(CANCEL_MS, timeUp.signal).then(() => {
    throw new RemoteError('not-canceled', 'machine', `the job could not be canceled ${where}`);
  });
  const canceling = async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        await api.cancel(id);
        return;
      } catch (error) {
        if (!(error instanceof ClientError) || error.status !== 404) {
          throw new RemoteError('not-canceled', 'machine', `the job could not be canceled ${where}`, error);
        }
        // What was sent last may still be on its way.
        if (accepted || attempt === 3) return;
        await sleep(CANCEL_AGAIN_MS, undefined);
      }
    }
  };
  try {
    await Promise.race([canceling(), overdue]);
  } finally {
    timeUp.abort();
  }
}
