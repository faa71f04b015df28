import { PanoramaError } from '../../shared/errors.ts';

export type EngineErrorCode = 'engine-unavailable' | 'engine-memory' | 'engine-failed';

/** An engine that cannot start, or failed while it ran a step. */
export class EngineError extends PanoramaError<EngineErrorCode> {
  constructor(code: EngineErrorCode, message: string, cause?: unknown) {
    super(code, code === 'engine-unavailable' ? 'request' : 'machine', message, cause);
  }
}
