import { PanoramaError } from '../../shared/errors.ts';

export type DiskErrorCode = 'disk-full' | 'not-writable' | 'not-readable';

/** The disk does not do what is asked of it. */
export class DiskError extends PanoramaError<DiskErrorCode> {
  constructor(code: DiskErrorCode, message: string, cause?: unknown) {
    super(code, 'machine', message, cause);
  }
}

/** The operating system's name for what went wrong, such as ENOENT. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unknown error';
}

export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** `error`, with which the system refused to read `what`, as a `DiskError`. */
export function readFailure(what: string, error: unknown): DiskError {
  const path = error instanceof Error && 'path' in error ? ` ${String(error.path)}` : '';
  return new DiskError(
    'not-readable',
    `reading ${what}: the system refused it (${systemCode(error)})${path}; see to its rights and to the disk`,
    error,
  );
}

/** `error` as a `DiskError` where the system refused to write `what`, such as "the photo"; any other as it is. */
export function writeFailure(what: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errno' in error)) return error;
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DiskError(
      'disk-full',
      `writing ${what}: the disk is full; free some space and try again`,
      error,
    );
  }
  return new DiskError('not-writable', `writing ${what}: the system refused it (${code})`, error);
}
