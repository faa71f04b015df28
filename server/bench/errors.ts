import { PanoramaError } from '../../shared/errors.ts';

/** A program that a benchmark runs beside itself ended without an answer. */
export class BenchmarkError extends PanoramaError<'program-failed'> {
  constructor(message: string, cause?: unknown) {
    super('program-failed', 'machine', message, cause);
  }
}
