/** Loads tfjs-node or tfjs-node-gpu so that its backend is there for the TensorFlow.js that is bundled here. */
import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { brokenTensorflow } from './diagnose.ts';
import { TENSORFLOW_BACKEND, type TensorflowPackage } from './tensorflow-package.ts';

/**
 * The package brings a TensorFlow.js of its own. Both keep backends, kernels, gradients and tensors in one engine, which
 * the one that is loaded first makes and puts where the other finds it.
 *
 * @throws EngineError `engine-unavailable` where the package does not load or registers no backend
 */
export function loadTensorflow({ name, path }: TensorflowPackage): void {
  // Its last release asks for helpers that Node 23 removed and Node 22 warns of.
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
  // What TensorFlow tells on stderr of processors and of missing GPUs; errors are still told.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Keeps the second TensorFlow.js from warning that there is a first one.
  const production = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  try {
    createRequire(import.meta.url)(path);
  } catch (error) {
    throw brokenTensorflow([{ name, loads: false, reason: String(error).split('\n')[0] ?? '' }], error);
  } finally {
    tf.env().set('PROD', production);
  }
  if (!tf.findBackend(TENSORFLOW_BACKEND)) throw brokenTensorflow([{ name, loads: true }]);
}
