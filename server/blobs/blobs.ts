/** Where bytes are kept under keys: photos, pictures, models. A folder, or any store that speaks S3. */

export interface BlobInfo {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

export interface OpenBlob {
  readonly stream: ReadableStream<Uint8Array>;
  readonly sizeBytes: number;
}

/**
 * Keys are names of letters, digits, `.`, `_` and `-` with `/` between them; none ends in `.tmp` or lies in `.trash`.
 * Calls reject with a `BlobError` where a store does not do what is asked of it, with a `DiskError` where a folder must
 * not be written or is full, and with the system's error where it cannot be read.
 */
export interface Blobs {
  /** What `openBlobs` opens it by: a path, or `s3://bucket/prefix`. No secret is in it. */
  readonly place: string;
  /** There whole or not at all, and to stay, when it resolves. `what` names the blob in an error's text. */
  put(key: string, bytes: Uint8Array | string, what: string): Promise<void>;
  /** The same of a file, synced already, which is taken: it is gone from its path afterwards. */
  putFile(key: string, path: string, what: string): Promise<void>;
  /** Null where there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** The same as a stream, which has to be read or canceled. */
  read(key: string): Promise<OpenBlob | null>;
  /** All under `prefix/`, in no order; what is being written, and what has no key's name, is left out. */
  list(prefix: string): AsyncIterable<BlobInfo>;
  /** Makes `modifiedAt` now; one that is missing or must not be written stays as it is. */
  touch(key: string): Promise<void>;
  /** Removes a blob, or all under `key/`: gone under its name when it resolves. It is no error that there is none. */
  remove(key: string): Promise<void>;
  /** Resolves where it can be reached and written to. */
  check(): Promise<void>;
  /** Removes what was left by processes that ended while they wrote or removed. */
  sweep(): Promise<void>;
}

const KEY = /^(?!\.trash(?:\/|$))(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*(?<!\.tmp)$/;

export const isKey = (text: string): boolean => KEY.test(text);

/** The key itself. A wrong one is a bug of the caller. */
export function checkKey(key: string): string {
  if (!isKey(key)) throw new Error(`internal: blobs: expected a key, got ${JSON.stringify(key)}`);
  return key;
}
