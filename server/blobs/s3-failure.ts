/** What an S3 store's errors mean, and what to do about them. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { systemCode } from '../disk/errors.ts';
import { BlobError } from './errors.ts';

const CLOCK = ['RequestTimeTooSkewed', 'RequestExpired'];
const BUCKET = [
  'NoSuchBucket',
  'InvalidBucketName',
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
];
const CREDENTIALS = ['CredentialsProviderError', 'AccessDenied', 'ExpiredToken', 'InvalidToken'];
const BUSY = ['SlowDown', 'InternalError', 'ServiceUnavailable', 'RequestTimeout'];
/** Stores have many names for it. */
const FULL = /Full|Quota|TooLarge|Storage/i;

export interface S3Asked {
  /** What was being done, as in "reading". */
  readonly doing: string;
  readonly place: string;
  readonly region: string;
}

/** What the client throws. */
export function blobFailure(asked: S3Asked, error: unknown): BlobError {
  if (error instanceof BlobError) return error;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return namedFailure(asked, nameOf(error), status, error);
}

/** What a store answered by name, with or without a status of HTTP of its own. */
export function namedFailure(
  { doing, place, region }: S3Asked,
  name: string,
  status?: number,
  cause?: unknown,
): BlobError {
  const how = status === undefined ? name : `${name}, status ${status}`;
  if (CLOCK.includes(name)) {
    const message = `${doing}: ${place} refuses this machine's clock, which differs from its own; set the clock`;
    return new BlobError('store-refused', message, cause);
  }
  if (BUCKET.includes(name) || status === 301) {
    const message = `${doing}: ${place}: there is no such bucket in ${region}; make it, or correct BLOBS, AWS_REGION or S3_ENDPOINT`;
    return new BlobError('store-refused', message, cause);
  }
  // Before the status: some stores say 403 for a quota.
  if (status === 507 || status === 413 || FULL.test(name)) {
    const message = `${doing}: ${place} has no room left (${name}); remove something there, or lower DISK_BUDGET`;
    return new BlobError('store-full', message, cause);
  }
  if (status === 401 || status === 403 || CREDENTIALS.includes(name)) {
    const message = `${doing}: ${place} refuses these credentials (${name}); check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and their rights`;
    return new BlobError('store-refused', message, cause);
  }
  if (status !== undefined && status < 500 && status !== 429 && !BUSY.includes(name)) {
    return new BlobError(
      'store-refused',
      `${doing}: ${place} refused it (${how}); check S3_ENDPOINT and what the store says of it`,
      cause,
    );
  }
  const message = `${doing}: ${place} does not answer as it should (${how}); check S3_ENDPOINT and the store, and try again`;
  return new BlobError('store-away', message, cause);
}

/** The system's errors are all called Error: their code says more. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const plain = ['Error', 'AggregateError'].includes(error.name);
  return plain && 'code' in error ? systemCode(error) : error.name;
}
