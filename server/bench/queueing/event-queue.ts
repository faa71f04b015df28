/** Events in the order of their time, equal ones in the order in which they were added: a binary heap. */
interface Entry<T> {
  readonly seconds: number;
  readonly order: number;
  readonly event: T;
}

export class EventQueue<T> {
  private readonly heap: Entry<T>[] = [];
  private added = 0;

  /** When the next one is; Infinity where there is none. */
  get nextSeconds(): number {
    return this.heap[0]?.seconds ?? Infinity;
  }

  add(seconds: number, event: T): void {
    const entry = { seconds, order: this.added++, event };
    let at = this.heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.heap[parent];
      if (!above || !isBefore(entry, above)) break;
      this.heap[at] = above;
      at = parent;
    }
    this.heap[at] = entry;
  }

  /** Takes the next one out; null where there is none. */
  take(): T | null {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (!first || !last) return null;
    if (this.heap.length > 0) this.sink(last);
    return first.event;
  }

  /** Puts an entry at the top and lets it sink to its place. */
  private sink(entry: Entry<T>): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const [below, next] = left && right && isBefore(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
      if (!below || !isBefore(below, entry)) break;
      heap[at] = below;
      at = next;
    }
    heap[at] = entry;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.order < b.order);
}
