/** Chooses and starts an engine. */
import type { EngineChoice } from '../../shared/request.ts';
import type { Engine } from '../program.ts';
import { CompiledEngine } from './compiled.ts';
import { EagerEngine } from './eager.ts';
import { detectEngine } from './detect.ts';
import { loadTensorflow } from './load-tensorflow.ts';
import { calculatesAs } from './self-check.ts';
import { TENSORFLOW_BACKEND } from './tensorflow-package.ts';

/**
 * Starts the engine of that name; `auto` takes WebGPU on a real GPU that calculates right, else the CPU's.
 *
 * @throws EngineError saying what is missing and how to get it
 */
export async function startEngine(choice: EngineChoice): Promise<Engine> {
  const detected = await detectEngine(choice);
  if (detected.name === 'tensorflow') {
    loadTensorflow(detected.package);
    return new EagerEngine(TENSORFLOW_BACKEND, detected.name);
  }
  const engine = new CompiledEngine(detected.name);
  if (choice !== 'auto' || detected.name === 'cpu') return engine;
  const processor = new CompiledEngine('cpu');
  if (await calculatesAs(engine, processor)) return engine;
  await engine.close();
  return processor;
}
