/** One panorama as it is looked at: what becomes of it, its pictures, and how they are shown. */
import { batch, computed, signal } from '@preact/signals';
import { ClientError, type PanoramaApi } from '../../../shared/client.ts';
import { hasEnded, type Panorama, type ScaleEvent, type Variant } from '../../../shared/protocol.ts';
import { isAbort } from '../undo.ts';
import { Pictures } from './pictures.ts';

/** Pictures above this many pixels are loaded only when they are looked at. */
const EAGER_PIXELS = 12_000_000;

/** What is on the stage. */
export type Shown =
  | { readonly type: 'variant'; readonly n: number }
  /** The sample of a scale. */
  | { readonly type: 'scale'; readonly scale: number };

export type View = 'fit' | 'actual' | 'compare';

export class Job {
  readonly id: string;
  readonly #api: { readonly value: PanoramaApi };
  readonly #onChange: (panorama: Panorama) => void;
  readonly #panorama = signal<Panorama | null>(null);
  readonly #scales = signal<readonly ScaleEvent[]>([]);
  readonly #error = signal<unknown>(null);
  readonly #busy = signal<'cancel' | 'remove' | null>(null);
  readonly #chosen = signal<Shown | null>(null);
  readonly #closed = new AbortController();
  readonly #photo = signal<{ blob: Blob; url: string } | null>(null);
  #ownsPhoto = false;
  #following = false;

  readonly pictures: Pictures;
  readonly panorama = computed(() => this.#panorama.value);
  /** Scales trained so far, the coarsest first. */
  readonly scales = computed(() => this.#scales.value);
  /** Why it can no longer be followed, or why the last action failed. */
  readonly error = computed(() => this.#error.value);
  readonly busy = computed(() => this.#busy.value);
  /** The photo as it was sent, once it is there. */
  readonly photo = computed(() => this.#photo.value);
  readonly view = signal<View>('fit');
  /** Share of the width that shows the photo alone when comparing. */
  readonly border = signal(0.5);

  /** The picture that the user chose, else the best there is; null where there is none yet. */
  readonly shown = computed<Shown | null>(() => {
    const chosen = this.#chosen.value;
    const variants = this.#panorama.value?.variants ?? [];
    if (chosen?.type === 'scale' && this.#scales.value.some(({ scale }) => scale === chosen.scale))
      return chosen;
    if (chosen?.type === 'variant' && variants.some(({ n }) => n === chosen.n)) return chosen;
    const best = variants.find(({ n }) => n > 0) ?? variants.find(({ n }) => n === 0);
    return best ? { type: 'variant', n: best.n } : null;
  });
  readonly shownVariant = computed<Variant | null>(() => {
    const shown = this.shown.value;
    if (shown?.type !== 'variant') return null;
    return this.#panorama.value?.variants.find(({ n }) => n === shown.n) ?? null;
  });

  /** `onChange` hears of each change of the panorama; `known` is what is known of it already. */
  constructor(
    id: string,
    api: { readonly value: PanoramaApi },
    onChange: (panorama: Panorama) => void,
    known: Panorama | null = null,
    photo: { blob: Blob; url: string } | null = null,
  ) {
    this.id = id;
    this.#api = api;
    this.#onChange = onChange;
    this.#photo.value = photo;
    this.pictures = new Pictures((n, signal) => api.value.variant(id, n, { signal }));
    if (known) this.#take(known);
  }

  /** Follows it until it has ended or is closed. May be called again at any time. */
  async follow(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    const { signal } = this.#closed;
    this.#error.value = null;
    try {
      for await (const event of this.#api.value.watch(this.id, signal)) {
        signal.throwIfAborted();
        switch (event.type) {
          case 'panorama':
            this.#take(event.panorama);
            break;
          case 'scale':
            this.#scales.value = [
              ...this.#scales.value.filter(({ scale }) => scale !== event.scale),
              event,
            ].toSorted((a, b) => a.scale - b.scale);
            break;
          default:
            event satisfies never;
        }
      }
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) this.#error.value = error;
    } finally {
      this.#following = false;
    }
  }

  show(shown: Shown): void {
    batch(() => {
      this.#chosen.value = shown;
      if (shown.type === 'scale') this.view.value = 'fit';
    });
    if (shown.type === 'variant') void this.pictures.get(shown.n);
  }

  /** Loads the photo as it was sent, to compare and to use again. Throws `ClientError`. */
  async loadPhoto(): Promise<Blob> {
    const known = this.#photo.value;
    if (known) return known.blob;
    const blob = await this.#api.value.photo(this.id, this.#closed.signal);
    if (!this.#photo.value) {
      this.#photo.value = { blob, url: URL.createObjectURL(blob) };
      this.#ownsPhoto = true;
    }
    return blob;
  }

  /** Shows the photo at its place beside the result. */
  async compare(): Promise<void> {
    this.view.value = 'compare';
    await this.#attempt(() => this.loadPhoto());
  }

  async cancel(): Promise<void> {
    this.#busy.value = 'cancel';
    const panorama = await this.#attempt(() => this.#api.value.cancel(this.id));
    this.#busy.value = null;
    // Its end is told by the stream; an older state must not overwrite that.
    if (panorama && !hasEnded(this.#panorama.value?.status ?? 'queued')) this.#take(panorama);
  }

  /** Forgets it on the server. Resolves to whether it is gone. */
  async remove(): Promise<boolean> {
    this.#busy.value = 'remove';
    const gone = await this.#attempt(async () => {
      await this.#api.value.delete(this.id).catch((error: unknown) => {
        // Someone else was faster.
        if (!(error instanceof ClientError) || error.status !== 404) throw error;
      });
      return true;
    });
    this.#busy.value = null;
    return gone === true;
  }

  /** Puts an error away. */
  dismiss(): void {
    this.#error.value = null;
  }

  close(): void {
    this.#closed.abort();
    this.pictures.close();
    if (this.#ownsPhoto && this.#photo.value) URL.revokeObjectURL(this.#photo.value.url);
  }

  #take(panorama: Panorama): void {
    const before = this.#panorama.value;
    batch(() => {
      // Whoever passed the time with the draft or a layout waits for the result.
      const waited = before && !hasEnded(before.status) && hasEnded(panorama.status);
      const chosen = this.#chosen.value;
      if (waited && (chosen?.type === 'scale' || chosen?.n === 0)) this.#chosen.value = null;
      this.#panorama.value = panorama;
    });
    this.#onChange(panorama);
    const shown = this.shown.value;
    if (shown?.type === 'variant') void this.pictures.get(shown.n);
    for (const { n, width, height } of panorama.variants) {
      if (width * height <= EAGER_PIXELS) void this.pictures.get(n);
    }
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T | null> {
    try {
      return await action();
    } catch (error) {
      if (!isAbort(error)) this.#error.value = error;
      return null;
    }
  }
}
