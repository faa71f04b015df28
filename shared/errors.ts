/**
 * Errors whose text is meant for the user. Everything else that is thrown is a bug and reads "internal: …".
 *
 * Each module has a small subclass with its own union of codes:
 * `class ModelError extends PanoramaError<'damaged' | 'foreign'> {}`.
 */

/** Whose turn it is: the user's (another request may succeed) or the machine's (the request was right). */
export const ERROR_KINDS = ['request', 'machine'] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

export abstract class PanoramaError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly kind: ErrorKind;

  /**
   * `message` is one line: the operation, what was expected, what came. `cause` is kept for whoever debugs and
   * never shown.
   */
  constructor(code: Code, kind: ErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.kind = kind;
  }
}

/** The request breaks the schema or contradicts itself; `problems` has one plain line each. */
export class RequestError extends PanoramaError<'invalid-request'> {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('invalid-request', 'request', problems.join('; '));
    this.problems = problems;
  }
}
