/** Finds out how ONNX Runtime's CPU convolutions block channels on this machine. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Graph } from './graph.ts';
import { writeOnnxModel } from './onnx.ts';
import { NCHWC_DOMAIN } from './trace/traced.ts';

const CHANNELS = 64;
let found: Promise<number> | undefined;

/**
 * Channels in a block of the NCHWc kernels (8 with AVX2, 16 with AVX-512), 0 where there are none. They run three
 * times as fast as the plain ones, but ONNX Runtime itself chooses them only for constant filters.
 */
export function channelBlock(): Promise<number> {
  found ??= probe().catch(() => 0);
  return found;
}

/** Reorders two pixels of 64 channels: pixel 1 of channel 0 then follows the first block of pixel 0. */
async function probe(): Promise<number> {
  const graph = new Graph();
  const shape = [1, CHANNELS, 1, 2];
  const x = graph.input('x', shape);
  graph.output('y', graph.add('ReorderInput', [x], shape, {}, { domain: NCHWC_DOMAIN }));
  const session = await InferenceSession.create(writeOnnxModel(graph), { logSeverityLevel: 4 });
  const numbers = Float32Array.from({ length: 2 * CHANNELS }, (_, index) => index);
  const { y } = await session.run({ x: new Tensor('float32', numbers, shape) });
  await session.release();
  const block = y ? (y.data as Float32Array).indexOf(1) : 0;
  return block > 0 && CHANNELS % block === 0 ? block : 0;
}
