/** The pictures of a panorama: its variants, their tiles, and the photo. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { tileAt, tileGrid, type Size } from '../../shared/geometry.ts';
import type { Format } from '../../shared/request.ts';

import { systemCode } from '../disk/errors.ts';
import { detectFormat, HEAD_BYTES } from '../../shared/picture-format.ts';
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
    const { variants, request } = await jobs.get(id);
    const found = variants.find((item) => item.n === Number(n));
    if (!found) throw new HttpError('not-found', `panorama ${id}: there is no variant ${n} yet`);
    const path = jobs.files.variant(id, found.n);
    const type = CONTENT_TYPES[request.format];
    const place = tile === undefined ? null : tilePlace(found, tile);
    if (!place) return sendFile(c, path, type);
    const { cutTile } = await import('../images/tile.ts');
    await (await openPicture(path)).close();
    const bytes = await tiles.hold('tile', () => cutTile(path, place, request.format));
    return c.body(Uint8Array.from(bytes), 200, headersOf(type));
  });
  app.openapi(photo, async (c) => {
    const { id } = c.req.valid('param');
    await jobs.get(id);
    const path = jobs.files.photo(id);
    return sendFile(c, path, await photoType(path));
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
async function openPicture(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new HttpError('not-found', 'picture: it was forgotten a moment ago', error);
  }
}

async function photoType(path: string): Promise<string> {
  const file = await openPicture(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const { format } = detectFormat(buffer.subarray(0, bytesRead));
    return format === null ? 'application/octet-stream' : `image/${format.toLowerCase()}`;
  } finally {
    await file.close();
  }
}

/** Streams a file that never changes. */
async function sendFile(c: Context, path: string, type: string): Promise<Response> {
  const file = await openPicture(path);
  const { size } = await file.stat();
  const headers = { ...headersOf(type), 'Content-Length': String(size) };
  if (c.req.method === 'HEAD') {
    await file.close();
    return c.body(null, 200, headers);
  }
  return c.body(Readable.toWeb(file.createReadStream()) as ReadableStream, 200, headers);
}

function headersOf(type: string): Record<string, string> {
  return { 'Content-Type': type, 'Cache-Control': 'private, max-age=31536000, immutable' };
}
