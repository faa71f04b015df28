/**
 * Sum of squared differences of two square patches of interleaved RGB bytes, or some number of at least `limit`
 * as soon as it is certain to reach it.
 *
 * `startA` and `startB` are the byte offsets of the patches' top left corners, `strideA` and `strideB` the bytes
 * of a picture row, `rowBytes` the bytes of a patch row.
 */
export function patchDistance(
  a: Uint8Array,
  startA: number,
  strideA: number,
  b: Uint8Array,
  startB: number,
  strideB: number,
  rows: number,
  rowBytes: number,
  limit: number,
): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < rowBytes; i += 3) {
      const red = a[startA + i]! - b[startB + i]!;
      const green = a[startA + i + 1]! - b[startB + i + 1]!;
      const blue = a[startA + i + 2]! - b[startB + i + 2]!;
      sum += red * red + green * green + blue * blue;
    }
    if (sum >= limit) return sum;
    startA += strideA;
    startB += strideB;
  }
  return sum;
}
