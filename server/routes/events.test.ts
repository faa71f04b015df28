import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panoramaSchema, scaleEventSchema, type Panorama } from '../../shared/protocol.ts';
import {
  ended,
  pause,
  put,
  removeFolder,
  smallPhoto,
  startServer,
  TOKEN,
  until,
  type TestServer,
} from '../server.testing.ts';

const TRAINED = { width: 160, height: 60, training: { epochs: 100, maxSize: 100 } } as const;

let server: TestServer;
let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  server = await startServer();
  photo = await smallPhoto();
});

afterAll(async () => {
  await server.close();
  await removeFolder(server.folder);
});

interface Told {
  readonly id: number;
  readonly event: string;
  readonly data: unknown;
  readonly atMs: number;
}

/** Reads a stream to its end, or until it has told so many events. */
async function read(path: string, after?: number, limit = Infinity): Promise<Told[]> {
  const headers: HeadersInit = after === undefined ? {} : { 'last-event-id': String(after) };
  const response = await server.call(path, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const told: Told[] = [];
  let text = '';
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return told;
    text += decoder.decode(value, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      ) as Record<string, string>;
      text = text.slice(end + 2);
      if (fields['data'] === undefined) continue;
      told.push({
        id: Number(fields['id']),
        event: fields['event'] ?? '',
        data: JSON.parse(fields['data']),
        atMs: performance.now(),
      });
      if (told.length >= limit) {
        await reader.cancel();
        return told;
      }
    }
  }
}

const states = (told: readonly Told[]): Panorama[] =>
  told.filter(({ event }) => event === 'panorama').map(({ data }) => panoramaSchema.parse(data));

/** Asks for events and reads none of them. */
function deafReader(id: string): Socket {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.pause();
  socket.write(
    `GET /v1/panoramas/${id}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
  );
  return socket;
}

describe('the event stream', () => {
  it('[SSE1] [SSE2] [SSE4] tells a job from its place in the queue to its end, each scale once, twice a second at most, whoever else does not read', async () => {
    const before = await put(server, photo, { width: 400, height: 80, preset: 'draft' });
    const { id } = await put(server, photo, {
      ...TRAINED,
      seed: 2,
      training: { ...TRAINED.training, learningRate: 2e-3 },
    });
    const deaf = Array.from({ length: 20 }, () => deafReader(id));
    const told = await read(`/v1/panoramas/${id}/events`);
    for (const socket of deaf) socket.destroy();
    const panoramas = states(told);
    const times = told.filter(({ event }) => event === 'panorama').map(({ atMs }) => atMs);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    expect(times.length).toBeLessThanOrEqual(2 * seconds + 4);
    const ids = told.map((event) => event.id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(panoramas[0]).toMatchObject({ status: 'queued', queuePosition: 1 });
    expect(panoramas[0]?.remaining?.high).toBeGreaterThan(0);
    expect(panoramas.at(-1)).toMatchObject({
      status: 'succeeded',
      progress: { fraction: 1 },
      remaining: null,
    });
    const statuses = panoramas.map(({ status }) => status);
    expect([...new Set(statuses)]).toEqual(['queued', 'running', 'succeeded']);

    const scales = told
      .filter(({ event }) => event === 'scale')
      .map(({ data }) => scaleEventSchema.parse(data));
    expect(scales.map(({ scale }) => scale)).toEqual(scales.map((_, index) => index + 1));
    expect(scales.at(-1)?.scale).toBe(scales.at(-1)?.scales);
    for (const { preview, losses } of scales) {
      expect(preview).toMatch(/^data:image\/webp;base64,/);
      expect(Object.keys(losses)).toContain('reconstruction');
    }
    // Honest: it never goes back, and every phase is named in its order.
    const fractions = panoramas.map(({ progress }) => progress.fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    const phases = panoramas.map(({ phase }) => phase).filter((phase) => phase !== null);
    const order = ['decode', 'draft', 'train', 'sample', 'paint', 'encode'];
    expect(phases.map((phase) => order.indexOf(phase))).toEqual(
      phases.map((phase) => order.indexOf(phase)).toSorted((a, b) => a - b),
    );
    // The draft is there long before the end.
    const draft = told.findIndex(({ data }) => (data as Partial<Panorama>).variants?.length === 1);
    expect(draft).toBeGreaterThan(0);
    expect(draft).toBeLessThan(told.findIndex(({ event }) => event === 'scale'));
    await until(server, before.id, ended);
  });

  it('[SSE3] goes on after Last-Event-ID without telling a scale twice or leaving one out', async () => {
    const { id } = await put(server, photo, {
      ...TRAINED,
      training: { ...TRAINED.training, learningRate: 4e-3 },
    });
    const path = `/v1/panoramas/${id}/events`;
    const told: Told[] = [];
    // Breaks off after every few events, as a bad connection would.
    for (let after: number | undefined; ;) {
      told.push(...(await read(path, after, 3)));
      after = told.at(-1)?.id;
      const last = states(told).at(-1);
      if (last && ended(last)) break;
    }
    const scales = told
      .filter(({ event }) => event === 'scale')
      .map(({ data }) => scaleEventSchema.parse(data).scale);
    expect(scales.length).toBeGreaterThan(2);
    expect(scales).toEqual(scales.map((_, index) => index + 1));

    const lastId = told.at(-1)?.id ?? 0;
    expect((await server.call(path, { headers: { 'last-event-id': String(lastId) } })).status).toBe(204);
    // Who was never there is told all of it, who sends nonsense too.
    for (const after of [undefined, 0]) {
      const again = await read(path, after);
      expect(again.filter(({ event }) => event === 'scale')).toHaveLength(scales.length);
      expect(states(again)).toHaveLength(1);
    }
    const nonsense = await server.call(path, { headers: { 'last-event-id': 'x1' } });
    expect(nonsense.status).toBe(200);
    await nonsense.text();
  });

  it('[SSE5] opens none for a HEAD, whose body nobody reads', async () => {
    const { id } = await put(server, photo, { width: 64, height: 32, preset: 'draft' });
    for (let n = 0; n < 5; n++) {
      const response = await server.call(`/v1/panoramas/${id}/events`, { method: 'HEAD' });
      expect(response.status).toBe(200);
    }
    await until(server, id, ended);
    const figures = await (await server.call('/metrics')).text();
    expect(figures).toMatch(/^panorama_event_streams 0$/m);
  });

  it('[SSE5] ends when its panorama is forgotten, and when the reader goes nothing is left', async () => {
    const { id } = await put(server, photo, {
      ...TRAINED,
      training: { ...TRAINED.training, learningRate: 3e-3 },
    });
    const path = `/v1/panoramas/${id}/events`;
    const streams = () =>
      server
        .call('/metrics')
        .then((response) => response.text())
        .then((text) => Number(/^panorama_event_streams (\d+)$/m.exec(text)?.[1]));
    const reading = read(path);
    await read(path, undefined, 1);
    while ((await streams()) !== 1) await pause(20);
    await server.call(`/v1/panoramas/${id}`, { method: 'DELETE' });
    await reading;
    expect(await streams()).toBe(0);
  });
});
