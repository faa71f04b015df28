import { PanoramaError, type ErrorKind } from '../../shared/errors.ts';

/** The command line contradicts itself or names what does not exist. */
export class UsageError extends PanoramaError<'invalid-options'> {
  constructor(message: string) {
    super('invalid-options', 'request', message);
  }
}

/** A job on a server that was refused, failed or got lost; the code is the server's where it told one. */
export class RemoteError extends PanoramaError {}

export type FileErrorCode =
  'missing' | 'not-a-file' | 'unreadable' | 'not-writable' | 'same-file' | 'disk-full';

/** A file or folder that the command needs and cannot use. */
export class FileError extends PanoramaError<FileErrorCode> {
  constructor(code: FileErrorCode, message: string, options: { kind?: ErrorKind; cause?: unknown } = {}) {
    super(code, options.kind ?? 'request', message, options.cause);
  }
}
