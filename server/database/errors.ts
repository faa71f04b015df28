import { PanoramaError } from '../../shared/errors.ts';

export type DatabaseErrorCode =
  /** It cannot be made or opened, or not by this program. */
  | 'database'
  /** It does not answer, and did not for as long as was waited. */
  | 'database-away';

/** Its text names the database by host, port and name and never tells a password. */
export class DatabaseError extends PanoramaError<DatabaseErrorCode> {
  constructor(code: DatabaseErrorCode, message: string, cause?: unknown) {
    super(code, 'machine', message, cause);
  }
}

/** Whether a database did not answer for as long as was waited. What was asked of it may be done or not. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === 'database-away';
}
