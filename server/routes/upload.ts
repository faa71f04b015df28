/** Receiving a panorama: a form of a picture and its request, streamed to the disk. */
import Busboy, { type BusboyFileStream } from '@fastify/busboy';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { PHOTO_LIMITS } from '../../shared/protocol.ts';
import { requireRequest, type PanoramaRequest } from '../../shared/request.ts';
import { writeFailure } from '../disk/errors.ts';
import { checkFileSize } from '../images/limits.ts';
import type { Upload } from '../jobs/accept.ts';
import { HttpError } from './http-error.ts';

/** Beside the picture: the request and the form's own lines. */
const FORM_BYTES = 64 * 1024;
/** How long a client may send nothing. */
const STALL_MS = 30_000;

export interface UploadRequest {
  readonly headers: Headers;
  readonly body: globalThis.ReadableStream<Uint8Array> | null;
  readonly signal: AbortSignal;
}

export interface Received {
  readonly upload: Upload;
  readonly request: PanoramaRequest;
  /** Where the end is to be told. */
  readonly webhook: string | null;
}

/** What the sender says the body measures; the largest allowed where it does not say. */
export function announcedBytes(headers: Headers): number {
  const length = headers.get('content-length');
  return length === null ? PHOTO_LIMITS.bytes : Number(length);
}

/** @throws HttpError for a form that this server does not take, told before its body is read */
export function checkForm(headers: Headers): void {
  const type = headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\b.*\bboundary=/i.test(type)) {
    const got = type === '' ? 'none' : 'another type';
    throw new HttpError(
      'wrong-content-type',
      `Content-Type: expected multipart/form-data with a boundary, got ${got}`,
    );
  }
  if (announcedBytes(headers) > PHOTO_LIMITS.bytes + FORM_BYTES) throw tooLarge();
}

/**
 * Reads the form into `folder`, the picture to `photoPath`, synced. The picture's header is read, its pixels are not.
 *
 * @throws HttpError, RequestError, ImageError, DiskError
 */
export async function receive(
  { headers, body, signal }: UploadRequest,
  folder: string,
  photoPath: string,
  stallMs = STALL_MS,
): Promise<Received> {
  const form = await readForm(headers, body, signal, photoPath, stallMs);
  const request = requireRequest(parseJson(form.request));
  const { size: sizeBytes } = await stat(photoPath);
  // Loaded when first needed: a server at rest does without the decoders.
  const { inspectPicture } = await import('../images/inspect.ts');
  const image = await inspectPicture(photoPath);
  return { upload: { folder, sizeBytes, sha256: form.sha256, image }, request, webhook: form.webhook };
}

interface Form {
  readonly request: string;
  readonly webhook: string | null;
  readonly sha256: string;
}

async function readForm(
  headers: Headers,
  body: globalThis.ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
  photoPath: string,
  stallMs: number,
): Promise<Form> {
  let request: string | undefined;
  let webhook: string | null = null;
  let photo: Promise<string> | undefined;
  let photoFailure: Error | undefined;
  let problem: HttpError | undefined;
  // A form that breaks off never ends its parts.
  const brokenOff = new AbortController();
  const contentType = headers.get('content-type') ?? '';
  const busboy = Busboy({
    headers: { 'content-type': contentType },
    limits: { files: 1, fields: 2, parts: 3, fieldSize: FORM_BYTES, fileSize: PHOTO_LIMITS.bytes + 1 },
  });
  busboy.on('field', (name, value, _, cut) => {
    if (name === 'image') {
      problem ??= new HttpError('invalid-upload', 'form: expected image as a file, got it as a text');
    } else if (name !== 'request' && name !== 'webhook') problem ??= unknownField(name);
    else if (cut) problem ??= tooLarge();
    else if (name === 'webhook') webhook = value;
    else if (request !== undefined) problem ??= tooMany();
    else request = value;
  });
  busboy.on('file', (name, stream) => {
    if (name === 'image') {
      photo = keep(stream, photoPath, brokenOff.signal);
      photo.catch((error: Error) => {
        photoFailure ??= error;
        busboy.destroy(error);
      });
      return;
    }
    if (name === 'request') {
      problem ??= new HttpError('invalid-upload', 'form: expected request as a field, got it as a file');
    } else problem ??= unknownField(name);
    stream.resume();
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
    busboy.on(limit, () => {
      problem ??= tooMany();
    });
  }

  const source = body ? Readable.fromWeb(body as ReadableStream<Uint8Array>) : Readable.from([]);
  try {
    await pipeline(source, stallGuard(stallMs), busboy, { signal });
  } catch (error) {
    // The picture's own trouble, such as a full disk, comes first.
    const failure = photoFailure ?? problem ?? broken(error);
    brokenOff.abort();
    await photo?.catch(() => undefined);
    throw failure;
  }
  if (problem) throw problem;
  if (photo === undefined) throw missing('image', 'a picture');
  const sha256 = await photo;
  if (request === undefined) throw missing('request', 'JSON');
  return { request, webhook, sha256 };
}

/** Streams a picture to the disk and syncs it. Resolves to its digest. */
async function keep(stream: BusboyFileStream, path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(stream, hashing, createWriteStream(path), { signal });
    const file = await open(path, 'r+');
    await file.sync().finally(() => file.close());
  } catch (error) {
    throw writeFailure('the photo', error);
  }
  if (stream.truncated) checkFileSize(PHOTO_LIMITS.bytes + 1);
  return hash.digest('hex');
}

/** Ends a body that stops in the middle. */
function stallGuard(stallMs: number): Transform {
  const guard = new Transform({
    transform(chunk: Buffer, _, done) {
      timer.refresh();
      done(null, chunk);
    },
    final(done) {
      clearTimeout(timer);
      done();
    },
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
  });
  const timer = setTimeout(() => {
    guard.destroy(
      new HttpError(
        'upload-stalled',
        `upload: expected its next bytes within ${stallMs / 1000} seconds, got none; send it again`,
      ),
    );
  }, stallMs);
  return guard;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpError('invalid-json', 'request: expected JSON, got a text that is none', cause);
  }
}

function broken(cause: unknown): unknown {
  if (cause instanceof HttpError) return cause;
  return new HttpError(
    'upload-broken',
    'upload: expected a whole form, got one that breaks off or is damaged; send it again',
    cause,
  );
}

function missing(name: string, what: string): HttpError {
  return new HttpError('invalid-upload', `form: expected the field ${name} with ${what}, got none`);
}

function tooMany(): HttpError {
  return new HttpError('invalid-upload', 'form: expected one image and one request, got more');
}

function unknownField(name: string): HttpError {
  const shown = name.replace(/[^\w.-]/g, '?').slice(0, 40);
  return new HttpError(
    'invalid-upload',
    `form: expected only the fields image, request and webhook, got ${shown}`,
  );
}

function tooLarge(): HttpError {
  return new HttpError(
    'body-too-large',
    `body: expected at most ${PHOTO_LIMITS.bytes / 2 ** 20} MiB, got more; send a smaller picture`,
  );
}
