/** Errors as answers: `{ error: { code, message, details? } }` with the status of the code. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { PanoramaError, RequestError } from '../../shared/errors.ts';
import type { ErrorBody } from '../../shared/protocol.ts';

export type HttpErrorCode =
  | 'unauthorized'
  | 'wrong-host'
  | 'wrong-content-type'
  | 'body-too-large'
  | 'upload-broken'
  | 'upload-stalled'
  | 'invalid-upload'
  | 'invalid-json'
  | 'invalid-id'
  | 'not-found'
  | 'webhooks-off'
  | 'too-many-requests'
  | 'too-many-streams';

/** What is wrong with a call as such, before it comes to what it asks for. */
export class HttpError extends PanoramaError<HttpErrorCode> {
  constructor(code: HttpErrorCode, message: string, cause?: unknown) {
    super(code, 'request', message, cause);
  }
}

/** What is not here is 400 where the request is wrong, 500 where the machine fails. */
const STATUSES: Readonly<Partial<Record<string, ContentfulStatusCode>>> = {
  unauthorized: 401,
  'not-found': 404,
  'upload-stalled': 408,
  'id-taken': 409,
  'body-too-large': 413,
  'too-large': 413,
  'wrong-content-type': 415,
  'not-a-picture': 415,
  'unsupported-format': 415,
  'wrong-host': 421,
  'needs-more-memory': 422,
  'too-many-requests': 429,
  'too-many-streams': 503,
  'queue-full': 503,
  stopping: 503,
  'database-away': 503,
  'store-away': 503,
  'store-refused': 503,
  'store-full': 507,
  'disk-full': 507,
};

/** When a client may try again. */
const RETRY_AFTER_SECONDS: Readonly<Partial<Record<string, number>>> = {
  'too-many-streams': 5,
  'queue-full': 60,
  stopping: 10,
  'database-away': 5,
  'store-away': 10,
  'store-refused': 60,
};

export interface ErrorAnswer {
  readonly status: ContentfulStatusCode;
  readonly body: { readonly error: ErrorBody };
  /** Whether it means a bug, to be logged with its stack. */
  readonly bug: boolean;
}

/** No text of an unexpected error leaves the server. */
export function answerOf(thrown: unknown): ErrorAnswer {
  const error = thrown instanceof HTTPException ? known(thrown) : thrown;
  if (!(error instanceof PanoramaError)) {
    const message = "the server failed; its log says more under this answer's X-Request-Id";
    return { status: 500, body: { error: { code: 'internal', message } }, bug: true };
  }
  const { code, kind, message } = error as PanoramaError;
  const details = error instanceof RequestError ? { problems: error.problems } : undefined;
  return {
    status: STATUSES[code] ?? (kind === 'request' ? 400 : 500),
    body: { error: { code, message, ...(details && { details }) } },
    bug: false,
  };
}

/** Hono's own errors in our words. */
function known(exception: HTTPException): unknown {
  if (exception.status === 400 && /json/i.test(exception.message)) {
    return new HttpError('invalid-json', 'body: expected JSON, got a text that is none', exception);
  }
  return exception;
}

export function respond(c: Context, { status, body }: ErrorAnswer): Response {
  const seconds = RETRY_AFTER_SECONDS[body.error.code];
  if (seconds !== undefined) c.header('Retry-After', String(seconds));
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.json(body, status);
}
