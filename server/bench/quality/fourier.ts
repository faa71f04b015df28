/** The fast Fourier transform of squares whose side is a power of two. */

/** Transforms [side, side] complex numbers in place, by rows, then by columns. */
export function transformSquare(real: Float64Array, imaginary: Float64Array, side: number): void {
  for (let row = 0; row < side; row++) transform(real, imaginary, row * side, 1, side);
  for (let column = 0; column < side; column++) transform(real, imaginary, column, side, side);
}

/** Cooley and Tukey's radix 2 on `count` numbers from `offset`, `stride` apart. */
function transform(re: Float64Array, im: Float64Array, offset: number, stride: number, count: number): void {
  for (let i = 1, j = 0; i < count; i++) {
    let bit = count >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      swap(re, offset + i * stride, offset + j * stride);
      swap(im, offset + i * stride, offset + j * stride);
    }
  }
  for (let length = 2; length <= count; length <<= 1) {
    const angle = (-2 * Math.PI) / length;
    const half = length >> 1;
    for (let k = 0; k < half; k++) {
      const [c, s] = [Math.cos(angle * k), Math.sin(angle * k)];
      for (let i = k; i < count; i += length) {
        const a = offset + i * stride;
        const b = a + half * stride;
        const r = re[b]! * c - im[b]! * s;
        const m = re[b]! * s + im[b]! * c;
        re[b] = re[a]! - r;
        im[b] = im[a]! - m;
        re[a]! += r;
        im[a]! += m;
      }
    }
  }
}

function swap(values: Float64Array, a: number, b: number): void {
  [values[a], values[b]] = [values[b]!, values[a]!];
}
