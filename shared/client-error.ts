/** What a client may be told instead of an answer. */
import { PanoramaError, type ErrorKind } from './errors.ts';
import type { ErrorBody } from './protocol.ts';

export type ClientErrorCode =
  /** No connection, or none that lasted: refused, DNS, TLS, CORS, permission, a gateway without its server. */
  | 'unreachable'
  /** Another token is expected. */
  | 'unauthorized'
  /** The protocols differ, or whoever answers is no server of ours. */
  | 'incompatible'
  /** Any other error answer; `server` holds it. */
  | 'refused';

export interface ClientErrorFacts {
  /** The answer's HTTP status, where there was an answer. */
  readonly status?: number;
  /** The answer's body, where it was one of ours. */
  readonly server?: ErrorBody;
  /** How long the server asks to be left alone. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class ClientError extends PanoramaError<ClientErrorCode> {
  readonly status?: number;
  readonly server?: ErrorBody;
  readonly retryAfterMs?: number;

  constructor(code: ClientErrorCode, message: string, facts: ClientErrorFacts = {}) {
    super(code, kindOf(code, facts.status), message, facts.cause);
    if (facts.status !== undefined) this.status = facts.status;
    if (facts.server !== undefined) this.server = facts.server;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A wrong token is the user's to correct, and so is what the server refuses without being busy or broken. */
function kindOf(code: ClientErrorCode, status = 0): ErrorKind {
  if (code === 'unauthorized') return 'request';
  if (code !== 'refused') return 'machine';
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'request' : 'machine';
}

/** Whether the same call may succeed a little later. */
export function isTransient(error: unknown): error is ClientError {
  if (!(error instanceof ClientError)) return false;
  if (error.code === 'unreachable') return true;
  return error.code === 'refused' && (error.status === 429 || error.status === 503);
}

/** A connection that did not come about or did not last; the platform's reason is kept as the cause. */
export function unreachable(url: string, cause: unknown): ClientError {
  const reason = systemCode(cause);
  const got = reason === null ? 'no connection' : `no connection (${reason})`;
  return new ClientError(
    'unreachable',
    `${url}: expected an answer, got ${got}; check the address and that the server runs`,
    { cause },
  );
}

/** A server that keeps a call waiting. */
export function silent(url: string, ms: number): ClientError {
  return new ClientError(
    'unreachable',
    `${url}: expected an answer within ${Math.max(1, Math.round(ms / 1000))} s, got none; check that the server runs`,
  );
}

/** An answer that is none of ours; `got` names it in a few words. */
export function incompatible(url: string, got: string, facts: ClientErrorFacts = {}): ClientError {
  return new ClientError(
    'incompatible',
    `${url}: expected Panorama Converter's server, got ${got}; check the address`,
    facts,
  );
}

/** The operating system's name for what went wrong, such as ECONNREFUSED; browsers do not tell. */
function systemCode(error: unknown): string | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string') return e.code;
  }
  return null;
}
