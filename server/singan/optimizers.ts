/**
 * Optimizers by PyTorch's definitions and defaults, on one flat parameter vector. What depends on the step's number
 * alone is computed on the host in double precision, as PyTorch does in Python, and fed to the graph as a few scalars:
 * at coarse scales a graph's nodes cost more than its arithmetic.
 *
 * Moments are kept as plain decayed sums, m ← β·m + g, in place of PyTorch's averages m ← β·m + (1 − β)·g; the factor
 * 1 − β is in the scalars.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Hyperparameters, OptimizerName } from '../../shared/hyperparameters.ts';

export interface Optimizer {
  /** Names of the vectors it carries from step to step, zero at first, each as long as the parameters. */
  readonly slots: readonly string[];
  /** How many scalars a step takes. */
  readonly scalarCount: number;
  /** The scalars of step `t`, counted from 1. */
  scalars(t: number, learningRate: number): Float32Array;
  /** One step: all tensors are vectors, `scalars` one of `scalarCount`. */
  update(parameters: Tensor, gradient: Tensor, slots: readonly Tensor[], scalars: Tensor): Updated;
}

export interface Updated {
  readonly parameters: Tensor;
  readonly slots: readonly Tensor[];
}

const EPSILON = 1e-8;

export function createOptimizer(
  hyperparameters: Pick<Hyperparameters, 'optimizer' | 'beta1' | 'beta2'>,
): Optimizer {
  return OPTIMIZERS[hyperparameters.optimizer](hyperparameters.beta1, hyperparameters.beta2);
}

const OPTIMIZERS: Readonly<Record<OptimizerName, (beta1: number, beta2: number) => Optimizer>> = {
  adam: (beta1, beta2) => adam(beta1, beta2, 0),
  adamw: (beta1, beta2) => adam(beta1, beta2, 0.01),
  adamax,
  nadam,
  radam,
  sgd,
  asgd,
};

/**
 * Adam (Kingma and Ba, 2015), eps 1e-8; with a weight decay AdamW (Loshchilov and Hutter, 2019), default 0.01.
 * p ← p·(1 − lr·decay) − lr / (1 − β1^t) · m / (√(v / (1 − β2^t)) + eps)
 */
function adam(beta1: number, beta2: number, weightDecay: number): Optimizer {
  return {
    slots: ['first', 'second'],
    scalarCount: 3,
    scalars(t, learningRate) {
      const root = Math.sqrt((1 - beta2) / (1 - beta2 ** t));
      const rate = (learningRate * (1 - beta1)) / (1 - beta1 ** t);
      return Float32Array.of(rate / root, EPSILON / root, 1 - learningRate * weightDecay);
    },
    update(parameters, gradient, slots, scalars) {
      const [rate, epsilon, keep] = parts(scalars, 3); // [1] each
      const [first, second] = moments(gradient, slots, beta1, beta2); // [N] each
      const change = tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), epsilon)); // [N]
      const kept = weightDecay === 0 ? parameters : tf.mul(parameters, keep); // [N]
      return { parameters: tf.sub(kept, change), slots: [first, second] };
    },
  };
}

/**
 * Adamax (Kingma and Ba, 2015, section 7.1), eps 1e-8.
 * u ← max(β2·u, |g| + eps); p ← p − lr / (1 − β1^t) · m / u
 */
function adamax(beta1: number, beta2: number): Optimizer {
  return {
    slots: ['first', 'largest'],
    scalarCount: 1,
    scalars: (t, learningRate) => Float32Array.of((learningRate * (1 - beta1)) / (1 - beta1 ** t)),
    update(parameters, gradient, slots, rate) {
      const [first0, largest0] = pair(slots);
      const first = tf.add(tf.mul(first0, beta1), gradient); // [N]
      const largest = tf.maximum(tf.mul(largest0, beta2), tf.add(tf.abs(gradient), EPSILON)); // [N]
      return {
        parameters: tf.sub(parameters, tf.div(tf.mul(first, rate), largest)),
        slots: [first, largest],
      };
    },
  };
}

/**
 * NAdam (Dozat, 2016), eps 1e-8, momentum decay ψ 4e-3.
 * μ_t = β1·(1 − 0.96^(t·ψ) / 2), Π_t = μ_1 ⋯ μ_t;
 * p ← p − lr·((1 − μ_t) / (1 − Π_t)·g + μ_{t+1} / (1 − Π_{t+1})·m) / (√(v / (1 − β2^t)) + eps)
 */
function nadam(beta1: number, beta2: number): Optimizer {
  const momentum = (t: number): number => beta1 * (1 - 0.5 * 0.96 ** (t * 4e-3));
  const products = [1];
  const product = (t: number): number => {
    for (let k = products.length; k <= t; k++) products.push((products[k - 1] ?? 1) * momentum(k));
    return products[t] ?? 0;
  };
  return {
    slots: ['first', 'second'],
    scalarCount: 3,
    scalars(t, learningRate) {
      const root = Math.sqrt((1 - beta2) / (1 - beta2 ** t));
      const ofGradient = (learningRate * (1 - momentum(t))) / (1 - product(t));
      const ofMoment = (learningRate * momentum(t + 1)) / (1 - product(t + 1));
      return Float32Array.of(ofGradient / root, (ofMoment * (1 - beta1)) / root, EPSILON / root);
    },
    update(parameters, gradient, slots, scalars) {
      const [ofGradient, ofMoment, epsilon] = parts(scalars, 3); // [1] each
      const [first, second] = moments(gradient, slots, beta1, beta2); // [N] each
      const direction = tf.add(tf.mul(gradient, ofGradient), tf.mul(first, ofMoment)); // [N]
      const change = tf.div(direction, tf.add(tf.sqrt(second), epsilon)); // [N]
      return { parameters: tf.sub(parameters, change), slots: [first, second] };
    },
  };
}

/**
 * RAdam (Liu et al., 2020), eps 1e-8. ρ∞ = 2 / (1 − β2) − 1, ρ_t = ρ∞ − 2·t·β2^t / (1 − β2^t). While ρ_t ≤ 5 the
 * variance is not to be trusted and p ← p − lr·m̂; after that p ← p − lr·m̂·r·√(1 − β2^t) / (√v + eps), where
 * r² = (ρ_t − 4)(ρ_t − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ_t).
 */
function radam(beta1: number, beta2: number): Optimizer {
  const limit = 2 / (1 - beta2) - 1;
  return {
    slots: ['first', 'second'],
    scalarCount: 3,
    scalars(t, learningRate) {
      const rate = (learningRate * (1 - beta1)) / (1 - beta1 ** t);
      const correction = 1 - beta2 ** t;
      const length = limit - (2 * t * beta2 ** t) / correction;
      // The denominator √v·share + rest is 1 in the first case.
      if (length <= 5) return Float32Array.of(rate, 0, 1);
      const rectification = Math.sqrt(
        ((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length),
      );
      return Float32Array.of(rate * rectification * Math.sqrt(correction), Math.sqrt(1 - beta2), EPSILON);
    },
    update(parameters, gradient, slots, scalars) {
      const [rate, share, rest] = parts(scalars, 3); // [1] each
      const [first, second] = moments(gradient, slots, beta1, beta2); // [N] each
      const denominator = tf.add(tf.mul(tf.sqrt(second), share), rest); // [N]
      return {
        parameters: tf.sub(parameters, tf.div(tf.mul(first, rate), denominator)),
        slots: [first, second],
      };
    },
  };
}

/** Stochastic gradient descent, momentum 0: p ← p − lr·g */
function sgd(): Optimizer {
  return {
    slots: [],
    scalarCount: 1,
    scalars: (_t, learningRate) => Float32Array.of(learningRate),
    update: (parameters, gradient, _slots, rate) => ({
      parameters: tf.sub(parameters, tf.mul(gradient, rate)),
      slots: [],
    }),
  };
}

/**
 * Averaged SGD (Polyak and Juditsky, 1992), λ 1e-4, α 0.75, t0 1e6.
 * η_t = lr / (1 + λ·lr·(t − 1))^α; p ← p·(1 − λ·η_t) − η_t·g
 * PyTorch's average equals the parameters until step t0, which no training here reaches: it has no slot.
 */
function asgd(): Optimizer {
  const lambda = 1e-4;
  const alpha = 0.75;
  return {
    slots: [],
    scalarCount: 2,
    scalars(t, learningRate) {
      const rate = learningRate / (1 + lambda * learningRate * (t - 1)) ** alpha;
      return Float32Array.of(rate, 1 - lambda * rate);
    },
    update(parameters, gradient, _slots, scalars) {
      const [rate, keep] = parts(scalars, 2); // [1] each
      return { parameters: tf.sub(tf.mul(parameters, keep), tf.mul(gradient, rate)), slots: [] };
    },
  };
}

/** The decayed sums of gradients and of their squares. */
function moments(gradient: Tensor, slots: readonly Tensor[], beta1: number, beta2: number): [Tensor, Tensor] {
  const [first, second] = pair(slots);
  return [tf.add(tf.mul(first, beta1), gradient), tf.add(tf.mul(second, beta2), tf.square(gradient))]; // [N] each
}

function pair(slots: readonly Tensor[]): [Tensor, Tensor] {
  const [first, second] = slots;
  if (!first || !second) throw new Error('internal: optimizer: 2 slots expected');
  return [first, second];
}

type Parts = [Tensor, Tensor, Tensor];

function parts(scalars: Tensor, count: 2 | 3): Parts {
  return tf.split(scalars, count) as Parts; // [1] each
}
