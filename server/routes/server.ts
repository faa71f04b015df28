/** What is asked before anything is sent: the server itself, and what a job would take. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import {
  PHOTO_LIMITS,
  PROTOCOL_VERSION,
  estimateQuestionSchema,
  estimateSchema,
  serverInfoSchema,
} from '../../shared/protocol.ts';
import { FRAME_SIDE, MAX_VARIANTS } from '../../shared/request.ts';
import type { WorkerFacts } from '../jobs/fleet.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { commonErrors, json, routeSchema, secured } from './docs.ts';
import type { Env } from './env.ts';
import { HttpError } from './http-error.ts';

const NOBODY = { engine: 'auto', device: 'no worker yet', memoryBytes: 0 } as const;

/** The worker that may take the largest jobs stands for all. */
function strongest(workers: readonly WorkerFacts[]): Pick<WorkerFacts, 'engine' | 'device' | 'memoryBytes'> {
  return workers.toSorted((a, b) => b.memoryBytes - a.memoryBytes)[0] ?? NOBODY;
}

const MAX_QUESTION_BYTES = 64 * 1024;

const info = createRoute({
  method: 'get',
  path: '/v1/server',
  summary: 'Version, engine, device, queue and limits',
  security: secured,
  responses: { 200: json(serverInfoSchema, 'The server'), ...commonErrors },
});

const estimates = createRoute({
  method: 'post',
  path: '/v1/estimates',
  summary: 'What a job would take, before anything is sent',
  security: secured,
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: routeSchema(estimateQuestionSchema, 'input') } },
    },
  },
  responses: { 200: json(estimateSchema, 'The estimate'), ...commonErrors },
});

export function addServerRoutes(app: OpenAPIHono<Env>, jobs: Jobs, version: string): void {
  app.openapi(info, async (c) => {
    const { queued, running } = await jobs.counts();
    const { engine, device, memoryBytes } = strongest(jobs.workers);
    return c.json(
      {
        version,
        protocol: PROTOCOL_VERSION,
        engine,
        device,
        queued,
        running,
        limits: {
          jobs: jobs.workers.reduce((sum, worker) => sum + worker.jobs, 0),
          memoryBytes,
          photoBytes: PHOTO_LIMITS.bytes,
          photoPixels: PHOTO_LIMITS.pixels,
          frameSide: { ...FRAME_SIDE },
          variants: MAX_VARIANTS,
        },
      },
      200,
    );
  });

  app.use(estimates.getRoutingPath(), async (c, next) => {
    const type = c.req.header('content-type') ?? '';
    if (c.req.method === 'POST' && !/^application\/json\b/i.test(type)) {
      throw new HttpError(
        'wrong-content-type',
        'Content-Type: expected application/json, got another or none',
      );
    }
    await next();
  });
  app.use(
    estimates.getRoutingPath(),
    bodyLimit({
      maxSize: MAX_QUESTION_BYTES,
      onError: () => {
        throw new HttpError('body-too-large', `body: expected at most ${MAX_QUESTION_BYTES} bytes, got more`);
      },
    }),
  );
  app.openapi(estimates, async (c) => {
    const { image, request } = c.req.valid('json');
    return c.json(await jobs.estimate(image, request), 200);
  });
}
