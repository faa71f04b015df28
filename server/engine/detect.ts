/** What an engine would run on, told without loading it: a process that only answers requests stays small. */
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import type { EngineChoice } from '../../shared/request.ts';
import { probeProvider } from './probe.ts';
import { unavailable } from './unavailable.ts';

export const TENSORFLOW_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export interface DetectedEngine {
  /** What `auto` comes to. */
  readonly name: Exclude<EngineChoice, 'auto'>;
  /** In words: the processor's or the card's. */
  readonly device: string;
}

/** @throws EngineError `engine-unavailable`, saying what is missing and how to get it */
export async function detectEngine(choice: EngineChoice): Promise<DetectedEngine> {
  switch (choice) {
    case 'auto':
    case 'cpu':
      return { name: 'cpu', device: processor() };
    case 'webgpu':
    case 'cuda':
      await probeProvider(choice).catch((cause: unknown) => {
        throw unavailable(choice, cause);
      });
      return { name: choice, device: choice === 'cuda' ? 'an NVIDIA GPU, by CUDA' : 'a GPU, by WebGPU' };
    case 'tensorflow':
      return { name: choice, device: `${installedTensorflow()} on ${processor()}` };
    default:
      return choice satisfies never;
  }
}

function processor(): string {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() || process.arch;
  return `${model}, ${availableParallelism()} cores`;
}

function installedTensorflow(): string {
  const require = createRequire(import.meta.url);
  let cause: unknown;
  for (const name of TENSORFLOW_PACKAGES) {
    try {
      require.resolve(name);
      return name;
    } catch (error) {
      cause = error;
    }
  }
  throw unavailable('tensorflow', cause);
}
