/** The calls on panoramas: put, get, list, cancel, delete. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';
import { panoramaListSchema, panoramaSchema } from '../../shared/protocol.ts';
import { panoramaRequestSchema } from '../../shared/request.ts';
import { wholeNumberFrom } from '../../shared/schema.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Env } from './env.ts';
import {
  commonErrors,
  idOf,
  idParams,
  json,
  notFoundError,
  parameters,
  routeSchema,
  secured,
  uploadErrors,
} from './docs.ts';
import { announcedBytes, checkForm, receive } from './upload.ts';

const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

const PATH = '/v1/panoramas/{id}';

/** Throws for an address that no webhook is sent to. */
export type WebhookRule = (url: string | null) => void;

/** Described apart from its handler: the form is streamed to the disk, not parsed into memory. */
const put = createRoute({
  method: 'put',
  path: PATH,
  summary: 'Makes a panorama; the same again is answered as it stands',
  security: secured,
  request: {
    params: idParams,
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({
            image: z.string().meta({ format: 'binary', description: 'PNG, JPEG, WebP, AVIF, GIF or TIFF' }),
            request: routeSchema(panoramaRequestSchema, 'input'),
            webhook: z
              .url()
              .optional()
              .meta({ description: 'Where the end is told, signed as Standard Webhooks says' }),
          }),
        },
      },
    },
  },
  responses: {
    201: json(panoramaSchema, 'Made, on the disk and in the queue'),
    200: json(panoramaSchema, 'The same was put before'),
    ...uploadErrors,
    ...commonErrors,
  },
});

const get = createRoute({
  method: 'get',
  path: PATH,
  summary: 'A panorama as it is now',
  security: secured,
  request: { params: idParams },
  responses: { 200: json(panoramaSchema, 'The panorama'), ...notFoundError, ...commonErrors },
});

const list = createRoute({
  method: 'get',
  path: '/v1/panoramas',
  summary: 'The history, newest first',
  security: secured,
  request: {
    query: parameters({
      limit: z.coerce
        .number()
        .pipe(wholeNumberFrom(1, MAX_PAGE))
        .default(DEFAULT_PAGE)
        .meta({ description: 'How many at most' }),
      cursor: z.string().optional().meta({ description: 'The `nextCursor` of the page before' }),
    }),
  },
  responses: { 200: json(panoramaListSchema, 'A page'), ...commonErrors },
});

const cancel = createRoute({
  method: 'post',
  path: `${PATH}/cancel`,
  summary: 'Ends a panorama that has not ended; may be repeated',
  security: secured,
  request: { params: idParams },
  responses: {
    202: json(panoramaSchema, 'The panorama as it is now'),
    ...notFoundError,
    ...commonErrors,
  },
});

const remove = createRoute({
  method: 'delete',
  path: PATH,
  summary: 'Forgets a panorama and its files',
  security: secured,
  request: { params: idParams },
  responses: { 204: { description: 'Forgotten' }, ...notFoundError, ...commonErrors },
});

export function addPanoramaRoutes(app: OpenAPIHono<Env>, jobs: Jobs, webhooks: WebhookRule): void {
  app.openAPIRegistry.registerPath(put);
  app.put(put.getRoutingPath(), async (c) => {
    const id = idOf(c);
    const { headers, body, signal } = c.req.raw;
    checkForm(headers);
    const folder = await jobs.newUpload(announcedBytes(headers));
    try {
      const { upload, request, webhook } = await receive(
        { headers, body, signal },
        folder,
        jobs.files.uploadedPhoto(folder),
      );
      webhooks(webhook);
      const sender = { owner: c.get('owner'), webhook };
      const { panorama, created } = await jobs.accept(id, upload, request, sender);
      return c.json(panorama, created ? 201 : 200);
    } finally {
      // What was accepted is elsewhere by now.
      await jobs.files.discard(folder);
    }
  });
  app.openapi(get, async (c) => c.json(await jobs.get(c.req.valid('param').id, c.get('owner')), 200));
  app.openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    return c.json(await jobs.list(c.get('owner'), limit, cursor ?? null), 200);
  });
  app.openapi(cancel, async (c) => c.json(await jobs.cancel(c.req.valid('param').id, c.get('owner')), 202));
  app.openapi(remove, async (c) => {
    await jobs.remove(c.req.valid('param').id, c.get('owner'));
    return c.body(null, 204);
  });
}
