/** What an engine would run on, told without loading it: a process that only answers requests stays small. */
import { availableParallelism, cpus } from 'node:os';
import type { EngineChoice } from '../../shared/request.ts';
import { diagnose, webgpuDevice } from './diagnose.ts';
import { probeProvider } from './probe.ts';
import { findTensorflow, type TensorflowPackage } from './tensorflow-package.ts';

const CUDA_DEVICE = 'an NVIDIA GPU, by CUDA';

/** `name` is what `auto` comes to, `device` the processor or the card in words. */
export type DetectedEngine =
  | { readonly name: 'cpu' | 'webgpu' | 'cuda'; readonly device: string }
  | { readonly name: 'tensorflow'; readonly device: string; readonly package: TensorflowPackage };

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
      return { name: choice, device: choice === 'cuda' ? CUDA_DEVICE : webgpuDevice(probe).name };
    }
    case 'tensorflow': {
      const found = await findTensorflow();
      return {
        name: choice,
        device: `${found.name} on ${found.gpu ? CUDA_DEVICE : processor()}`,
        package: found,
      };
    }
    default:
      return choice satisfies never;
  }
}

const cpu = (): DetectedEngine => ({ name: 'cpu', device: processor() });

/** The processor's model in words. */
export function processorModel(): string {
  return cpus()[0]?.model.replace(/\s+/g, ' ').trim() || process.arch;
}

function processor(): string {
  return `${processorModel()}, ${availableParallelism()} cores`;
}
