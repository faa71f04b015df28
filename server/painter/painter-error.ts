import { PanoramaError } from '../../shared/errors.ts';

export type PainterErrorCode =
  'invalid-layout' | 'invalid-source' | 'invalid-frame' | 'invalid-placement' | 'out-of-memory' | 'internal';

/** A request that cannot be painted, memory that the system refused, or (`internal`) a bug. */
export class PainterError extends PanoramaError<PainterErrorCode> {
  constructor(code: PainterErrorCode, message: string, cause?: unknown) {
    super(code, code === 'out-of-memory' || code === 'internal' ? 'machine' : 'request', message, cause);
  }
}
