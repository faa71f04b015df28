/** ONNX Runtime's sessions: what they are opened with, and the one place where it is told to be quiet. */
import { InferenceSession, env } from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import { runError } from './failures.ts';

export type Provider = 'cpu' | 'webgpu' | 'cuda';
/** Where an output is wanted: in JavaScript, or left on the GPU. */
export type Location = 'cpu' | 'gpu-buffer';

// What goes wrong is thrown, in one line.
env.logLevel = 'fatal';

/**
 * @param locations where each output is wanted, by its name; all on the host where there is none
 * @param threads of the processor; as many as it runs at once where there is none
 * @throws EngineError
 */
export async function openSession(
  provider: Provider,
  model: Uint8Array,
  locations?: Readonly<Record<string, Location>>,
  threads = availableParallelism(),
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
      ...(locations && { preferredOutputLocation: locations }),
      // A scale's programs take turns: one that is done must not keep the cores from the next.
      extra: { session: { force_spinning_stop: '1' } },
    });
  } catch (cause) {
    throw runError(provider, cause);
  }
}
