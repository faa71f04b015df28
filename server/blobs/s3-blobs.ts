/**
 * Blobs in a bucket of any store that speaks S3. The client is AWS's own: operators know its settings, and it finds
 * credentials in every way that clouds hand them out.
 */
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  type _Object,
} from '@aws-sdk/client-s3';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { writeFailure } from '../disk/errors.ts';
import { checkKey, isKey, type BlobInfo, type Blobs, type OpenBlob } from './blobs.ts';
import { BlobError } from './errors.ts';
import { blobFailure, namedFailure, type S3Asked } from './s3-failure.ts';

export interface S3Place {
  readonly bucket: string;
  /** Of all keys; empty, or names with `/` between them. */
  readonly prefix: string;
  /** Of a store that is not AWS's; buckets are then paths, not hosts. */
  readonly endpoint: string | null;
  readonly region: string;
}

export interface S3Times {
  /** For one attempt to be answered, and for a body that is read whole. */
  readonly attemptMs: number;
  /** What may pass is tried so often in all, with growing waits between. */
  readonly attempts: number;
}

const TIMES: S3Times = { attemptMs: 60_000, attempts: 5 };
const CONNECT_MS = 5000;
/** Most that S3 deletes at once. */
const DELETED_AT_ONCE = 1000;

export class S3Blobs implements Blobs {
  readonly place: string;
  private readonly client: S3Client;

  constructor(
    private readonly s3: S3Place,
    private readonly times: S3Times = TIMES,
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
    const asDiskError = (error: unknown): never => {
      throw writeFailure(what, error);
    };
    // Whole in memory, 64 MiB at most: an attempt that fails begins anew.
    await this.put(key, await readFile(path).catch(asDiskError), what);
    await rm(path).catch(asDiskError);
  }

  async get(key: string): Promise<Uint8Array | null> {
    const command = new GetObjectCommand(this.object(key));
    let bytes: Uint8Array = new Uint8Array();
    // Within an attempt, so that one whose body stops or is cut is made again.
    command.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        const { Body } = answer.output as GetObjectCommandOutput;
        if (Body) bytes = await wholeBody(Body as Readable, this.times.attemptMs);
        return answer;
      },
      { step: 'deserialize', priority: 'high', name: 'wholeBody' },
    );
    return this.asked('reading', () =>
      orNull(async () => {
        await this.client.send(command);
        return bytes;
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
    const above = this.object(prefix).Key.length - prefix.length;
    for await (const { Key = '', Size: sizeBytes, LastModified: modifiedAt } of this.objectsUnder(prefix)) {
      const key = Key.slice(above);
      // Some tools make empty ones that end in a slash and stand for folders.
      if (isKey(key) && sizeBytes !== undefined && modifiedAt) yield { key, sizeBytes, modifiedAt };
    }
  }

  private async *objectsUnder(prefix: string): AsyncIterable<_Object> {
    const { Bucket, Key } = this.object(prefix);
    let token: string | undefined;
    do {
      const page = await this.asked('listing', () =>
        this.client.send(new ListObjectsV2Command({ Bucket, Prefix: `${Key}/`, ContinuationToken: token })),
      );
      yield* page.Contents ?? [];
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
    const objects = [{ Key }];
    for await (const { Key: found } of this.objectsUnder(key)) if (found) objects.push({ Key: found });
    for (let start = 0; start < objects.length; start += DELETED_AT_ONCE) {
      const Objects = objects.slice(start, start + DELETED_AT_ONCE);
      const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
      addContentMd5(command);
      const { Errors } = await this.asked('removing', () => this.client.send(command));
      const failure = Errors?.find(({ Code }) => Code !== 'NoSuchKey');
      if (failure) throw namedFailure(this.asking('removing'), failure.Code ?? 'no reason given');
    }
  }

  async check(): Promise<void> {
    // Of this process alone: others may start at the same moment.
    const key = `check-${randomUUID()}`;
    await this.put(key, key, 'a trial blob');
    const bytes = await this.get(key);
    if (new TextDecoder().decode(bytes ?? undefined) !== key) {
      const message = `reading a trial blob: ${this.place} does not give back what was written; check S3_ENDPOINT`;
      throw new BlobError('store-refused', message);
    }
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
      throw blobFailure(this.asking(doing), error);
    }
  }

  private asking(doing: string): S3Asked {
    return { doing, place: this.place, region: this.s3.region };
  }
}

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return null;
    throw error;
  }
}

/** All of an answer's body, within a time; the client's own limit ends with the answer's head. */
async function wholeBody(body: Readable, timeoutMs: number): Promise<Uint8Array> {
  const timer = setTimeout(() => {
    body.destroy(Object.assign(new Error(`no whole body within ${timeoutMs} ms`), { name: 'TimeoutError' }));
  }, timeoutMs);
  try {
    return await buffer(body);
  } finally {
    clearTimeout(timer);
  }
}

/** Stores that are older than CRC32 in S3 ask for this when several are deleted. */
function addContentMd5(command: DeleteObjectsCommand): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string; headers: Record<string, string> };
      request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
      return next(args);
    },
    { step: 'build', name: 'contentMd5' },
  );
}
