import { PanoramaError, type ErrorKind } from '../../shared/errors.ts';

/** What is wrong with each, and whether the same webhook may arrive later. */
const FAILURES = {
  /** No address of HTTP or HTTPS, or one with a name or password. */
  'webhook-url': { kind: 'request', retry: false },
  'webhook-secret': { kind: 'request', retry: false },
  /** The address, or every address of the name, is not one of the public internet. */
  'webhook-private': { kind: 'request', retry: false },
  'webhook-redirected': { kind: 'request', retry: false },
  /** A status that is neither success nor redirect. */
  'webhook-refused': { kind: 'machine', retry: true },
  /** No such name, no connection, no certificate to trust. */
  'webhook-away': { kind: 'machine', retry: true },
  'webhook-slow': { kind: 'machine', retry: true },
} as const satisfies Record<string, { kind: ErrorKind; retry: boolean }>;

export type WebhookErrorCode = keyof typeof FAILURES;

/** The receiver's answer, where there was one. */
interface Answer {
  readonly status: number;
  /** Of its `Retry-After`; null without one. */
  readonly retryAfterSeconds: number | null;
}

const GONE = 410;

/** Why a webhook was not delivered. Its text names the receiver by scheme, name and port: paths may hold secrets. */
export class WebhookError extends PanoramaError<WebhookErrorCode> {
  /** Whether trying again may help. */
  readonly retry: boolean;
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** What the receiver asks for, in seconds; null where it asks for nothing. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: WebhookErrorCode,
    message: string,
    { cause, answer }: { cause?: unknown; answer?: Answer } = {},
  ) {
    super(code, FAILURES[code].kind, message, cause);
    this.retry = FAILURES[code].retry && answer?.status !== GONE;
    this.status = answer?.status ?? null;
    this.retryAfterSeconds = answer?.retryAfterSeconds ?? null;
  }
}
