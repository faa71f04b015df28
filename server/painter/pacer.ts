/** How long the painter computes before it lets timers, signals and sockets have their turn. */
const SLICE_MS = 40;
/** Pixels of one uninterrupted stretch of rows: well under a slice in every loop of the painter. */
const BLOCK_PIXELS = 4096;

/** Cuts long loops into blocks of rows: between blocks an abort is noticed and the event loop gets its turn. */
export class Pacer {
  readonly #signal: AbortSignal | undefined;
  #sliceStart = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Throws the signal's reason if it is aborted; lets the event loop turn when the slice is used up. */
  async breathe(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() - this.#sliceStart < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceStart = performance.now();
    this.#signal?.throwIfAborted();
  }

  /**
   * Calls `work(from, to)` for successive blocks of the rows [from, to). `rowPixels` is what one row costs, in
   * pixels of ordinary work. What the rows compute must not depend on where the blocks are cut.
   */
  async overRows(
    from: number,
    to: number,
    rowPixels: number,
    work: (from: number, to: number) => void,
  ): Promise<void> {
    const block = Math.max(1, Math.floor(BLOCK_PIXELS / Math.max(1, rowPixels)));
    for (let row = from; row < to; row += block) {
      await this.breathe();
      work(row, Math.min(to, row + block));
    }
  }
}
