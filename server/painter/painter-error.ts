export type PainterErrorCode =
  'invalid-layout' | 'invalid-source' | 'invalid-frame' | 'invalid-placement' | 'internal';

/** A request that cannot be painted, or (`internal`) a bug. The message is one line. */
export class PainterError extends Error {
  readonly code: PainterErrorCode;

  constructor(code: PainterErrorCode, message: string) {
    super(message);
    this.name = 'PainterError';
    this.code = code;
  }
}
