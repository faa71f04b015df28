/** Losses of WGAN-GP (Gulrajani et al., 2017) and SinGAN (section 2.2). All are scalars. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** mean D(fake) − mean D(real), from one map of scores [2, H, W, 1]: the fake's, then the real one's. */
export function criticLoss(scores: Tensor4D): Scalar {
  const [fake, real] = tf.split(scores, 2) as [Tensor4D, Tensor4D]; // [1, H, W, 1] each
  return tf.sub(tf.mean(fake), tf.mean(real)); // []
}

/** −mean D(fake) */
export function adversarialLoss(scores: Tensor4D): Scalar {
  return tf.neg(tf.mean(scores)); // []
}

/**
 * mean((‖∇D(x̂)‖ − 1)²), x̂ = ε·real + (1 − ε)·fake at one draw ε, the norm over channels at each pixel.
 *
 * @param discriminator scores of a batch of one picture
 * @param real [1, H, W, 3]
 * @param fake [1, H, W, 3]
 * @param epsilon a scalar, uniform on [0, 1)
 */
export function gradientPenalty(
  discriminator: (pictures: Tensor) => Tensor,
  real: Tensor,
  fake: Tensor,
  epsilon: Tensor,
): Scalar {
  const between = tf.add(tf.mul(real, epsilon), tf.mul(fake, tf.sub(1, epsilon))); // [1, H, W, 3]
  const slope = tf.grad((x) => tf.sum(discriminator(x)))(between); // [1, H, W, 3]
  // The root's own slope is infinite at zero.
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(slope), 3), 1e-12)); // [1, H, W]
  return tf.mean(tf.square(tf.sub(norm, 1))); // []
}

/** mean((G(z*) − picture)²) */
export function reconstructionLoss(reconstruction: Tensor, real: Tensor): Scalar {
  return tf.mean(tf.square(tf.sub(reconstruction, real))); // []
}
