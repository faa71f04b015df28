/** What is told of jobs to whoever runs the server: log lines and figures. */
import type { PanoramaError } from '../../shared/errors.ts';
import type { ErrorBody, Status } from '../../shared/protocol.ts';
import type { JobReport } from '../panorama/make-panorama.ts';
import type { ProcessEnd } from './job-process.ts';

export interface JobLog {
  accepted(id: string, photoBytes: number): void;
  started(id: string, pid: number | undefined): void;
  /** A line that its process wrote to its standard error. */
  line(id: string, line: string): void;
  crashed(id: string, status: ProcessEnd): void;
  done(id: string, report: JobReport, peakBytes: number): void;
  ended(id: string, status: Status, error: ErrorBody | null): void;
  /** A webhook has arrived. */
  told(id: string, attempt: number): void;
  /** A webhook has not arrived; it is sent again in so many seconds, or no more. */
  notTold(id: string, attempt: number, error: PanoramaError, retrySeconds: number | null): void;
  evicted(what: 'panorama' | 'model', name: string): void;
  warning(message: string, cause?: unknown): void;
  /** An error that means a bug. */
  bug(id: string | null, message: string, stack?: string): void;
}
