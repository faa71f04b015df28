/** What the figures were measured on, in words that hold no path and no name of a host. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { processorModel, type DetectedEngine } from '../engine/detect.ts';
import type { PyTorch } from './pytorch.ts';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly engine: DetectedEngine['name'];
  /** What the engine runs on. */
  readonly device: string;
  readonly node: string;
  readonly onnxRuntime: string;
  readonly pytorch: { readonly version: string; readonly device: string } | null;
}

export function describeMachine({ name, device }: DetectedEngine, pytorch: PyTorch | null): Machine {
  const processor = processorModel();
  return {
    processor,
    cores: availableParallelism(),
    engine: name,
    device,
    node: process.versions.node,
    onnxRuntime: onnxRuntimeVersion(),
    pytorch: pytorch && { version: pytorch.version, device: pytorch.card ?? processor },
  };
}

function onnxRuntimeVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('onnxruntime-node/package.json') as { version: string }).version;
}
