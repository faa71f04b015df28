/** What ONNX Runtime and TensorFlow say when a program fails, as errors that say what to do. */
import { EngineError } from './errors.ts';
import type { Provider } from './sessions.ts';

/**
 * WebGPU hands out a broken buffer where memory is short and complains when it is bound; more than the device's limits,
 * or than 32 bits can count, it refuses at once.
 */
const MEMORY =
  /memory|alloc|more than \d+ bytes|max buffer size|max\w* (storage )?buffer binding size|binding size|narrowing_error|Invalid Buffer .*previous error/i;
/** What TensorFlow says of a device's memory, and JavaScript of its own. */
const EAGER_MEMORY = /OOM when allocating|out of memory|array buffer allocation failed/i;
const LOST = /device (is |was )?lost|DEVICE_LOST|device_removed|context lost|is lost/i;

export function runError(provider: Provider, cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (LOST.test(text)) {
    return new EngineError(
      'engine-device-lost',
      `engine ${provider}: the GPU was lost: its driver was reset or updated, or it was taken away; try again, or use --engine cpu`,
      cause,
    );
  }
  if (MEMORY.test(text)) return memoryError(provider, cause);
  return new EngineError('engine-failed', `engine ${provider}: ${text.split('\n')[0] ?? ''}`, cause);
}

export function memoryError(engine: string, cause: unknown): EngineError {
  return new EngineError(
    'engine-memory',
    `engine ${engine}: out of memory; choose a smaller maximum size or free some memory`,
    cause,
  );
}

/** Of a step that ran operation by operation: what is not the machine's is the step's own error, and stays it. */
export function eagerError(engine: string, cause: unknown): unknown {
  return EAGER_MEMORY.test(String(cause)) ? memoryError(engine, cause) : cause;
}
