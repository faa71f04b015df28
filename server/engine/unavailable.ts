import type { EngineChoice } from '../../shared/request.ts';
import { EngineError } from './errors.ts';

const REMEDIES: Record<Exclude<EngineChoice, 'auto'>, string> = {
  cpu: 'reinstall the packages with npm ci',
  webgpu: 'it needs a GPU with a Vulkan, Metal or Direct3D 12 driver; --engine cpu works everywhere',
  cuda: "it needs an NVIDIA GPU, CUDA 12 and ONNX Runtime's CUDA files: npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12; --engine cpu works everywhere",
  tensorflow:
    'install @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node beside it; --engine cpu works everywhere',
};

/** The error of an engine that cannot start, with how to get it. */
export function unavailable(engine: Exclude<EngineChoice, 'auto'>, cause: unknown): EngineError {
  return new EngineError('engine-unavailable', `engine ${engine} cannot start: ${REMEDIES[engine]}`, cause);
}
