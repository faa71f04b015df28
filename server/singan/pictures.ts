/** Between 8-bit pictures and the networks' numbers from −1 to 1, [1, height, width, 3]. */
import type { Picture } from '../images/picture.ts';
import type { Size } from '../../shared/geometry.ts';

export function toFloats({ data }: Picture): Float32Array {
  return Float32Array.from(data, (value) => value / 127.5 - 1);
}

export function toPicture(values: Float32Array, { width, height }: Size): Picture {
  // Values beyond ±1 are common, and a Uint8Array would wrap them around.
  const data = Uint8Array.from(values, (value) =>
    Math.max(0, Math.min(255, Math.round((value + 1) * 127.5))),
  );
  return { width, height, data };
}
