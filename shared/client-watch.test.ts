import { afterEach, describe, expect, it } from 'vitest';
import type { ServerResponse } from 'node:http';
import { ClientError, PanoramaClient } from './client.ts';
import {
  ENDED,
  ID,
  TOKEN,
  answerError,
  answerJson,
  at,
  beginStream,
  changed,
  panorama,
  scale,
  sse,
  startServer,
  type Received,
  type TestServer,
} from './client-server.testing.ts';
import { Backoff, DEFAULT_TIMING, type ClientTiming } from './client-wait.ts';
import type { StreamEvent } from './protocol.ts';

const QUICK: Partial<ClientTiming> = {
  backoffMs: 10,
  longestBackoffMs: 40,
  answerMs: 2000,
  firstEventMs: 1000,
  pollMs: 20,
};

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A watch of a server that answers calls for events with `answer`, and others with `others`. */
async function start(
  answer: (response: ServerResponse, index: number, call: Received) => unknown,
  timing: Partial<ClientTiming> = {},
  others: (response: ServerResponse, index: number) => unknown = (response) =>
    answerError(response, 404, 'other'),
) {
  let [streams, looks] = [0, 0];
  server = await startServer((call, response) =>
    call.path.endsWith('/events') ? answer(response, streams++, call) : others(response, looks++),
  );
  const client = new PanoramaClient({ url: server.url, token: TOKEN }, fetch, { ...QUICK, ...timing });
  const watch = (signal = new AbortController().signal) => client.watch(ID, signal);
  return { server, client, watch };
}

/** Everything a watch tells. */
async function all(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const told: StreamEvent[] = [];
  for await (const event of events) told.push(event);
  return told;
}

const stream = (response: ServerResponse, ...events: [id: number, event: StreamEvent][]) => {
  beginStream(response);
  for (const [id, event] of events) response.write(sse(id, event));
  return response;
};

const lastIds = ({ received }: TestServer) =>
  received.filter(({ path }) => path.endsWith('/events')).map(({ headers }) => headers['last-event-id']);

describe('watch', () => {
  it('[CLIENT10] tells every change, and returns with the end', async () => {
    const queued = changed({ status: 'queued', phase: null, queuePosition: 2, startedAt: null });
    const events = [queued, at(0.1), scale(1), at(0.5), scale(2), ENDED];
    const { watch, server } = await start((response) => {
      stream(response);
      response.write(': heartbeat\n\nevent: later\ndata: {}\n\n');
      for (const [id, event] of events.entries()) response.write(sse(id, event));
      response.end();
    });
    expect(await all(watch())).toEqual(events);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers).toMatchObject({
      accept: 'text/event-stream',
      authorization: `Bearer ${TOKEN}`,
    });
  });

  it('[CLIENT10] is done at the end even where the server keeps the stream', async () => {
    const { watch, server } = await start((response) => stream(response, [1, ENDED]));
    expect(await all(watch())).toEqual([ENDED]);
    await expect.poll(server.cut).toBe(1);
  });

  it('[CLIENT11] goes on after the last event where a stream breaks or ends early, and tells nothing twice', async () => {
    const { watch, server } = await start((response, index) => {
      if (index === 0) {
        stream(response, [1, at(0.1)], [2, scale(1)], [3, at(0.2)]).write(sse(4, at(0.3)).slice(0, -40));
        setTimeout(() => response.destroy(), 20);
      } else if (index === 1) response.destroy();
      // A server that was started anew tells all of it again.
      else if (index === 2) stream(response, [3, at(0.2)], [2, scale(1)], [5, scale(2)]).end();
      else stream(response, [5, at(0.2)], [6, at(0.4)], [7, ENDED]).end();
    });
    expect(await all(watch())).toEqual([at(0.1), scale(1), at(0.2), scale(2), at(0.4), ENDED]);
    expect(lastIds(server)).toEqual([undefined, '3', '3', '5']);
  });

  it('[CLIENT11] looks once where the server says that nothing follows', async () => {
    const { watch, server } = await start(
      (response, index) => {
        if (index === 0) stream(response, [1, at(0.1)]).end();
        else response.writeHead(204).end();
      },
      {},
      (response) => answerJson(response, ENDED.panorama),
    );
    expect(await all(watch())).toEqual([at(0.1), ENDED]);
    expect(lastIds(server)).toEqual([undefined, '1']);
  });

  it('[CLIENT12] gives up a stream that is silent, but not one with heartbeats or a slow listener', async () => {
    const { watch, server } = await start(
      (response, index) => {
        stream(response, [1, at(0.1)]);
        if (index === 0) return;
        const beat = setInterval(() => response.write(': \n\n'), 50);
        response.on('close', () => clearInterval(beat));
        setTimeout(() => response.write(sse(2, scale(1))), 700);
        setTimeout(() => response.write(sse(3, ENDED)), 1400);
      },
      { stallMs: 500 },
    );
    const told: StreamEvent[] = [];
    for await (const event of watch()) {
      told.push(event);
      if (event.type === 'scale') await new Promise((resolve) => setTimeout(resolve, 1200));
    }
    expect(told).toEqual([at(0.1), scale(1), ENDED]);
    expect(server.received).toHaveLength(2);
  });

  it('[CLIENT13] waits as long as a busy server asks', async () => {
    const { watch } = await start((response, index) => {
      if (index === 0) answerError(response, 429, 'too-many-requests', { 'Retry-After': '1' });
      else stream(response, [1, ENDED]);
    });
    const begin = performance.now();
    await all(watch());
    expect(performance.now() - begin).toBeGreaterThan(990);
  });

  it('[CLIENT13] waits twice as long after each failure, from half a second up to 15 s, by chance up to half less', () => {
    const backoff = new Backoff(DEFAULT_TIMING);
    for (const most of [500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
      const wait = backoff.next();
      expect(wait).toBeLessThanOrEqual(most);
      expect(wait).toBeGreaterThanOrEqual(most / 2);
    }
    expect(backoff.next(60_000)).toBe(60_000);
    backoff.reset();
    expect(backoff.next()).toBeLessThanOrEqual(500);
  });

  it.each([
    ['that is held back', (response: ServerResponse) => beginStream(response)],
    ['whose answer does not begin', () => undefined],
    ['that ends without an event, several times', (response: ServerResponse) => beginStream(response).end()],
  ])('[CLIENT14] looks again and again behind a stream %s, and tells changes only', async (_, answer) => {
    const looks = [at(0.1), at(0.1), at(0.2), at(0.2), ENDED];
    const { watch } = await start(answer, { firstEventMs: 100 }, (response, index) => {
      const event = looks[index];
      // In between the server is away for a moment.
      if (index === 2) looks.splice(2, 0, at(0.1));
      if (index === 2) response.destroy();
      else answerJson(response, event?.panorama);
    });
    expect(await all(watch())).toEqual([at(0.1), at(0.2), ENDED]);
  });

  it('[CLIENT14] looks where fetch gives no streams', async () => {
    const calls: string[] = [];
    const fake: typeof fetch = (input) => {
      const path = new URL(input instanceof Request ? input.url : input).pathname;
      calls.push(path.slice(path.lastIndexOf('/')));
      if (!path.endsWith('/events')) {
        return Promise.resolve(Response.json(calls.length < 4 ? panorama() : ENDED.panorama));
      }
      return Promise.resolve(new Response(null, { headers: { 'Content-Type': 'text/event-stream' } }));
    };
    const client = new PanoramaClient({ url: 'http://a.test', token: TOKEN }, fake, QUICK);
    expect(await all(client.watch(ID, new AbortController().signal))).toEqual([changed(), ENDED]);
    expect(calls).toEqual(['/events', `/${ID}`, `/${ID}`, `/${ID}`]);
  });

  it('[CLIENT14] stays with streams once one got through', async () => {
    const { watch, server } = await start(
      (response, index) => {
        if (index === 0) stream(response, [1, at(0.1)]).end();
        else if (index === 1) beginStream(response);
        else stream(response, [2, ENDED]);
      },
      { firstEventMs: 100 },
    );
    expect(await all(watch())).toEqual([at(0.1), ENDED]);
    expect(lastIds(server)).toEqual([undefined, '1', '1']);
  });

  it('[CLIENT15] throws where going on makes no sense', async () => {
    let refuse: (response: ServerResponse) => unknown = () => undefined;
    const { watch, server } = await start((response) => refuse(response));
    const failing = async (answer: typeof refuse) => {
      refuse = answer;
      const before = server.received.length;
      const error: unknown = await all(watch()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ClientError);
      const { code, status, message } = error as ClientError;
      expect(message).not.toContain('\n');
      return [code, status, server.received.length - before];
    };
    expect(await failing((r) => answerError(r, 401, 'unauthorized'))).toEqual(['unauthorized', 401, 1]);
    expect(await failing((r) => answerError(r, 404, 'not-found'))).toEqual(['refused', 404, 1]);
    expect(await failing((r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>'))).toEqual([
      'incompatible',
      200,
      1,
    ]);
    expect(await failing((r) => beginStream(r).end('event: panorama\ndata: {}\n\n'))).toEqual([
      'incompatible',
      undefined,
      1,
    ]);
    expect(await failing((r) => beginStream(r).end('event: scale\ndata: {\n\n'))).toEqual([
      'incompatible',
      undefined,
      1,
    ]);
    expect(await failing((r) => answerError(r, 500, 'internal'))).toEqual(['refused', 500, 5]);
  });

  it('[CLIENT15] bears a server that is away, for as long as it was told to', async () => {
    const { watch, server } = await start(
      (response) => {
        stream(response, [1, at(0.1)]);
        setTimeout(() => void server.close(), 50);
      },
      { patienceMs: 500 },
    );
    const told: StreamEvent[] = [];
    const begin = performance.now();
    const following = async () => {
      for await (const event of watch()) told.push(event);
    };
    await expect(following()).rejects.toMatchObject({ code: 'unreachable' });
    expect(told).toEqual([at(0.1)]);
    expect(performance.now() - begin).toBeGreaterThan(500);
  });

  it("[CLIENT16] ends at once with the signal's reason, in a stream and between two, and closes it", async () => {
    const { watch, server } = await start((response, index) => {
      if (index === 0) stream(response, [1, at(0.1)]);
      else answerError(response, 503, 'stopping', { 'Retry-After': '20' });
    });
    const reason = new Error('enough');
    for (const told of [[at(0.1)], []]) {
      const controller = new AbortController();
      const seen: StreamEvent[] = [];
      setTimeout(() => controller.abort(reason), 200);
      const begin = performance.now();
      const following = async () => {
        for await (const event of watch(controller.signal)) seen.push(event);
      };
      await expect(following()).rejects.toBe(reason);
      expect(performance.now() - begin).toBeLessThan(1500);
      expect(seen).toEqual(told);
    }
    await expect.poll(server.cut).toBe(1);
    await expect(all(watch(AbortSignal.abort(reason)))).rejects.toBe(reason);
    expect(server.received).toHaveLength(2);
  });

  it('[CLIENT16] closes the stream where the listener leaves', async () => {
    const { watch, server } = await start((response) => stream(response, [1, at(0.1)]));
    for await (const event of watch()) {
      expect(event).toEqual(at(0.1));
      break;
    }
    await expect.poll(server.cut).toBe(1);
  });
});
