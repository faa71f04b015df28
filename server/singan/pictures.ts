/** Between 8-bit pictures and the networks' numbers from −1 to 1, [1, height, width, 3]. */
import type { Picture } from '../images/picture.ts';
import type { Size } from '../../shared/geometry.ts';
import { SampleError } from './errors.ts';

export function toFloats({ data }: Picture): Float32Array {
  return Float32Array.from(data, (value) => value / 127.5 - 1);
}

/** @throws SampleError when a value is not finite: rounded to a byte it would be a black or white pixel */
export function toPicture(values: Float32Array, { width, height }: Size): Picture {
  const data = Uint8Array.from(values, (value) => {
    if (!Number.isFinite(value)) {
      throw new SampleError(
        'sample-not-finite',
        'machine',
        `sample: a value of the picture of ${width}×${height} is ${value}: the engine failed or the training diverged; ` +
          'try engine cpu, or a smaller learning rate',
      );
    }
    // Values beyond ±1 are common, and a Uint8Array would wrap them around.
    return Math.max(0, Math.min(255, Math.round((value + 1) * 127.5)));
  });
  return { width, height, data };
}
