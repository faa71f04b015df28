/** All panoramas on the server, newest first, page by page; those at work are looked at again and again. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { PanoramaApi } from '../../../shared/client.ts';
import { hasEnded, type Panorama, type PanoramaList } from '../../../shared/protocol.ts';
import { isAbort, repeatedly, type Undo } from '../undo.ts';

const PAGE = 24;
/** Between two looks while something is at work. */
export const HISTORY_POLL_MS = 4000;

export class History {
  readonly #api: { readonly value: PanoramaApi };
  readonly #ready: { readonly value: boolean };
  readonly #pollMs: number;
  readonly #panoramas = signal<readonly Panorama[]>([]);
  readonly #nextCursor = signal<string | null>(null);
  readonly #loadingMore = signal(false);
  readonly #error = signal<unknown>(null);
  readonly #loaded = signal(false);
  /** Those forgotten here, which an answer that was on its way may still hold. */
  readonly #removed = new Set<string>();
  #first = new AbortController();
  readonly #more = new AbortController();

  readonly panoramas = computed(() => this.#panoramas.value);
  readonly hasMore = computed(() => this.#nextCursor.value !== null);
  readonly loadingMore = computed(() => this.#loadingMore.value);
  /** Whether the first page has come. */
  readonly loaded = computed(() => this.#loaded.value);
  readonly error = computed(() => this.#error.value);
  readonly #atWork = computed(() => this.#panoramas.value.some(({ status }) => !hasEnded(status)));

  constructor(
    api: { readonly value: PanoramaApi },
    ready: { readonly value: boolean },
    pollMs: number = HISTORY_POLL_MS,
  ) {
    this.#api = api;
    this.#ready = ready;
    this.#pollMs = pollMs;
  }

  /** Loads the first page whenever the server is there anew, and looks again while something is at work. */
  start(): Undo {
    const undoLoad = effect(() => {
      void this.#api.value;
      if (this.#ready.value) void this.refresh();
    });
    const undoPoll = effect(() => {
      if (!this.#ready.value || !this.#atWork.value) return;
      return repeatedly(this.#pollMs, () => this.refresh());
    });
    return () => {
      undoLoad();
      undoPoll();
      this.#first.abort();
      this.#more.abort();
    };
  }

  /** Takes the first page anew; the older ones stay as they are. */
  async refresh(): Promise<void> {
    this.#first.abort();
    const call = new AbortController();
    this.#first = call;
    const page = await this.#load(undefined, call);
    if (!page) return;
    batch(() => {
      const older = olderThan(this.#panoramas.value, page);
      this.#take(page.panoramas, older);
      // With older pages kept, theirs is the cursor that goes on.
      if (older.length === 0) this.#nextCursor.value = page.nextCursor;
      this.#loaded.value = true;
    });
  }

  async loadMore(): Promise<void> {
    const cursor = this.#nextCursor.value;
    if (cursor === null || this.#loadingMore.value) return;
    this.#loadingMore.value = true;
    const page = await this.#load(cursor, this.#more);
    batch(() => {
      this.#loadingMore.value = false;
      if (!page) return;
      this.#take(page.panoramas, this.#panoramas.value);
      this.#nextCursor.value = page.nextCursor;
    });
  }

  /** A panorama as it is now: heard from elsewhere. */
  take(panorama: Panorama): void {
    this.#removed.delete(panorama.id);
    this.#take([panorama], this.#panoramas.value);
  }

  forget(id: string): void {
    this.#removed.add(id);
    this.#panoramas.value = this.#panoramas.value.filter((panorama) => panorama.id !== id);
  }

  /** Puts what came among what is kept. What has ended stays so: an older answer may have been on its way. */
  #take(came: readonly Panorama[], kept: readonly Panorama[]): void {
    const known = new Map(this.#panoramas.value.map((panorama) => [panorama.id, panorama]));
    const byId = new Map(kept.map((panorama) => [panorama.id, panorama]));
    for (const panorama of came) {
      if (this.#removed.has(panorama.id)) continue;
      const before = known.get(panorama.id);
      byId.set(panorama.id, before && hasEnded(before.status) ? before : panorama);
    }
    this.#panoramas.value = [...byId.values()].toSorted(newestFirst);
  }

  async #load(cursor: string | undefined, call: AbortController): Promise<PanoramaList | null> {
    try {
      const page = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const answer = await this.#api.value.list(page, call.signal);
      if (call.signal.aborted) return null;
      this.#error.value = null;
      return answer;
    } catch (error) {
      if (!isAbort(error) && !call.signal.aborted) this.#error.value = error;
      return null;
    }
  }
}

/** What was loaded from behind the first page; what the page should hold and does not was deleted elsewhere. */
function olderThan(known: readonly Panorama[], { panoramas, nextCursor }: PanoramaList): readonly Panorama[] {
  const last = panoramas.at(-1);
  if (nextCursor === null || !last) return [];
  return known.filter(({ createdAt }) => createdAt < last.createdAt);
}

function newestFirst(a: Panorama, b: Panorama): number {
  if (a.createdAt === b.createdAt) return a.id < b.id ? 1 : -1;
  return a.createdAt < b.createdAt ? 1 : -1;
}
