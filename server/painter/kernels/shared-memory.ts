/** The memory that the painter's threads share, and what of it is taken. */
import { PainterError } from '../painter-error.ts';
import type { Address } from './kernels.ts';

const PAGE_BYTES = 65536;
/** 4 GiB, all that 32-bit addresses reach. Only what is asked for is taken from the system. */
const MAX_PAGES = 65536;
/** The first page holds the kernels' constants. */
const FIRST_ADDRESS = PAGE_BYTES;
/** Kernels read whole vectors: up to so many bytes beyond an array's end belong to it. */
const MARGIN_BYTES = 64;
const ALIGNMENT = 64;

interface Gap {
  start: number;
  end: number;
}

/** Typed arrays in one WebAssembly memory. What they hold at first is left over from others. */
export class SharedMemory {
  readonly memory: WebAssembly.Memory;
  /** By start; none touches the next. */
  readonly #gaps: Gap[] = [];
  readonly #taken = new Map<Address, number>();
  #end = FIRST_ADDRESS;

  /** @throws PainterError `out-of-memory` where the system has no address space left */
  constructor() {
    try {
      this.memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
    } catch (error) {
      throw outOfMemory(0, error);
    }
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return new Uint8Array(this.memory.buffer, start, length);
  }

  /** Of 16 bits, unsigned. */
  shorts(length: number): Uint16Array {
    const start = this.#take(length * 2);
    return new Uint16Array(this.memory.buffer, start, length);
  }

  integers(length: number): Int32Array {
    const start = this.#take(length * 4);
    return new Int32Array(this.memory.buffer, start, length);
  }

  floats(length: number): Float32Array {
    const start = this.#take(length * 4);
    return new Float32Array(this.memory.buffer, start, length);
  }

  /** A copy of the numbers. */
  copyOfIntegers(values: ArrayLike<number>): Int32Array {
    const copy = this.integers(values.length);
    copy.set(values);
    return copy;
  }

  copyOfFloats(values: ArrayLike<number>): Float32Array {
    const copy = this.floats(values.length);
    copy.set(values);
    return copy;
  }

  /** Gives arrays of this memory back; they must not be used any more. */
  free(...arrays: readonly { readonly byteOffset: Address }[]): void {
    for (const { byteOffset: start } of arrays) {
      const size = this.#taken.get(start);
      if (size === undefined) throw new PainterError('internal', `internal: free: nothing taken at ${start}`);
      this.#taken.delete(start);
      this.#addGap(start, start + size);
    }
  }

  /** Bytes that are taken now. */
  get takenBytes(): number {
    return [...this.#taken.values()].reduce((sum, size) => sum + size, 0);
  }

  #take(bytes: number): Address {
    const size = Math.ceil((bytes + MARGIN_BYTES) / ALIGNMENT) * ALIGNMENT;
    const index = this.#gaps.findIndex((gap) => gap.end - gap.start >= size);
    const gap = this.#gaps[index];
    let start: Address;
    if (gap) {
      start = gap.start;
      gap.start += size;
      if (gap.start === gap.end) this.#gaps.splice(index, 1);
    } else {
      start = this.#extend(size);
    }
    this.#taken.set(start, size);
    return start;
  }

  /** Takes room at the end, from a gap there on, and grows the memory for it. */
  #extend(size: number): Address {
    const last = this.#gaps.at(-1);
    const start = last?.end === this.#end ? last.start : this.#end;
    const missing = start + size - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE_BYTES));
      } catch (error) {
        throw outOfMemory(missing, error);
      }
    }
    if (last && start === last.start) this.#gaps.pop();
    this.#end = start + size;
    return start;
  }

  #addGap(start: number, end: number): void {
    const next = this.#gaps.findIndex((gap) => gap.start > start);
    const at = next < 0 ? this.#gaps.length : next;
    this.#gaps.splice(at, 0, { start, end });
    for (const index of [at, at - 1]) {
      const [gap, following] = [this.#gaps[index], this.#gaps[index + 1]];
      if (!gap || gap.end !== following?.start) continue;
      gap.end = following.end;
      this.#gaps.splice(index + 1, 1);
    }
  }
}

function outOfMemory(bytes: number, cause: unknown): PainterError {
  const mebibytes = Math.ceil(bytes / 2 ** 20);
  return new PainterError(
    'out-of-memory',
    `paint: the system refused ${bytes > 0 ? `${mebibytes} MiB more ` : ''}memory; close other programs or ask for a smaller picture`,
    cause,
  );
}
