/** What ONNX Runtime says when a program fails, as errors that say what to do. */
import { EngineError } from './errors.ts';
import type { Provider } from './sessions.ts';

/**
 * WebGPU hands out a broken buffer where memory is short and complains when it is bound; more than the device's limits,
 * or than 32 bits can count, it refuses at once.
 */
const MEMORY =
  /memory|alloc|more than \d+ bytes|max buffer size|max\w* (storage )?buffer binding size|binding size|narrowing_error|Invalid Buffer .*previous error/i;
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
  if (MEMORY.test(text)) {
    return new EngineError(
      'engine-memory',
      `engine ${provider}: out of memory; choose a smaller maximum size or free some memory`,
      cause,
    );
  }
  return new EngineError('engine-failed', `engine ${provider}: ${text.split('\n')[0] ?? ''}`, cause);
}
