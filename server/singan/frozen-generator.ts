/** A scale's generator once it is trained: a plain stack of convolutions. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { normFactor, parameterCount, piecesOf } from './networks.ts';
import type { Architecture, Layer, Piece } from './networks.ts';

export interface FrozenGenerator {
  /** 3, or 6 with row channels. */
  readonly inputChannels: number;
  /** Channels of the hidden layers. */
  readonly width: number;
  /** Filters [out, in, 3, 3] and biases [out], layer by layer, in one vector. */
  readonly weights: Float32Array;
}

/**
 * Folds batch norm, with its running statistics as PyTorch's evaluation mode uses them, into the convolutions:
 * (w ∗ x + b − mean) · f + shift = (f·w) ∗ x + (b − mean)·f + shift, f = scale / √(variance + eps).
 */
export function freeze(
  architecture: Architecture,
  weights: Float32Array,
  runningMean: Float32Array,
  runningVariance: Float32Array,
): FrozenGenerator {
  const { inputChannels, width } = architecture;
  const frozen = { inputChannels, width };
  if (!architecture.normalized) return { ...frozen, weights: weights.slice() };

  const plain = { ...architecture, normalized: false };
  const given = new Map(slices(architecture, weights).map(({ piece, values }) => [key(piece), values]));
  const folded = weights.slice(0, parameterCount(plain));
  for (const { piece, values } of slices(plain, folded)) {
    const source = given.get(key(piece));
    if (!source) throw new Error('internal: freeze: a piece is missing');
    values.set(source);
    const scale = given.get(`${piece.layer}.scale`);
    const shift = given.get(`${piece.layer}.shift`);
    if (!scale || !shift) continue;
    const perChannel = piece.size / width;
    for (let channel = 0; channel < width; channel++) {
      const statistic = piece.layer * width + channel;
      const factor = normFactor(scale[channel] ?? 0, runningVariance[statistic] ?? 0);
      if (piece.kind === 'filter') {
        for (let i = channel * perChannel; i < (channel + 1) * perChannel; i++)
          values[i] = (values[i] ?? 0) * factor;
      } else {
        values[channel] =
          ((values[channel] ?? 0) - (runningMean[statistic] ?? 0)) * factor + (shift[channel] ?? 0);
      }
    }
  }
  return { ...frozen, weights: folded };
}

/** The layers as constants. */
export function frozenLayers(generator: FrozenGenerator): Layer[] {
  const layers: Layer[] = [];
  let filter: Tensor4D | null = null; // [3, 3, in, out]
  for (const { piece, values } of slices(plainArchitecture(generator), generator.weights)) {
    const tensor = tf.tensor(values, [...piece.shape]); // [out, in, 3, 3] or [out]
    if (piece.kind === 'filter') filter = tf.transpose(tensor as Tensor4D, [2, 3, 1, 0]);
    else if (filter) layers.push({ filter, bias: tensor, norm: null });
  }
  return layers;
}

function plainArchitecture({ inputChannels, width }: FrozenGenerator): Architecture {
  return { inputChannels, width, outputChannels: 3, normalized: false };
}

const key = ({ layer, kind }: Piece): string => `${layer}.${kind}`;

/** Each piece with its stretch of the vector, not copied. */
function slices(architecture: Architecture, weights: Float32Array): { piece: Piece; values: Float32Array }[] {
  let offset = 0;
  return piecesOf(architecture).map((piece) => {
    const values = weights.subarray(offset, (offset += piece.size));
    return { piece, values };
  });
}
