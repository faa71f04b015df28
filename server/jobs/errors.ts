import { PanoramaError, type ErrorKind } from '../../shared/errors.ts';

export type JobErrorCode =
  | 'not-found'
  | 'id-taken'
  | 'queue-full'
  | 'stopping'
  | 'needs-more-memory'
  /** The job's process ended twice without a finished step. */
  | 'crashed';

/** Why a job is not taken, not found, or not finished. */
export class JobError extends PanoramaError<JobErrorCode> {
  constructor(code: JobErrorCode, kind: ErrorKind, message: string, cause?: unknown) {
    super(code, kind, message, cause);
  }
}

export function notFound(id: string): JobError {
  return new JobError('not-found', 'request', `panorama ${id}: there is none of this id`);
}
