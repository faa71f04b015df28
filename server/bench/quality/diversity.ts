/** Do several samples differ? */
import type { Rectangle } from '../../../shared/geometry.ts';
import { CHANNELS, type Picture } from '../../images/picture.ts';

/**
 * Standard deviation of each pixel over the samples, averaged over pixels, over the standard deviation of the source's
 * own pixels (SinGAN, section 4). Higher is more diverse; 0 where all samples are the same, about 1 where they have
 * nothing in common. `kept`, where all must be the same, is left out. Null for fewer than two samples or pixels.
 */
export function diversity(
  samples: readonly Picture[],
  source: Picture,
  kept: Rectangle | null,
): number | null {
  const [first] = samples;
  if (!first || samples.length < 2) return null;
  let sum = 0;
  let count = 0;
  for (let y = 0, i = 0; y < first.height; y++) {
    for (let x = 0; x < first.width; x++) {
      const isKept =
        kept && x >= kept.x && x < kept.x + kept.width && y >= kept.y && y < kept.y + kept.height;
      for (let channel = 0; channel < CHANNELS; channel++, i++) {
        if (isKept) continue;
        sum += deviation(samples.map(({ data }) => data[i]!));
        count++;
      }
    }
  }
  const own = [0, 1, 2].reduce((total, channel) => total + channelDeviation(source, channel) / CHANNELS, 0);
  return count > 0 && own > 0 ? sum / count / own : null;
}

function channelDeviation({ data }: Picture, channel: number): number {
  let [sum, squares] = [0, 0];
  for (let i = channel; i < data.length; i += CHANNELS) {
    sum += data[i]!;
    squares += data[i]! ** 2;
  }
  const count = data.length / CHANNELS;
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/** Of a sample: unbiased in its square. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
