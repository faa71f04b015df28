/** What an engine would run on, told without loading it: a process that only answers requests stays small. */
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import type { EngineChoice } from '../../shared/request.ts';
import { diagnose, unavailable, webgpuDevice } from './diagnose.ts';
import { probeProvider } from './probe.ts';

export const TENSORFLOW_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export interface DetectedEngine {
  /** What `auto` comes to. */
  readonly name: Exclude<EngineChoice, 'auto'>;
  /** In words: the processor's or the card's. */
  readonly device: string;
}

/**
 * `auto` is WebGPU on a real GPU, else the CPU.
 *
 * @throws EngineError `engine-unavailable`, `engine-no-device` or `engine-driver`, saying what is missing and how to get it
 */
export async function detectEngine(choice: EngineChoice): Promise<DetectedEngine> {
  switch (choice) {
    case 'auto': {
      const probe = await probeProvider('webgpu');
      const device = webgpuDevice(probe);
      return probe.works && !device.software ? { name: 'webgpu', device: device.name } : cpu();
    }
    case 'cpu':
      return cpu();
    case 'webgpu':
    case 'cuda': {
      const probe = await probeProvider(choice);
      if (!probe.works) throw diagnose(choice, probe);
      return {
        name: choice,
        device: choice === 'cuda' ? 'an NVIDIA GPU, by CUDA' : webgpuDevice(probe).name,
      };
    }
    case 'tensorflow':
      return { name: choice, device: `${installedTensorflow()} on ${processor()}` };
    default:
      return choice satisfies never;
  }
}

const cpu = (): DetectedEngine => ({ name: 'cpu', device: processor() });

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
