import { isKey, type Blobs } from './blobs.ts';
import { BlobError } from './errors.ts';
import { FolderBlobs } from './folder-blobs.ts';

const PLACE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/((?:[\w.-]+\/)*[\w.-]+))?\/?$/;

/** Whether `openBlobs` knows what to do with it; a path has to be absolute. */
export function isBucket(place: string): boolean {
  const [, bucket, prefix = ''] = PLACE.exec(place) ?? [];
  return bucket !== undefined && (prefix === '' || isKey(prefix));
}

/**
 * Opens what a place names: `s3://bucket/prefix`, or an absolute path. The store's address is `S3_ENDPOINT` where it is
 * not AWS's, its region `AWS_REGION`; credentials are found as AWS's tools find them.
 *
 * @throws BlobError `store-refused` for a wrong `s3://` place
 */
export async function openBlobs(
  place: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Blobs> {
  if (!place.startsWith('s3:')) return new FolderBlobs(place);
  const [, bucket = '', prefix = ''] = PLACE.exec(place) ?? [];
  if (!isBucket(place)) {
    throw new BlobError(
      'store-refused',
      'BLOBS: expected s3://bucket or s3://bucket/prefix, got something else',
    );
  }
  // It says in several lines at every start that its versions of 2027 want a newer Node.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  // Loaded where it is needed: most servers do without.
  const { S3Blobs } = await import('./s3-blobs.ts');
  return new S3Blobs({
    bucket,
    prefix,
    endpoint: env['S3_ENDPOINT'] || null,
    region: env['AWS_REGION'] || 'us-east-1',
  });
}
