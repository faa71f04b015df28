/** One frame on its way to its panorama: sent, followed, laid into the document. */
import { batch, computed, effect, signal, type Signal } from '@preact/signals';
import { ClientError, type PanoramaApi } from '../../../shared/client.ts';
import { hasEnded, type ErrorBody, type Panorama } from '../../../shared/protocol.ts';
import type { PanoramaRequest } from '../../../shared/request.ts';
import type { FillAnswer, PendingFill } from '../../messages.ts';
import { isGone } from '../../ui/models/call-errors.ts';
import { Job } from '../../ui/models/job.ts';
import { isAbort } from '../../ui/undo.ts';
import type { MainChannel } from '../channel.ts';
import { tilesOf } from '../pixels.ts';

/** Why a picture was not laid into its frame. */
export type Obstacle = Exclude<FillAnswer, { ok: true }>;

export type FillState =
  | { readonly state: 'sending' }
  /** It did not arrive; it can be sent again. */
  | { readonly state: 'unsent'; readonly error: unknown }
  /** Queued or being made. */
  | { readonly state: 'working' }
  /** Its picture is on the way into the frame. */
  | { readonly state: 'placing'; readonly variant: number }
  | { readonly state: 'placed'; readonly variant: number; readonly nodeId: string }
  /** The frame has changed meanwhile, or Figma did not take it: the user chooses. */
  | { readonly state: 'obstructed'; readonly variant: number; readonly obstacle: Obstacle }
  /** The picture did not load, or main did not answer; it can be tried again. */
  | { readonly state: 'unplaced'; readonly variant: number; readonly error: unknown }
  | { readonly state: 'failed'; readonly error: ErrorBody }
  /** It can no longer be followed; once the connection is back it is tried again. */
  | { readonly state: 'lost'; readonly error: unknown }
  /** The server has no such panorama: it never arrived, or was cleared away. */
  | { readonly state: 'gone' }
  | { readonly state: 'canceled' };

/** The photo and what is made of it, while they are at hand to be sent. */
export interface FillParcel {
  readonly photo: Blob;
  readonly request: PanoramaRequest;
}

export interface FillSurroundings {
  readonly main: MainChannel;
  readonly api: { readonly value: PanoramaApi };
  /** Pictures are laid into the document one after the other. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** For the relaunch button. */
  readonly describe: (pending: PendingFill, panorama: Panorama | null) => string;
}

export class Fill {
  readonly pending: PendingFill;
  readonly job: Job;
  readonly #surroundings: FillSurroundings;
  readonly #parcel: FillParcel | null;
  readonly #state: Signal<FillState>;
  readonly #draftPlaced = signal(false);
  readonly #closed = new AbortController();
  #sent = false;
  /** The document no longer waits for it. */
  #forgotten = false;
  /** Where the user wants it. */
  #into: 'target' | 'layer' = 'target';

  readonly state = computed(() => this.#state.value);
  /** The draft lies in the frame, and nothing better yet. */
  readonly draftPlaced = computed(() => this.#draftPlaced.value && this.#state.value.state !== 'placed');
  /** Whether something is still to come without the user. */
  readonly atWork = computed(() => {
    const { state } = this.#state.value;
    return state === 'sending' || state === 'working' || state === 'placing';
  });

  /** Without a parcel it is one that was sent before the window was opened. */
  constructor(pending: PendingFill, surroundings: FillSurroundings, parcel: FillParcel | null = null) {
    this.pending = pending;
    this.#surroundings = surroundings;
    this.#parcel = parcel;
    this.#sent = parcel === null;
    this.#state = signal<FillState>({ state: parcel ? 'sending' : 'working' });
    this.job = new Job(pending.id, surroundings.api, () => undefined);
  }

  /** Goes from where it is to its end. May be called again where that may help. */
  async run(): Promise<void> {
    const { signal } = this.#closed;
    // One may be canceled before its turn has come.
    if (signal.aborted) return;
    if (!this.#sent && !(await this.#send())) return;
    this.#set({ state: 'working' });
    const undo = effect(() => {
      const panorama = this.job.panorama.value;
      if (panorama && this.#wantsDraft(panorama)) void this.#placeDraft();
    });
    try {
      await this.job.follow();
    } finally {
      undo();
    }
    if (signal.aborted) return;
    const panorama = this.job.panorama.value;
    const error = this.job.error.value;
    if (!panorama || !hasEnded(panorama.status)) {
      this.#set(isGone(error) ? { state: 'gone' } : { state: 'lost', error });
      if (isGone(error)) await this.#forget();
      return;
    }
    await this.#finish(panorama);
  }

  /** Lays a variant into the frame in place of what lies there, or where the one before was laid. */
  async place(variant: number, into: 'target' | 'layer' = this.#into): Promise<void> {
    this.#set({ state: 'placing', variant });
    try {
      const answer = await this.#lay(variant, into);
      if (this.#closed.signal.aborted) return;
      if (answer.ok) this.#into = into;
      this.#set(
        answer.ok
          ? { state: 'placed', variant, nodeId: answer.nodeId }
          : { state: 'obstructed', variant, obstacle: answer },
      );
      if (answer.ok) await this.#forget();
      if (answer.ok && this.variants.length < 2) await this.settle();
    } catch (error) {
      if (isAbort(error) || this.#closed.signal.aborted) return;
      this.#set({ state: 'unplaced', variant, error });
    }
  }

  /** The finished variants' numbers; a draft alone counts as one. */
  get variants(): readonly number[] {
    const numbers = (this.job.panorama.value?.variants ?? []).map(({ n }) => n);
    const made = numbers.filter((n) => n > 0);
    return made.length > 0 ? made : numbers;
  }

  /** Ends it on the server. */
  async cancel(): Promise<void> {
    if (this.#state.value.state === 'sending') {
      this.#closed.abort();
      this.#set({ state: 'canceled' });
      await this.#forget();
      // It may have arrived all the same.
      await this.#surroundings.api.value.delete(this.pending.id).catch(() => undefined);
      return;
    }
    await this.job.cancel();
  }

  /** Photo and request, where this window has sent them. */
  get parcel(): FillParcel | null {
    return this.#parcel;
  }

  /** From here on it is one undo step. */
  async settle(): Promise<void> {
    await this.#surroundings.main.ask('settle', { id: this.pending.id });
  }

  /** Lets go of it; on the server it goes on. */
  close(): void {
    this.#closed.abort();
    this.job.close();
  }

  async #send(): Promise<boolean> {
    if (!this.#parcel) return true;
    const { signal } = this.#closed;
    this.#set({ state: 'sending' });
    const { photo, request } = this.#parcel;
    try {
      if (this.#forgotten) await this.#surroundings.main.ask('begin', { fills: [this.pending] });
      this.#forgotten = false;
      await this.#surroundings.api.value.put(this.pending.id, photo, request, signal);
      this.#sent = true;
      return !signal.aborted;
    } catch (error) {
      if (signal.aborted) return false;
      this.#set({ state: 'unsent', error });
      // What the server refused will not be found there by the next window.
      if (error instanceof ClientError && error.code === 'refused') await this.#forget();
      return false;
    }
  }

  async #finish(panorama: Panorama): Promise<void> {
    switch (panorama.status) {
      case 'succeeded':
        await this.place(this.variants[0] ?? 0);
        return;
      case 'failed': {
        const error = panorama.error ?? { code: 'internal', message: 'no reason was given' };
        this.#set({ state: 'failed', error });
        break;
      }
      case 'canceled':
        this.#set({ state: 'canceled' });
        break;
      case 'queued':
      case 'running':
        return;
      default:
        panorama.status satisfies never;
    }
    await this.#forget();
    // The draft may lie in the frame: a step of its own, whatever the user does next.
    await this.settle().catch(() => undefined);
  }

  #wantsDraft({ status, variants, request }: Panorama): boolean {
    if (!this.pending.applyDraft || this.#draftPlaced.peek() || request.preset === 'draft') return false;
    return !hasEnded(status) && variants.some(({ n }) => n === 0);
  }

  /** An obstacle is told when the result meets it. */
  async #placeDraft(): Promise<void> {
    this.#draftPlaced.value = true;
    const placed = await this.#lay(0, 'target').then(
      ({ ok }) => ok,
      () => false,
    );
    if (!placed) this.#draftPlaced.value = false;
  }

  #lay(variant: number, into: 'target' | 'layer'): Promise<FillAnswer> {
    const { main, inTurn, describe } = this.#surroundings;
    return inTurn(async () => {
      const { signal } = this.#closed;
      signal.throwIfAborted();
      const panorama = this.job.panorama.value;
      // The result has come while the draft waited for its turn.
      const late = variant === 0 && panorama?.status === 'succeeded' && this.variants[0] !== 0;
      if (late) throw new DOMException('the draft is no longer wanted', 'AbortError');
      const parts = await this.#load(variant);
      signal.throwIfAborted();
      const description = describe(this.pending, panorama);
      return main.ask('fill', { id: this.pending.id, variant, parts, into, description });
    });
  }

  /** The picture as bytes, in tiles where it needs them. Each lies in a buffer of its own. */
  async #load(
    variant: number,
  ): Promise<{ rectangle: ReturnType<typeof tilesOf>[number]['rectangle']; bytes: Uint8Array }[]> {
    const { id, pixels } = this.pending;
    const { signal } = this.#closed;
    const tiles = tilesOf(pixels);
    const [whole] = tiles;
    if (tiles.length === 1 && whole) {
      const blob = await this.job.pictures.get(variant);
      const bytes = blob ?? (await this.#surroundings.api.value.variant(id, variant, { signal }));
      return [{ rectangle: whole.rectangle, bytes: await bytesOf(bytes) }];
    }
    const parts = [];
    for (const { column, row, rectangle } of tiles) {
      const tile = await this.#surroundings.api.value.variant(id, variant, { tile: { column, row }, signal });
      parts.push({ rectangle, bytes: await bytesOf(tile) });
    }
    return parts;
  }

  async #forget(): Promise<void> {
    this.#forgotten = true;
    await this.#surroundings.main.ask('forget', { ids: [this.pending.id] }).catch(() => undefined);
  }

  #set(state: FillState): void {
    batch(() => {
      this.#state.value = state;
    });
  }
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}
