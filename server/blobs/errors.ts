import { PanoramaError } from '../../shared/errors.ts';

export type BlobErrorCode =
  /** It cannot be reached, or is too slow. */
  | 'store-away'
  /** It answers, and does not let this program in. */
  | 'store-refused'
  /** It has no room left. */
  | 'store-full';

/** The store does not do what is asked of it. Its text names the place and never tells a secret. */
export class BlobError extends PanoramaError<BlobErrorCode> {
  constructor(code: BlobErrorCode, message: string, cause?: unknown) {
    super(code, 'machine', message, cause);
  }
}
