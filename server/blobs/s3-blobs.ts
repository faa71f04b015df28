/**
 * Blobs in a bucket of any store that speaks S3. The client is AWS's own: operators know its settings, and it finds
 * credentials in every way that clouds hand them out.
 */
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { writeFailure } from '../disk/errors.ts';
import { checkKey, type BlobInfo, type Blobs, type OpenBlob } from './blobs.ts';
import { BlobError } from './errors.ts';

export interface S3Place {
  readonly bucket: string;
  /** Of all keys; empty, or names with `/` between them. */
  readonly prefix: string;
  /** Of a store that is not AWS's; buckets are then paths, not hosts. */
  readonly endpoint: string | null;
  readonly region: string;
}

export interface S3Times {
  /** For one attempt to be answered. */
  readonly attemptMs: number;
  /** What may pass is tried so often in all, with growing waits between. */
  readonly attempts: number;
}

const TIMES: S3Times = { attemptMs: 60_000, attempts: 5 };
const CONNECT_MS = 5000;

export class S3Blobs implements Blobs {
  readonly place: string;
  private readonly client: S3Client;

  constructor(
    private readonly s3: S3Place,
    times: S3Times = TIMES,
  ) {
    const { bucket, prefix, endpoint, region } = s3;
    this.place = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    this.client = new S3Client({
      region,
      maxAttempts: times.attempts,
      retryMode: 'standard',
      requestHandler: {
        requestTimeout: times.attemptMs,
        throwOnRequestTimeout: true,
        connectionTimeout: CONNECT_MS,
      },
      // Other stores know no more than S3 did for long.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...(endpoint !== null && { endpoint, forcePathStyle: true }),
    });
  }

  async put(key: string, bytes: Uint8Array | string, what: string): Promise<void> {
    const object = this.object(key);
    const body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    await this.asked(`writing ${what}`, () =>
      this.client.send(new PutObjectCommand({ ...object, Body: body, ContentLength: body.byteLength })),
    );
  }

  async putFile(key: string, path: string, what: string): Promise<void> {
    // Whole in memory, 64 MiB at most: an attempt that fails begins anew.
    await this.put(key, await readFile(path), what);
    await rm(path).catch((error: unknown) => {
      throw writeFailure(what, error);
    });
  }

  async get(key: string): Promise<Uint8Array | null> {
    const object = this.object(key);
    return this.asked('reading', () =>
      orNull(async () => {
        const { Body } = await this.client.send(new GetObjectCommand(object));
        return Body ? Body.transformToByteArray() : new Uint8Array();
      }),
    );
  }

  async read(key: string): Promise<OpenBlob | null> {
    const object = this.object(key);
    return this.asked('reading', () =>
      orNull(async () => {
        const { Body, ContentLength } = await this.client.send(new GetObjectCommand(object));
        if (!Body || ContentLength === undefined) throw new Error('the answer has no body');
        return {
          stream: Body.transformToWebStream() as ReadableStream<Uint8Array>,
          sizeBytes: ContentLength,
        };
      }),
    );
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    const { Bucket, Key } = this.object(prefix);
    const above = Key.length - prefix.length;
    let token: string | undefined;
    do {
      const page = await this.asked('listing', () =>
        this.client.send(new ListObjectsV2Command({ Bucket, Prefix: `${Key}/`, ContinuationToken: token })),
      );
      for (const { Key: key, Size: sizeBytes, LastModified: modifiedAt } of page.Contents ?? []) {
        if (key !== undefined && sizeBytes !== undefined && modifiedAt) {
          yield { key: key.slice(above), sizeBytes, modifiedAt };
        }
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** A copy onto itself, which S3 allows where something about it changes. */
  async touch(key: string): Promise<void> {
    const { Bucket, Key } = this.object(key);
    const CopySource = `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`;
    const copy = { Bucket, Key, CopySource, MetadataDirective: 'REPLACE' } as const;
    await this.client.send(new CopyObjectCommand(copy)).catch(() => undefined);
  }

  async remove(key: string): Promise<void> {
    const { Bucket, Key } = this.object(key);
    const keys = [Key];
    for await (const blob of this.list(key)) keys.push(this.object(blob.key).Key);
    for (let start = 0; start < keys.length; start += 1000) {
      const Objects = keys.slice(start, start + 1000).map((name) => ({ Key: name }));
      const { Errors } = await this.asked('removing', () =>
        this.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
      );
      const [failure] = Errors ?? [];
      if (failure) {
        throw new BlobError(
          'store-refused',
          `removing: ${this.place} refused it (${failure.Code ?? 'no reason'})`,
        );
      }
    }
  }

  async check(): Promise<void> {
    // Of this process alone: others may start at the same moment.
    const key = `check-${randomUUID()}`;
    await this.put(key, 'check', 'a trial blob');
    await this.asked('reading', () => this.client.send(new HeadObjectCommand(this.object(key))));
    await this.remove(key);
  }

  /** A store keeps nothing that is half written. */
  sweep(): Promise<void> {
    return Promise.resolve();
  }

  private object(key: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.s3;
    return { Bucket: bucket, Key: prefix === '' ? checkKey(key) : `${prefix}/${checkKey(key)}` };
  }

  private async asked<T>(doing: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw this.failure(doing, error);
    }
  }

  private failure(doing: string, error: unknown): BlobError {
    const { place } = this;
    const name = error instanceof Error ? error.name : 'unknown error';
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (name === 'RequestTimeTooSkewed' || name === 'RequestExpired') {
      const message = `${doing}: ${place} refuses this machine's clock, which differs from its own; set the clock`;
      return new BlobError('store-refused', message, error);
    }
    if (name === 'NoSuchBucket' || name === 'PermanentRedirect' || status === 301) {
      const message = `${doing}: ${place}: there is no such bucket in ${this.s3.region}; make it, or correct BLOBS, AWS_REGION or S3_ENDPOINT`;
      return new BlobError('store-refused', message, error);
    }
    if (status === 401 || status === 403 || name === 'CredentialsProviderError') {
      const message = `${doing}: ${place} refuses these credentials (${name}); check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and their rights`;
      return new BlobError('store-refused', message, error);
    }
    if (status === 507 || status === 413 || /Full|Quota|TooLarge|Storage/i.test(name)) {
      const message = `${doing}: ${place} has no room left (${name}); remove something there, or lower DISK_BUDGET`;
      return new BlobError('store-full', message, error);
    }
    if (status !== undefined && status < 500 && status !== 429) {
      return new BlobError(
        'store-refused',
        `${doing}: ${place} refused it (${name}, status ${status})`,
        error,
      );
    }
    const how = status === undefined ? name : `${name}, status ${status}`;
    const message = `${doing}: ${place} does not answer as it should (${how}); check S3_ENDPOINT and the store, and try again`;
    return new BlobError('store-away', message, error);
  }
}

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof S3ServiceException && ['NoSuchKey', 'NotFound'].includes(error.name)) return null;
    throw error;
  }
}
