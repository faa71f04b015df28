/** Chooses and starts an engine. */
import type { EngineChoice } from '../../shared/request.ts';
import type { Engine } from '../program.ts';
import { CompiledEngine } from './compiled.ts';
import type { Provider } from './sessions.ts';
import { EagerEngine } from './eager.ts';
import { TENSORFLOW_PACKAGES } from './detect.ts';
import { probeProvider } from './probe.ts';
import { unavailable } from './unavailable.ts';

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
  for (const name of TENSORFLOW_PACKAGES) {
    try {
      await import(name);
      return new EagerEngine('tensorflow');
    } catch (error) {
      cause = error;
    }
  }
  throw unavailable('tensorflow', cause);
}
