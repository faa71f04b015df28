/** What a painting is made on: memory, the threads that work on it, and the signal that stops them. */
import { CHANNELS, type Picture } from '../../images/picture.ts';
import type { Field } from '../field.ts';
import type { Address, KernelArguments, KernelName } from './kernels.ts';
import wasm from './kernels.wasm';
import { SharedMemory } from './shared-memory.ts';
import { Threads } from './threads.ts';

/** How many blocks a thread takes at the least, so that none waits long for the others. */
const BLOCKS_PER_THREAD = 4;
/** Pixels of ordinary work in a block at the most: an abort is noticed between blocks. */
const BLOCK_PIXELS = 200_000;
/** Below so many a block costs more to hand out than to do. */
const LEAST_PIXELS = 2_000;
/** How often a kernel that is running is asked how far it is. */
const POLL_MS = 100;

let compiled: Promise<WebAssembly.Module> | null = null;

export class Workbench {
  readonly memory: SharedMemory;
  readonly #threads: Threads;
  readonly #signal: AbortSignal | undefined;
  /** Addresses of the records that tell kernels of pictures and fields. Small; they stay until the end. */
  readonly #records = new WeakMap<object, Address>();

  /** Opens one, to be closed. @throws PainterError `out-of-memory` */
  static async open(signal?: AbortSignal, threads?: number): Promise<Workbench> {
    compiled ??= WebAssembly.compile(wasm);
    return new Workbench(await compiled, signal, threads);
  }

  private constructor(module: WebAssembly.Module, signal?: AbortSignal, threads?: number) {
    this.memory = new SharedMemory();
    this.#threads = new Threads(module, this.memory.memory, threads);
    this.#signal = signal;
  }

  get threads(): number {
    return this.#threads.count;
  }

  /** An unpainted picture in the shared memory. */
  createPicture(width: number, height: number): Picture {
    return { width, height, data: this.memory.bytes(width * height * CHANNELS) };
  }

  /** A copy in the shared memory. */
  copyPicture({ width, height, data }: Picture): Picture {
    const copy = this.createPicture(width, height);
    copy.data.set(data);
    return copy;
  }

  /** The record of a picture in the shared memory. */
  pictureRecord(picture: Picture): Address {
    return this.#record(picture, () => [picture.data.byteOffset, picture.width, picture.height]);
  }

  /** The record of a field whose arrays are in the shared memory. */
  fieldRecord(field: Field): Address {
    return this.#record(field, () => {
      const { level, columns, rows, sourceX, sourceY, distance } = field;
      const { frame, photo, kept, radius, stride } = level;
      return [
        ...[sourceX.byteOffset, sourceY.byteOffset, distance.byteOffset, columns, rows, radius, stride],
        ...[frame.width, frame.height, photo.x, photo.y, photo.width, photo.height],
        ...(kept ? [kept.x, kept.y, kept.width, kept.height] : [0, 0, 0, 0]),
      ];
    });
  }

  #record(object: object, fields: () => readonly number[]): Address {
    const address = this.#records.get(object) ?? this.memory.copyOfIntegers(fields()).byteOffset;
    this.#records.set(object, address);
    return address;
  }

  /** Rows of a block of work whose rows each cost so many pixels of ordinary work. */
  blockRows(rows: number, rowPixels: number): number {
    const fair = Math.ceil(rows / (this.threads * BLOCKS_PER_THREAD));
    const least = Math.ceil(LEAST_PIXELS / Math.max(1, rowPixels));
    const most = Math.max(1, Math.floor(BLOCK_PIXELS / Math.max(1, rowPixels)));
    return Math.max(1, Math.min(most, Math.max(fair, least)));
  }

  /**
   * Runs a kernel over [0, rows), `block` rows at a time. `onShare` is told now and then how much is taken, 0 to 1.
   *
   * @throws the signal's reason when it is aborted; PainterError where a thread fails
   */
  async run<K extends KernelName>(
    kernel: K,
    rows: number,
    block: number,
    args: KernelArguments<K>,
    onShare?: (share: number) => void,
  ): Promise<void> {
    const poll = onShare && setInterval(() => onShare(this.#threads.share(rows)), POLL_MS);
    try {
      await this.#threads.run(kernel, rows, block, args, this.#signal);
    } finally {
      clearInterval(poll);
    }
  }

  throwIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }
}
