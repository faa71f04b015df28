/** The event stream of a panorama, which a client resumes where it broke off. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import type { Panorama, StreamEvent } from '../../shared/protocol.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { commonErrors, idOf, idParams, notFoundError, secured } from './docs.ts';
import type { Env } from './env.ts';
import { HttpError } from './http-error.ts';

/** Each holds a connection and a little memory. */
const MAX_STREAMS = 4000;

const events = createRoute({
  method: 'get',
  path: '/v1/panoramas/{id}/events',
  summary: 'What happens to a panorama, until it has ended',
  security: secured,
  request: {
    params: idParams,
    headers: z.object({
      'last-event-id': z.string().optional().meta({ description: 'Where to go on after' }),
    }),
  },
  responses: {
    200: {
      content: { 'text/event-stream': { schema: z.string() } },
      description:
        'Events `panorama` (the whole panorama: first, and at each change, at most twice a second) and `scale` (a scale was trained); comments every 15 seconds where nothing happens',
    },
    204: { description: 'Nothing happens after `Last-Event-ID`: the panorama has ended' },
    ...notFoundError,
    ...commonErrors,
  },
});

/** Panoramas as they are sent: all who watch one are told the same object. */
const sent = new WeakMap<Panorama, string>();

function serialized(event: StreamEvent): string {
  if (event.type === 'scale') {
    const { type: _, ...scale } = event;
    return JSON.stringify(scale);
  }
  const { panorama } = event;
  const text = sent.get(panorama) ?? JSON.stringify(panorama);
  sent.set(panorama, text);
  return text;
}

export function addEventRoutes(
  app: OpenAPIHono<Env>,
  jobs: Jobs,
  onError: (error: unknown, requestId: string) => void,
): void {
  app.openAPIRegistry.registerPath(events);
  app.get(events.getRoutingPath(), async (c) => {
    const id = idOf(c);
    const after = Number(/^\d{1,9}$/.exec(c.req.header('last-event-id') ?? '')?.[0] ?? 0);
    const { sequence, ended } = await jobs.position(id, c.get('owner'));
    if (ended && after >= sequence) return c.body(null, 204);
    if (jobs.watchers >= MAX_STREAMS) {
      throw new HttpError('too-many-streams', `events: expected at most ${MAX_STREAMS} streams, got more`);
    }
    // Proxies that gather answers would hold events back.
    c.header('X-Accel-Buffering', 'no');
    // Its body would never be read, nor the stream ended.
    if (c.req.method === 'HEAD') return c.body(null, 200);
    const requestId = c.get('requestId');
    return streamSSE(c, async (stream) => {
      const left = new AbortController();
      stream.onAbort(() => left.abort());
      try {
        for await (const item of jobs.follow(id, after, left.signal)) {
          if (item === 'heartbeat') await stream.write(':\n\n');
          else {
            const data = serialized(item.event);
            await stream.writeSSE({ id: String(item.sequence), event: item.event.type, data });
          }
        }
      } catch (error) {
        // Thrown any farther, its text would be sent.
        onError(error, requestId);
      }
    });
  });
}
