/** A panorama's pictures as blob URLs, loaded once each and let go of together. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { isAbort } from '../undo.ts';

export type PictureState =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly url: string; readonly blob: Blob }
  | { readonly state: 'failed' };

export class Pictures {
  readonly #load: (n: number, signal: AbortSignal) => Promise<Blob>;
  readonly #pictures = signal<ReadonlyMap<number, PictureState>>(new Map());
  readonly #loads = new Map<number, Promise<Blob | null>>();
  readonly #closed = new AbortController();

  /** By number. */
  readonly all: ReadonlySignal<ReadonlyMap<number, PictureState>> = this.#pictures;

  /** `load` gets a picture from the server. */
  constructor(load: (n: number, signal: AbortSignal) => Promise<Blob>) {
    this.#load = load;
  }

  /** The picture, loaded where it is not there yet; null where that fails. One that failed is tried again. */
  get(n: number): Promise<Blob | null> {
    const known = this.#loads.get(n);
    if (known) return known;
    const load = this.#start(n);
    this.#loads.set(n, load);
    return load;
  }

  /** Stops what loads and frees what was loaded. */
  close(): void {
    this.#closed.abort();
    for (const picture of this.#pictures.value.values()) {
      if (picture.state === 'ready') URL.revokeObjectURL(picture.url);
    }
    this.#pictures.value = new Map();
  }

  async #start(n: number): Promise<Blob | null> {
    if (this.#closed.signal.aborted) return null;
    this.#set(n, { state: 'loading' });
    try {
      const blob = await this.#load(n, this.#closed.signal);
      if (this.#closed.signal.aborted) return null;
      this.#set(n, { state: 'ready', blob, url: URL.createObjectURL(blob) });
      return blob;
    } catch (error) {
      this.#loads.delete(n);
      if (!isAbort(error)) this.#set(n, { state: 'failed' });
      return null;
    }
  }

  #set(n: number, state: PictureState): void {
    this.#pictures.value = new Map(this.#pictures.value).set(n, state);
  }
}
