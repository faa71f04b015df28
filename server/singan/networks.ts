/**
 * Generator and discriminator: five 3×3 convolutions without padding, receptive field 11; the first four are
 * convolution – batch norm – LeakyReLU(0.2), the last one is plain (SinGAN, section 2.1 and supplementary A).
 *
 * A network's parameters are one flat vector, so that an optimizer's step is a handful of operations. Filters lie in
 * it in PyTorch's order, [out, in, 3, 3].
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

export const LAYERS = 5;
export const RECEPTIVE_FIELD = 2 * LAYERS + 1;
/** Pixels that a network without padding loses on each side. */
export const MARGIN = LAYERS;
const SLOPE = 0.2;
const NORM_EPSILON = 1e-5;

export interface Architecture {
  readonly inputChannels: number;
  /** Channels of the hidden layers. */
  readonly width: number;
  readonly outputChannels: number;
  /** Batch norm after the first four convolutions. */
  readonly normalized: boolean;
}

/** One stretch of a network's flat vector. */
export interface Piece {
  readonly layer: number;
  readonly kind: 'filter' | 'bias' | 'scale' | 'shift';
  /** [out, in, 3, 3] for filters, [out] for the rest. */
  readonly shape: number[];
  readonly size: number;
}

/** The order of a flat vector: layer by layer filter, bias and, where there is batch norm, scale and shift. */
export function piecesOf({ inputChannels, width, outputChannels, normalized }: Architecture): Piece[] {
  const pieces: Piece[] = [];
  for (let layer = 0; layer < LAYERS; layer++) {
    const last = layer === LAYERS - 1;
    const inputs = layer === 0 ? inputChannels : width;
    const outputs = last ? outputChannels : width;
    pieces.push({ layer, kind: 'filter', shape: [outputs, inputs, 3, 3], size: outputs * inputs * 9 });
    const vectors = normalized && !last ? (['bias', 'scale', 'shift'] as const) : (['bias'] as const);
    for (const kind of vectors) pieces.push({ layer, kind, shape: [outputs], size: outputs });
  }
  return pieces;
}

export function parameterCount(architecture: Architecture): number {
  return piecesOf(architecture).reduce((sum, { size }) => sum + size, 0);
}

/** Length of the running means, and of the running variances: one number for each normalized channel. */
export function statisticsCount({ width, normalized }: Architecture): number {
  return normalized ? (LAYERS - 1) * width : 0;
}

export interface Layer {
  readonly filter: Tensor4D; // [3, 3, in, out]
  readonly bias: Tensor; // [out]
  readonly norm: { readonly scale: Tensor; readonly shift: Tensor } | null; // [out] each
}

/** Views a flat vector as layers. The gradient of the one split is one concatenation. */
export function layersOf(parameters: Tensor, architecture: Architecture): Layer[] {
  const pieces = piecesOf(architecture);
  const tensors = tf.split(
    parameters,
    pieces.map(({ size }) => size),
  );
  const find = (layer: number, kind: Piece['kind']): Tensor | undefined =>
    tensors[pieces.findIndex((piece) => piece.layer === layer && piece.kind === kind)];
  return Array.from({ length: LAYERS }, (_, layer) => {
    const index = pieces.findIndex((piece) => piece.layer === layer && piece.kind === 'filter');
    const [flat, piece, bias] = [tensors[index], pieces[index], find(layer, 'bias')];
    if (!flat || !piece || !bias) throw new Error('internal: networks: a piece is missing');
    const stored = tf.reshape<tf.Rank.R4>(flat, piece.shape as [number, number, number, number]); // [out, in, 3, 3]
    const filter = tf.transpose(stored, [2, 3, 1, 0]); // [3, 3, in, out]
    const [scale, shift] = [find(layer, 'scale'), find(layer, 'shift')];
    return { filter, bias, norm: scale && shift ? { scale, shift } : null };
  });
}

/** Mean and unbiased variance of each sample and channel at one normalized layer. */
export interface Statistics {
  readonly mean: Tensor; // [B, 1, 1, C]
  readonly variance: Tensor; // [B, 1, 1, C]
}

export interface Convolved {
  readonly output: Tensor4D;
  /** One for each normalized layer. */
  readonly statistics: readonly Statistics[];
}

/** The five layers: [B, H, W, in] → [B, H − 10, W − 10, out]. */
export function convolve(layers: readonly Layer[], input: Tensor): Convolved {
  const statistics: Statistics[] = [];
  let x = input as Tensor4D; // [B, H, W, in]
  layers.forEach(({ filter, bias, norm }, layer) => {
    x = tf.add(tf.conv2d(x, filter, 1, 'valid'), bias); // [B, H − 2, W − 2, out]
    if (norm) {
      const normalized = normalize(x, norm.scale, norm.shift);
      statistics.push(normalized.statistics);
      x = normalized.output;
    }
    if (layer < LAYERS - 1) x = leakyRelu(x);
  });
  return { output: x, statistics };
}

/**
 * Batch norm with the statistics of each sample by itself: every pass of the published code is a batch of one, so
 * that pictures which share a pass here must not mix. Written in operations that can be differentiated twice, with as
 * few as possible on whole pictures: one product and one sum with numbers for each channel.
 */
function normalize(x: Tensor4D, scale: Tensor, shift: Tensor): { output: Tensor4D; statistics: Statistics } {
  const mean = pixelMean(x); // [B, 1, 1, C]
  const variance = varianceOf(x); // [B, 1, 1, C]
  const factor = tf.div(scale, tf.sqrt(tf.add(variance, NORM_EPSILON))); // [B, 1, 1, C]
  const term = tf.sub(shift, tf.mul(mean, factor)); // [B, 1, 1, C]
  const output: Tensor4D = tf.add(tf.mul(x, factor), term); // [B, H, W, C]
  const pixels = x.shape[1] * x.shape[2];
  const unbiased = tf.mul(variance, pixels / Math.max(1, pixels - 1)); // [B, 1, 1, C]
  return { output, statistics: { mean, variance: unbiased } };
}

const pixelMean = (x: Tensor): Tensor4D => tf.mean(x, [1, 2], true); // [B, H, W, C] → [B, 1, 1, C]

/**
 * Variance over height and width, [B, H, W, C] → [B, 1, 1, C]. Its gradient, (x − mean) · 2 / pixels, is here one product
 * and one sum with numbers for each channel, as in `normalize`.
 */
const varianceOf = tf.customGrad<Tensor4D>((...given) => {
  const [x, save] = given as [Tensor4D, (tensors: Tensor[]) => void];
  save([x]);
  const share = 2 / (x.shape[1] * x.shape[2]);
  return {
    value: pixelMean(tf.square(tf.sub(x, pixelMean(x)))),
    gradFunc: (dy, saved) => {
      const [pictures] = saved as [Tensor4D];
      const factor = tf.mul(dy, share); // [B, 1, 1, C]
      return tf.sub(tf.mul(pictures, factor), tf.mul(pixelMean(pictures), factor));
    },
  };
});

/**
 * LeakyReLU whose gradient can be differentiated again: dy · step(y), which is 1 above zero and the slope below. The
 * output has its input's sign and is all that is kept, so that an engine can do it inside the convolution.
 */
const leakyRelu = tf.customGrad<Tensor4D>((...given) => {
  const [x, save] = given as [Tensor4D, (tensors: Tensor[]) => void];
  const value = tf.leakyRelu(x, SLOPE);
  save([value]);
  return { value, gradFunc: (dy, saved) => tf.mul(dy, tf.step(saved[0] as Tensor, SLOPE)) };
});

/** Folds a batch norm that uses fixed statistics into the convolution before it; see `freeze`. */
export const normFactor = (scale: number, variance: number): number =>
  scale / Math.sqrt(variance + NORM_EPSILON);

/**
 * What G's layers read: the coarser output plus noise, padded, and row channels. Zeros are padded once, here: they are
 * what gives borders their variety.
 *
 * @param start [B, H, W, 3]
 * @param rows [B, H + 10, W + 10, 3], or null without row channels
 */
export function generatorInput(start: Tensor, rows: Tensor | null): Tensor {
  const pads: [number, number][] = [0, MARGIN, MARGIN, 0].map((pad) => [pad, pad]);
  const padded = tf.pad(start, pads); // [B, H + 10, W + 10, 3]
  return rows ? tf.concat([padded, rows], 3) : padded; // [B, H + 10, W + 10, 3 | 6]
}

/**
 * G: out = tanh(layers(input)) + coarser (SinGAN, equation 3).
 *
 * @param input of `generatorInput`
 * @param coarser [B, H, W, 3], or null at the coarsest scale
 */
export function generate(layers: readonly Layer[], input: Tensor, coarser: Tensor | null): Convolved {
  const { output, statistics } = convolve(layers, input);
  const detail = tf.tanh(output); // [B, H, W, 3]
  return { output: coarser ? tf.add(detail, coarser) : detail, statistics };
}

/** D: a map of scores, high for real patches. [B, H, W, 3] → [B, H − 10, W − 10, 1] */
export function discriminate(layers: readonly Layer[], pictures: Tensor, rows: Tensor | null): Tensor4D {
  return convolve(layers, rows ? tf.concat([pictures, rows], 3) : pictures).output;
}
