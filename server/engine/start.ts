/** Chooses and starts an engine. */
import type { EngineChoice } from '../../shared/request.ts';
import type { Engine } from '../program.ts';
import { CompiledEngine } from './compiled.ts';
import { EagerEngine } from './eager.ts';
import { TENSORFLOW_PACKAGES, detectEngine } from './detect.ts';
import { unavailable } from './diagnose.ts';
import { calculatesAs } from './self-check.ts';

/**
 * Starts the engine of that name; `auto` takes WebGPU on a real GPU that calculates right, else the CPU's.
 *
 * @throws EngineError saying what is missing and how to get it
 */
export async function startEngine(choice: EngineChoice): Promise<Engine> {
  const { name } = await detectEngine(choice);
  if (name === 'tensorflow') return startTensorflow();
  const engine = new CompiledEngine(name);
  if (choice !== 'auto' || name === 'cpu') return engine;
  const processor = new CompiledEngine('cpu');
  if (await calculatesAs(engine, processor)) return engine;
  await engine.close();
  return processor;
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
