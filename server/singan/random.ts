/**
 * Seeded random numbers. Everything random in a training is drawn here, on the host, so that a seed gives the same
 * weights on every engine; and every scale draws from streams of its own, so that a training resumed at a scale draws
 * what an uninterrupted one would.
 */
export interface Random {
  /** One number from [0, 1). */
  uniform(): number;
  /** `count` independent draws from the standard normal distribution. */
  normal(count: number): Float32Array;
  /** A whole number from 0 to `end` − 1. */
  below(end: number): number;
}

/** A generator that depends on nothing but `seed` and `labels`: the stream's name. */
export function createRandom(seed: number, ...labels: readonly (string | number)[]): Random {
  const next = sfc32(hash([seed, ...labels].join('/')));
  return {
    uniform: next,
    below: (end) => Math.floor(next() * end),
    normal(count) {
      const values = new Float32Array(count);
      // Box and Muller: two uniform numbers make two normal ones.
      for (let i = 0; i < count; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - next()));
        const angle = 2 * Math.PI * next();
        values[i] = radius * Math.cos(angle);
        if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
      }
      return values;
    },
  };
}

/** FNV-1a: 32 bits from a text. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Chris Doty-Humphrey's sfc32, its state filled by splitmix32. */
function sfc32(seed: number): () => number {
  let state = seed;
  const mix = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = mix();
  let b = mix();
  let c = mix();
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
