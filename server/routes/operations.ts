/** For whoever runs the server: whether it lives, whether it is ready, its figures. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from './env.ts';
import type { Metrics } from '../metrics.ts';
import type { Jobs } from '../jobs/jobs.ts';

/** Without a token: a probe has none, and the answers say nothing else. */
export function addHealthRoutes(app: OpenAPIHono<Env>, jobs: Jobs): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const ready = await jobs.ready();
    return c.json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503);
  });
}

export function addMetricsRoute(app: OpenAPIHono<Env>, metrics: Metrics): void {
  app.get('/metrics', async (c) =>
    c.text(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );
}
