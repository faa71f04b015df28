import { PanoramaError } from '../../shared/errors.ts';

/** A training that cannot succeed as it was asked for. */
export class TrainingError extends PanoramaError<'training-diverged'> {}

/** A sample that is no picture, though the model's weights are numbers. */
export class SampleError extends PanoramaError<'sample-not-finite'> {}

/** Whether an engine ran out of memory: all that a step needs to know of an engine's errors. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof PanoramaError && error.code === 'engine-memory';
}
