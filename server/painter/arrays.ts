/** Where typed arrays come from. What they hold at first may be anything. */
export interface Arrays {
  /** Of 16 bits, unsigned. */
  shorts(length: number): Uint16Array;
  /** Of 32 bits, signed. */
  integers(length: number): Int32Array;
  floats(length: number): Float32Array;
}

/** JavaScript's own memory; `SharedMemory` is the other. */
export const ARRAYS: Arrays = {
  shorts: (length) => new Uint16Array(length),
  integers: (length) => new Int32Array(length),
  floats: (length) => new Float32Array(length),
};
