/** Chooses and starts an engine. */
import type { EngineChoice } from '../../shared/request.ts';
import type { Engine } from '../program.ts';
import { CompiledEngine } from './compiled.ts';
import type { Provider } from './compiled.ts';
import { EagerEngine } from './eager.ts';
import { EngineError } from './errors.ts';
import { probeProvider } from './probe.ts';

const REMEDIES: Record<Exclude<EngineChoice, 'auto'>, string> = {
  cpu: 'reinstall the packages with npm ci',
  webgpu: 'it needs a GPU with a Vulkan, Metal or Direct3D 12 driver; --engine cpu works everywhere',
  cuda: "it needs an NVIDIA GPU, CUDA 12 and ONNX Runtime's CUDA files: npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12; --engine cpu works everywhere",
  tensorflow:
    'install @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node beside it; --engine cpu works everywhere',
};

/**
 * Starts the engine of that name; `auto` takes the CPU's.
 *
 * @throws EngineError `engine-unavailable`, saying what is missing and how to get it
 */
export async function startEngine(choice: EngineChoice): Promise<Engine> {
  switch (choice) {
    case 'auto':
    case 'cpu':
      return startCompiled('cpu');
    case 'webgpu':
    case 'cuda':
      return startCompiled(choice);
    case 'tensorflow':
      return startTensorflow();
    default:
      return choice satisfies never;
  }
}

async function startCompiled(provider: Provider): Promise<Engine> {
  try {
    // The CPU's comes with the library and always starts.
    if (provider !== 'cpu') await probeProvider(provider);
  } catch (cause) {
    throw unavailable(provider, cause);
  }
  return new CompiledEngine(provider);
}

async function startTensorflow(): Promise<Engine> {
  // The last release asks for a helper that Node 23 removed.
  const util: Record<string, unknown> = await import('node:util').then((module) => module.default as never);
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  let cause: unknown;
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      await import(name);
      return new EagerEngine('tensorflow');
    } catch (error) {
      cause = error;
    }
  }
  throw unavailable('tensorflow', cause);
}

function unavailable(engine: Exclude<EngineChoice, 'auto'>, cause: unknown): EngineError {
  return new EngineError('engine-unavailable', `engine ${engine} cannot start: ${REMEDIES[engine]}`, cause);
}
