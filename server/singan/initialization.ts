/** Which networks a scale has and what they start from. */
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import { piecesOf } from './networks.ts';
import type { Architecture, Piece } from './networks.ts';
import type { Random } from './random.ts';
import { ROW_CHANNELS } from './rows.ts';

const COLOURS = 3;

/** G and D of a scale, 0 being the coarsest. */
export function architecturesAt(
  hyperparameters: Hyperparameters,
  scale: number,
): { generator: Architecture; discriminator: Architecture } {
  const { width, widthDoublesEvery, maxWidth, normalization, rowChannels } = hyperparameters;
  const doublings = widthDoublesEvery === null ? 0 : Math.floor(scale / widthDoublesEvery);
  const common = {
    inputChannels: COLOURS + (rowChannels ? ROW_CHANNELS : 0),
    width: Math.max(width, Math.min(maxWidth, width * 2 ** doublings)),
    normalized: normalization === 'batch',
  };
  return {
    generator: { ...common, outputChannels: COLOURS },
    discriminator: { ...common, outputChannels: 1 },
  };
}

/**
 * A network's flat vector to start from. `published`: filters normal(0, 0.02), biases uniform(±1 / √fan in) as is
 * PyTorch's default; `he`: filters normal(0, √(2 / fan in)), the last layer's halved, biases 0 (He et al., 2015).
 * Norm scales are normal(1, 0.02), shifts 0, in both.
 */
export function initialParameters(
  architecture: Architecture,
  initialization: Hyperparameters['initialization'],
  random: Random,
): Float32Array {
  const pieces = piecesOf(architecture);
  const last = pieces[pieces.length - 1]?.layer;
  const fanIn = (layer: number): number =>
    9 * (layer === 0 ? architecture.inputChannels : architecture.width);
  const draw = ({ kind, layer, size }: Piece): Float32Array => {
    switch (kind) {
      case 'filter': {
        const he = Math.sqrt(2 / fanIn(layer)) * (layer === last ? 0.5 : 1);
        const deviation = initialization === 'he' ? he : 0.02;
        return random.normal(size).map((value) => value * deviation);
      }
      case 'bias': {
        const bound = initialization === 'he' ? 0 : 1 / Math.sqrt(fanIn(layer));
        return Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * bound);
      }
      case 'scale':
        return random.normal(size).map((value) => 1 + 0.02 * value);
      case 'shift':
        return new Float32Array(size);
    }
  };
  return join(pieces.map(draw));
}

function join(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
}
