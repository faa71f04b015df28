/** Errors in the user's words: what happened, and what to do about it. */
import { ClientError } from '../../../shared/client.ts';
import type { ErrorBody } from '../../../shared/protocol.ts';
import type { Text } from './text.ts';

type KnownCode = keyof Text['errors']['what'];
type NextStep = keyof Text['errors']['nextSteps'];

const NEXT_STEPS: Readonly<Record<KnownCode, NextStep>> = {
  unreachable: 'reconnect',
  unauthorized: 'token',
  incompatible: 'update',
  'not-found': 'startNew',
  'id-taken': 'retry',
  'body-too-large': 'smallerPhoto',
  'too-large': 'smallerPhoto',
  'too-small': 'otherPhoto',
  'too-narrow': 'otherPhoto',
  empty: 'otherPhoto',
  damaged: 'otherPhoto',
  'not-a-picture': 'otherPhoto',
  'unsupported-format': 'otherPhoto',
  'needs-more-memory': 'lessMemory',
  'out-of-memory': 'lessMemory',
  'engine-memory': 'lessMemory',
  'engine-unavailable': 'engine',
  'engine-no-device': 'engine',
  'engine-driver': 'engine',
  'engine-device-lost': 'engine',
  'engine-failed': 'engine',
  'training-diverged': 'otherSeed',
  'sample-not-finite': 'otherSeed',
  crashed: 'lessMemory',
  'too-many-requests': 'wait',
  'queue-full': 'wait',
  'too-many-streams': 'wait',
  stopping: 'wait',
  'disk-full': 'disk',
  'not-writable': 'folder',
  database: 'retry',
  'upload-broken': 'retry',
  'upload-stalled': 'retry',
  'invalid-request': 'settings',
  internal: 'retry',
};

export interface ToldError {
  readonly what: string;
  readonly next: string;
  /** The server's own line with its figures; null where it says nothing more. */
  readonly detail: string | null;
}

function isKnown(code: string): code is KnownCode {
  return Object.hasOwn(NEXT_STEPS, code);
}

/** The server's error in the user's words; an unknown code is told in the server's. */
export function tellServerError({ code, message }: ErrorBody, { errors }: Text): ToldError {
  if (!isKnown(code)) return { what: message, next: errors.nextSteps.retry, detail: null };
  return { what: errors.what[code], next: errors.nextSteps[NEXT_STEPS[code]], detail: message };
}

/** Any error of a call in the user's words. */
export function tellError(error: unknown, text: Text): ToldError {
  if (error instanceof ClientError && error.code === 'refused' && error.server) {
    return tellServerError(error.server, text);
  }
  const code = error instanceof ClientError && error.code !== 'refused' ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  return tellServerError({ code, message }, text);
}
