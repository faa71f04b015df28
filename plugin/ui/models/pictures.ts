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
  readonly #closed = new AbortController();

  /** By number. */
  readonly all: ReadonlySignal<ReadonlyMap<number, PictureState>> = this.#pictures;

  /** `load` gets a picture from the server. */
  constructor(load: (n: number, signal: AbortSignal) => Promise<Blob>) {
    this.#load = load;
  }

  /** The picture if it is there; else null, and it is loaded. One that failed is tried again. */
  async get(n: number): Promise<Blob | null> {
    const known = this.#pictures.value.get(n);
    if (known?.state === 'ready') return known.blob;
    if (known?.state === 'loading' || this.#closed.signal.aborted) return null;
    this.#set(n, { state: 'loading' });
    try {
      const blob = await this.#load(n, this.#closed.signal);
      if (this.#closed.signal.aborted) return null;
      this.#set(n, { state: 'ready', blob, url: URL.createObjectURL(blob) });
      return blob;
    } catch (error) {
      if (!isAbort(error)) this.#set(n, { state: 'failed' });
      return null;
    }
  }

  /** Stops what loads and frees what was loaded. */
  close(): void {
    this.#closed.abort();
    for (const picture of this.#pictures.value.values()) {
      if (picture.state === 'ready') URL.revokeObjectURL(picture.url);
    }
    this.#pictures.value = new Map();
  }

  #set(n: number, state: PictureState): void {
    this.#pictures.value = new Map(this.#pictures.value).set(n, state);
  }
}
