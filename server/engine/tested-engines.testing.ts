/** The compiled engines that the engines' common tests are run on: the processor's, or on the software GPU WebGPU's. */
import { CompiledEngine } from './compiled.ts';

export const ON_GPU = process.env['TESTED_PROVIDER'] === 'webgpu';

export const TESTED: Readonly<Record<string, CompiledEngine>> = ON_GPU
  ? { 'on a GPU': new CompiledEngine('webgpu') }
  : {
      'blocked channels as this machine has them': new CompiledEngine('cpu'),
      'blocked channels off': new CompiledEngine('cpu', { channelBlock: 0 }),
    };
