/** The pictures of a panorama: its variants, their tiles, and the photo. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as z from 'zod';
import { tileAt, tileGrid, type Size } from '../../shared/geometry.ts';
import type { Format } from '../../shared/request.ts';
import type { Blobs, OpenBlob } from '../blobs/blobs.ts';
import { detectFormat, HEAD_BYTES } from '../../shared/picture-format.ts';
import { photoKey, variantKey } from '../jobs/job-files.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { KeyedLock } from '../database/keyed-lock.ts';
import { commonErrors, idParams, notFoundError, parameters, secured } from './docs.ts';
import type { Env } from './env.ts';
import { HttpError } from './http-error.ts';

const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
};

const picture = (description: string) => ({
  content: { 'image/*': { schema: z.string().meta({ format: 'binary' }) } },
  description,
});

const number = (name: string) => z.string().regex(/^\d{1,4}$/, { error: `expected ${name}` });

const variant = createRoute({
  method: 'get',
  path: '/v1/panoramas/{id}/variants/{n}',
  summary: 'A picture of exactly the size asked for; 0 is the draft',
  security: secured,
  request: {
    params: idParams.extend({ n: number('the number of a variant') }),
    query: parameters({
      tile: z
        .string()
        .regex(/^\d{1,4},\d{1,4}$/, { error: 'expected COLUMN,ROW, both from 0' })
        .optional()
        .meta({ description: 'COLUMN,ROW: one tile of at most 4096 px a side' }),
    }),
  },
  responses: { 200: picture('The picture, or its tile'), ...notFoundError, ...commonErrors },
});

const photo = createRoute({
  method: 'get',
  path: '/v1/panoramas/{id}/image',
  summary: 'The photo as it was sent',
  security: secured,
  request: { params: idParams },
  responses: { 200: picture('The photo'), ...notFoundError, ...commonErrors },
});

export function addPictureRoutes(app: OpenAPIHono<Env>, jobs: Jobs): void {
  // Large pictures are decoded one at a time.
  const tiles = new KeyedLock();
  app.openapi(variant, async (c) => {
    const { id, n } = c.req.valid('param');
    const { tile } = c.req.valid('query');
    const { variants, request } = await jobs.get(id, c.get('owner'));
    const found = variants.find((item) => item.n === Number(n));
    if (!found) throw new HttpError('not-found', `panorama ${id}: there is no variant ${n} yet`);
    const { blobs } = jobs.files;
    const key = variantKey(id, found.n);
    const type = CONTENT_TYPES[request.format];
    const place = tile === undefined ? null : tilePlace(found, tile);
    if (!place) return sendBlob(c, await openBlob(blobs, key), type);
    const { cutTile } = await import('../images/tile.ts');
    const bytes = await tiles.hold('tile', async () =>
      cutTile((await blobs.get(key)) ?? gone(), place, request.format),
    );
    return c.body(Uint8Array.from(bytes), 200, headersOf(type));
  });
  app.openapi(photo, async (c) => {
    const { id } = c.req.valid('param');
    await jobs.get(id, c.get('owner'));
    return sendPhoto(c, jobs.files.blobs, photoKey(id));
  });
}

/** Null where the tile is the whole picture. */
function tilePlace(size: Size, tile: string) {
  const [column = NaN, row = NaN] = tile.split(',').map(Number);
  const place = tileAt(size, column, row);
  const { columns, rows } = tileGrid(size);
  if (!place) {
    throw new HttpError(
      'not-found',
      `tile: expected a column under ${columns} and a row under ${rows}, got ${tile}`,
    );
  }
  return columns * rows === 1 ? null : place;
}

/** It may have been forgotten since its panorama was looked up. */
function gone(): never {
  throw new HttpError('not-found', 'picture: it was forgotten a moment ago');
}

async function openBlob(blobs: Blobs, key: string): Promise<OpenBlob> {
  return (await blobs.read(key)) ?? gone();
}

/** A photo's type is told by its first bytes. */
async function sendPhoto(c: Context, blobs: Blobs, key: string): Promise<Response> {
  const { stream, sizeBytes } = await openBlob(blobs, key);
  const [start, whole] = stream.tee();
  const head = await firstBytes(start, HEAD_BYTES);
  const { format } = detectFormat(head);
  const type = format === null ? 'application/octet-stream' : `image/${format.toLowerCase()}`;
  return sendBlob(c, { stream: whole, sizeBytes }, type);
}

async function firstBytes(stream: ReadableStream<Uint8Array>, count: number): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  for (let length = 0; length < count;) {
    const { value, done } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.byteLength;
  }
  // Resolves once the other half of the stream is canceled as well.
  void reader.cancel();
  return Buffer.concat(chunks).subarray(0, count);
}

/** Streams a blob that never changes. */
async function sendBlob(c: Context, { stream, sizeBytes }: OpenBlob, type: string): Promise<Response> {
  const headers = { ...headersOf(type), 'Content-Length': String(sizeBytes) };
  if (c.req.method !== 'HEAD') return c.body(stream, 200, headers);
  await stream.cancel();
  return c.body(null, 200, headers);
}

function headersOf(type: string): Record<string, string> {
  return { 'Content-Type': type, 'Cache-Control': 'private, max-age=31536000, immutable' };
}
