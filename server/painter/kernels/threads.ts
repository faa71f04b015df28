/** Worker threads that run kernels on shared memory, a block of rows at a time. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { PainterError } from '../painter-error.ts';
import type { KernelName } from './kernels.ts';

/** What a thread is told: rows are shared out by a counter, so that a thread that is slow takes fewer. */
interface Work {
  readonly kernel: KernelName;
  readonly rows: number;
  readonly block: number;
  readonly args: readonly number[];
}

interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** [1] the next row that nobody has taken. */
  readonly nextRow: Int32Array;
  readonly thread: number;
}

/** A thread's whole program, by its text: it uses nothing from outside itself. */
function threadProgram(): void {
  const worker = process.getBuiltinModule('node:worker_threads');
  const { module, memory, nextRow, thread } = worker.workerData as ThreadData;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  worker.parentPort?.on('message', ({ kernel, rows, block, args }: Work) => {
    const run = exports[kernel] as (...numbers: number[]) => void;
    // A thread that was starting while the memory grew may have missed that, and memory.fill would fail beyond what it
    // knows. Growing by nothing has it look.
    memory.grow(0);
    for (;;) {
      const from = Atomics.add(nextRow, 0, block);
      if (from >= rows) break;
      run(from, Math.min(rows, from + block), thread, ...args);
    }
    worker.parentPort?.postMessage(null);
  });
}

export class Threads {
  readonly count: number;
  readonly #workers: readonly Worker[];
  readonly #nextRow = new Int32Array(new SharedArrayBuffer(4));
  #running: { left: number; resolve: () => void; reject: (error: Error) => void } | null = null;
  #failure: PainterError | null = null;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, count = availableParallelism()) {
    this.count = count;
    this.#workers = Array.from({ length: count }, (_, thread) => {
      const workerData: ThreadData = { module, memory, nextRow: this.#nextRow, thread };
      const worker = new Worker(`(${String(threadProgram)})()`, { eval: true, workerData });
      worker.on('message', () => this.#finish());
      worker.on('error', (cause) => this.#fail(cause));
      // A program that fails elsewhere must be able to end.
      worker.unref();
      return worker;
    });
  }

  /**
   * Runs `kernel` over [0, rows) in blocks. An abort ends it after the blocks that are being worked on.
   *
   * @throws the signal's reason; PainterError where a thread fails
   */
  async run(
    kernel: KernelName,
    rows: number,
    block: number,
    args: readonly number[],
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    if (this.#failure) throw this.#failure;
    if (this.#running) throw new PainterError('internal', 'internal: threads: already running');
    this.#nextRow[0] = 0;
    const stop = () => Atomics.store(this.#nextRow, 0, rows);
    signal?.addEventListener('abort', stop);
    const work: Work = { kernel, rows, block, args };
    // One thread is enough for one block.
    const needed = Math.min(this.count, Math.ceil(rows / block));
    try {
      await new Promise<void>((resolve, reject) => {
        this.#running = { left: needed, resolve, reject };
        for (const worker of this.#workers.slice(0, needed)) {
          worker.ref();
          worker.postMessage(work);
        }
      });
    } finally {
      this.#running = null;
      for (const worker of this.#workers) worker.unref();
      signal?.removeEventListener('abort', stop);
    }
    signal?.throwIfAborted();
  }

  /** Share of the rows of the running kernel that are taken, 0 to 1. */
  share(rows: number): number {
    return Math.min(1, Atomics.load(this.#nextRow, 0) / rows);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #finish(): void {
    if (this.#running && --this.#running.left === 0) this.#running.resolve();
  }

  #fail(cause: unknown): void {
    const refused = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const said = cause instanceof Error ? cause.message : String(cause);
    this.#failure = refused
      ? new PainterError('out-of-memory', 'paint: the system refused memory for a thread', cause)
      : new PainterError('internal', `internal: paint: a thread failed: ${said}`, cause);
    this.#running?.reject(this.#failure);
  }
}
