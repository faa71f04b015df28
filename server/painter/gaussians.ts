/** Normally distributed numbers that depend on the seed alone (mulberry32, Box–Muller). */
export class Gaussians {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Mean 0, deviation 1. */
  next(): number {
    const radius = Math.sqrt(-2 * Math.log(this.#uniform()));
    return radius * Math.cos(2 * Math.PI * this.#uniform());
  }

  /** Between 0 and 1, never either. */
  #uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 4294967296;
  }
}
