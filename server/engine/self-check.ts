/**
 * Whether an engine calculates as the processor's does. Providers and drivers have been seen to give wrong numbers
 * without a word, above all in convolutions of few channels: an engine that nobody asked for by name is tried first.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine, Step } from '../program.ts';

const SIDE = 9;
/** Those of a network's input, its row channels among them, and of a hidden layer. */
const INPUT_CHANNELS = 6;
const HIDDEN_CHANNELS = 8;
const FIRST = 9 * INPUT_CHANNELS * HIDDEN_CHANNELS;
const SECOND = 9 * HIDDEN_CHANNELS * 3;
const RATE = 0.05;
/** Of the largest number that is compared. */
const TOLERANCE = 1e-3;

/** Two convolutions with a LeakyReLU between them, and a step down the gradient of what they come to. */
const step: Step<'x', 'weights', 'loss'> = ({ x }, { weights }) => {
  let value: Tensor | null = null;
  const gradient = tf.grad((variable) => {
    const [first, second] = tf.split(variable, [FIRST, SECOND]) as [Tensor, Tensor];
    const kernel = tf.reshape(first, [3, 3, INPUT_CHANNELS, HIDDEN_CHANNELS]);
    const hidden = tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'valid'); // [1, 7, 7, 8]
    const active = tf.maximum(hidden, tf.mul(hidden, 0.2)); // [1, 7, 7, 8]
    const last = tf.reshape(second, [3, 3, HIDDEN_CHANNELS, 3]);
    const output = tf.conv2d(active as tf.Tensor4D, last as tf.Tensor4D, 1, 'valid'); // [1, 5, 5, 3]
    const loss = tf.mean(tf.square(output)); // []
    value = tf.keep(tf.clone(loss));
    return loss;
  })(weights); // [N]
  if (!value) throw new Error('internal: self-check: there is no loss');
  return { outputs: { loss: value }, state: { weights: tf.sub(weights, tf.mul(gradient, RATE)) } };
};

/** Runs both over a few steps of a small network. An engine that cannot run it does not calculate right. */
export async function calculatesAs(engine: Engine, oracle: Engine): Promise<boolean> {
  const expected = await calculate(oracle);
  try {
    const got = await calculate(engine);
    const largest = Math.max(...expected.map(Math.abs));
    return expected.every((value, i) => Math.abs((got[i] ?? NaN) - value) <= TOLERANCE * largest);
  } catch {
    return false;
  }
}

async function calculate(engine: Engine): Promise<number[]> {
  const state = engine.createState({
    weights: { shape: [FIRST + SECOND], data: waves(FIRST + SECOND, 0.3) },
  });
  const program = await engine.compile(step, { x: [1, SIDE, SIDE, INPUT_CHANNELS] }, state);
  try {
    const x = waves(SIDE * SIDE * INPUT_CHANNELS, 1);
    const losses: number[] = [];
    for (let run = 0; run < 2; run++) losses.push((await program.run({ x })).loss[0] ?? NaN);
    const { weights } = await state.read();
    return [...losses, ...weights];
  } finally {
    await program.dispose();
    state.dispose();
  }
}

/** Numbers of both signs in which neighbours differ. */
function waves(length: number, scale: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => scale * Math.sin(1.7 * i + 0.3 * Math.sqrt(i)));
}
