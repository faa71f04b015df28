/** The HTTP side as one function from requests to answers. */
import { serveStatic } from '@hono/node-server/serve-static';
import { OpenAPIHono } from '@hono/zod-openapi';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import { RequestError } from '../shared/errors.ts';
import { problemsOf } from '../shared/schema.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Metrics } from './metrics.ts';
import type { Env } from './routes/env.ts';
import { addEventRoutes } from './routes/events.ts';
import { checkHost, checkToken, limitRate } from './routes/guards.ts';
import { HttpError, answerOf, respond } from './routes/http-error.ts';
import { addHealthRoutes, addMetricsRoute } from './routes/operations.ts';
import { addPanoramaRoutes, type WebhookRule } from './routes/panoramas.ts';
import { addPictureRoutes } from './routes/pictures.ts';
import { addServerRoutes } from './routes/server.ts';
import type { Tokens } from './tokens.ts';

export interface AppOptions {
  readonly jobs: Jobs;
  readonly tokens: Tokens;
  readonly version: string;
  /** What is said to an address for webhooks. */
  readonly webhooks: WebhookRule;
  /** Whether it answers clients; else it only tells how it does. */
  readonly serves: boolean;
  /** Names that the server goes by, beside its addresses. */
  readonly hosts: readonly string[];
  /** Requests of one address in ten seconds; 0 for any number. */
  readonly rateLimit: number;
  /** The built web page. */
  readonly pageFolder: string;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export function createApp(options: AppOptions): OpenAPIHono<Env> {
  const { jobs, tokens, version, webhooks, serves, hosts, rateLimit, pageFolder, metrics, log } = options;
  const app = new OpenAPIHono<Env>({
    defaultHook(result) {
      if (result.success) return;
      const problems = problemsOf(result.error, 'body');
      if (result.target === 'param') throw new HttpError('invalid-id', problems.join('; '));
      throw new RequestError(problems);
    },
  });

  app.use(requestId());
  app.use(async (c, next) => {
    const start = performance.now();
    await next();
    const ms = Math.round(performance.now() - start);
    const { method, path } = c.req;
    metrics.requestAnswered(method, c.res.status, ms / 1000);
    const level = path === '/healthz' || path === '/readyz' || path === '/metrics' ? 'debug' : 'info';
    log[level]({ request: c.get('requestId'), method, path, status: c.res.status, ms }, 'answered');
  });
  app.use(
    cors({
      // The plugin's frame has no origin that could be named; a token is always needed and cookies are never sent.
      origin: '*',
      allowMethods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
      allowHeaders: ['Authorization', 'Content-Type', 'Last-Event-ID'],
      exposeHeaders: ['Retry-After', 'X-Request-Id'],
      maxAge: 600,
    }),
  );
  app.use(
    secureHeaders({
      crossOriginResourcePolicy: 'cross-origin',
      strictTransportSecurity: false,
      referrerPolicy: 'no-referrer',
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:', 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  app.onError((error, c) => {
    const answer = answerOf(error);
    if (answer.bug) log.error({ request: c.get('requestId'), err: error }, 'failed');
    return respond(c, answer);
  });
  app.notFound((c) =>
    respond(
      c,
      answerOf(
        new HttpError('not-found', 'there is nothing at this address; /openapi.json lists what there is'),
      ),
    ),
  );

  app.use(checkHost(hosts));
  addHealthRoutes(app, jobs);
  app.use(limitRate(rateLimit));

  app.use('/metrics', checkToken(tokens));
  addMetricsRoute(app, metrics);
  if (!serves) return app;

  const described = {
    openapi: '3.1.0',
    info: { title: 'Panorama Converter', version },
  };
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', described);

  app.use('/v1/*', checkToken(tokens));
  addPanoramaRoutes(app, jobs, webhooks);
  addEventRoutes(app, jobs, (error, request) => log.error({ request, err: error }, 'an event stream failed'));
  addPictureRoutes(app, jobs);
  addServerRoutes(app, jobs, version);

  app.use(
    serveStatic({
      root: pageFolder,
      onFound: (_, c) => c.header('Cache-Control', 'no-cache'),
    }),
  );
  return app;
}
