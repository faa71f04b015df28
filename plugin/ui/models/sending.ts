/** One photo on its way to the server. Its id is kept before the first byte goes, so that a reload finds it again. */
import { computed, signal } from '@preact/signals';
import { ClientError, type PanoramaApi } from '../../../shared/client.ts';
import type { Panorama } from '../../../shared/protocol.ts';
import type { PanoramaRequest } from '../../../shared/request.ts';
import type { HostStorage, NamedPhoto } from '../host.ts';
import { readSetting, writeSetting } from '../settings.ts';
import { isAbort } from '../undo.ts';

/** A server that was cut off in mid-upload needs a moment to know whether it has everything. */
const LOOKS_AFTER_RELOAD = 4;
const BETWEEN_LOOKS_MS = 700;

export interface Parcel {
  readonly id: string;
  readonly photo: NamedPhoto;
  readonly request: PanoramaRequest;
}

export type SendingState =
  | { readonly state: 'idle' }
  | { readonly state: 'sending'; readonly parcel: Parcel }
  | { readonly state: 'failed'; readonly parcel: Parcel; readonly error: unknown }
  /** A reload cut an upload off before the server had it; the photo is gone with the page. */
  | { readonly state: 'lost' };

export class Sending {
  readonly #storage: HostStorage;
  readonly #api: { readonly value: PanoramaApi };
  readonly #betweenLooksMs: number;
  readonly #state = signal<SendingState>({ state: 'idle' });
  #sent = new AbortController();

  readonly state = computed(() => this.#state.value);

  constructor(
    storage: HostStorage,
    api: { readonly value: PanoramaApi },
    betweenLooksMs: number = BETWEEN_LOOKS_MS,
  ) {
    this.#storage = storage;
    this.#api = api;
    this.#betweenLooksMs = betweenLooksMs;
  }

  /** Sends it; null where that failed or was stopped. A parcel that is sent again keeps its id and is taken once. */
  async send(parcel: Parcel): Promise<Panorama | null> {
    this.#sent.abort();
    const sent = new AbortController();
    this.#sent = sent;
    this.#state.value = { state: 'sending', parcel };
    await writeSetting(this.#storage, 'pending', { id: parcel.id });
    try {
      sent.signal.throwIfAborted();
      const { id, photo, request } = parcel;
      const panorama = await this.#api.value.put(id, photo.blob, request, sent.signal);
      await writeSetting(this.#storage, 'pending', null);
      if (sent.signal.aborted) return null;
      this.#state.value = { state: 'idle' };
      return panorama;
    } catch (error) {
      if (isAbort(error) || sent.signal.aborted) return null;
      this.#state.value = { state: 'failed', parcel, error };
      // Where nobody answered it may have arrived all the same.
      const refused = error instanceof ClientError && error.code === 'refused';
      if (refused) await writeSetting(this.#storage, 'pending', null);
      return null;
    }
  }

  /** Sends what failed once more. */
  async retry(): Promise<Panorama | null> {
    const state = this.#state.value;
    return state.state === 'failed' ? this.send(state.parcel) : null;
  }

  /** Stops sending. The last byte may have gone already, so the server is told too. */
  async stop(): Promise<void> {
    const state = this.#state.value;
    if (state.state !== 'sending') return;
    this.#sent.abort();
    this.#state.value = { state: 'idle' };
    await writeSetting(this.#storage, 'pending', null);
    await this.#api.value.delete(state.parcel.id).catch(() => undefined);
  }

  /** Puts an error away. */
  dismiss(): void {
    const { state } = this.#state.value;
    if (state === 'failed' || state === 'lost') this.#state.value = { state: 'idle' };
    void writeSetting(this.#storage, 'pending', null);
  }

  /** After a reload: finds what was being sent. Null where nothing was, or it did not arrive. */
  async resume(signal: AbortSignal): Promise<Panorama | null> {
    const pending = await readSetting(this.#storage, 'pending');
    if (!pending) return null;
    for (let look = 1; ; look++) {
      try {
        const panorama = await this.#api.value.get(pending.id, signal);
        await writeSetting(this.#storage, 'pending', null);
        return panorama;
      } catch (error) {
        if (signal.aborted) return null;
        const missing = error instanceof ClientError && error.status === 404;
        // Kept for the next visit: nobody can tell yet.
        if (!missing) return null;
        if (look === LOOKS_AFTER_RELOAD) break;
        await new Promise((resolve) => setTimeout(resolve, this.#betweenLooksMs));
      }
    }
    await writeSetting(this.#storage, 'pending', null);
    if (this.#state.value.state === 'idle') this.#state.value = { state: 'lost' };
    return null;
  }
}
