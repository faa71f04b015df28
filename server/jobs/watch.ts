/** Those who watch panoramas: one read of a row for all who watch it, at most twice a second. */
import type { StreamEvent } from '../../shared/protocol.ts';
import type { Database } from '../database/database.ts';
import type { NumberedScale, Record, Records } from './records.ts';

const INTERVAL_MS = 500;
const HEARTBEAT_MS = 15_000;
/** After a read that failed. */
const RETRY_MS = 5000;

/** An event with the place that its panorama has come to: what a client resumes after. */
export interface NumberedEvent {
  readonly sequence: number;
  readonly event: StreamEvent;
}

export type WatchItem = NumberedEvent | 'heartbeat';

interface Change {
  /** Null when it was forgotten. */
  readonly record: Record | null;
  readonly scales: readonly NumberedScale[];
}

interface Watched {
  readonly listeners: Set<(change: Change) => void>;
  /** Of the last change that was told. */
  sequence: number;
  timer: NodeJS.Timeout | null;
  dirty: boolean;
  /** Whether it is being read: one read at a time, lest an older state is told after a newer. */
  reading: boolean;
  queued: boolean;
}

export class Watches {
  private readonly watched = new Map<string, Watched>();
  private readonly closing = new AbortController();

  private constructor(
    private readonly records: Records,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Listens to the database. Resolves to the watches and their undo. */
  static async open(
    database: Database,
    records: Records,
    onError: (error: unknown) => void,
  ): Promise<{ watches: Watches; close: () => Promise<void> }> {
    const watches = new Watches(records, onError);
    const all = () => watches.watched.forEach((_, id) => watches.changed(id));
    const undo = [
      await database.listen('panorama', (id) => watches.changed(id), all),
      await database.listen('panorama_queue', () => watches.queueChanged()),
    ];
    const close = async (): Promise<void> => {
      watches.closing.abort();
      for (const { timer } of watches.watched.values()) if (timer) clearTimeout(timer);
      await Promise.all(undo.map((stop) => stop()));
    };
    return { watches, close };
  }

  /** How many streams there are. */
  get count(): number {
    let count = 0;
    for (const { listeners } of this.watched.values()) count += listeners.size;
    return count;
  }

  /**
   * What happened to a panorama after `after`, and what happens, until it has ended, is forgotten, the server stops or
   * `signal` aborts. However slowly it is read, no more waits in it than the scales and the latest state.
   */
  async *follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<WatchItem> {
    const inbox = new Inbox();
    const leave = this.join(id, (change) => inbox.put(change));
    const stopped = AbortSignal.any([signal, this.closing.signal]);
    const wake = () => inbox.wake();
    stopped.addEventListener('abort', wake);
    try {
      // Joined first: what changes between is told twice rather than not at all.
      const record = await this.records.get(id);
      inbox.put({ record, scales: await this.records.scalesAfter(id, after) });
      let told = after;
      while (!stopped.aborted) {
        const change = await inbox.take(HEARTBEAT_MS);
        if (stopped.aborted) return;
        if (change === null) {
          yield 'heartbeat';
          continue;
        }
        for (const { sequence, event } of change.scales) {
          if (sequence <= told) continue;
          told = sequence;
          yield { sequence, event: { type: 'scale', ...event } };
        }
        if (!change.record) return;
        const { panorama, sequence } = change.record;
        told = Math.max(told, sequence);
        yield { sequence: told, event: { type: 'panorama', panorama } };
        if (panorama.endedAt !== null) return;
      }
    } finally {
      stopped.removeEventListener('abort', wake);
      leave();
    }
  }

  private join(id: string, listener: (change: Change) => void): () => void {
    let entry = this.watched.get(id);
    if (!entry) {
      entry = { listeners: new Set(), sequence: 0, timer: null, dirty: false, reading: false, queued: true };
      this.watched.set(id, entry);
    }
    const { listeners } = entry;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.watched.get(id)?.listeners !== listeners) return;
      const timer = this.watched.get(id)?.timer;
      if (timer) clearTimeout(timer);
      this.watched.delete(id);
    };
  }

  private queueChanged(): void {
    for (const [id, { queued }] of this.watched) if (queued) this.changed(id);
  }

  /** Tells at once what comes after a pause, and what follows within the interval at its end. */
  private changed(id: string): void {
    const entry = this.watched.get(id);
    if (!entry || this.closing.signal.aborted) return;
    if (entry.timer || entry.reading) {
      entry.dirty = true;
      return;
    }
    entry.dirty = false;
    this.pause(id, entry, INTERVAL_MS);
    void this.read(id, entry);
  }

  private pause(id: string, entry: Watched, ms: number): void {
    if (entry.timer) clearTimeout(entry.timer);
    entry.timer = setTimeout(() => {
      entry.timer = null;
      if (entry.dirty) this.changed(id);
    }, ms);
  }

  private async read(id: string, entry: Watched): Promise<void> {
    entry.reading = true;
    try {
      await this.tell(id, entry);
    } catch (error) {
      if (this.closing.signal.aborted || this.watched.get(id) !== entry) return;
      this.onError(error);
      // What changed is still to be told.
      entry.dirty = true;
      this.pause(id, entry, RETRY_MS);
    } finally {
      entry.reading = false;
    }
    // Otherwise the pause's end sees to it.
    if (entry.dirty && !entry.timer) this.changed(id);
  }

  private async tell(id: string, entry: Watched): Promise<void> {
    const record = await this.records.get(id);
    const news = record !== null && record.sequence > entry.sequence;
    const scales = news ? await this.records.scalesAfter(id, entry.sequence) : [];
    if (news) entry.sequence = record.sequence;
    entry.queued = record?.panorama.status === 'queued';
    for (const listener of entry.listeners) listener({ record, scales });
  }
}

/** Changes put together until they are taken. */
class Inbox {
  private waiting: Change | null = null;
  private onPut: () => void = () => undefined;

  put({ record, scales }: Change): void {
    const before = this.waiting;
    this.waiting = before
      ? { record: newer(before.record, record), scales: inOrder([...before.scales, ...scales]) }
      : { record, scales };
    this.onPut();
  }

  wake(): void {
    this.onPut();
  }

  /** Null where nothing comes in time, or it is woken. */
  async take(timeoutMs: number): Promise<Change | null> {
    if (!this.waiting) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.onPut = resolve;
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
      this.onPut = () => undefined;
    }
    const change = this.waiting;
    this.waiting = null;
    return change;
  }
}

/** The first read of one who joins may come after a change that was told meanwhile. */
function inOrder(scales: readonly NumberedScale[]): NumberedScale[] {
  return scales.toSorted((a, b) => a.sequence - b.sequence);
}

/** Reads may overtake each other. What is forgotten stays so. */
function newer(a: Record | null, b: Record | null): Record | null {
  if (!a || !b) return null;
  return a.sequence > b.sequence ? a : b;
}
