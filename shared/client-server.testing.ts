/** For tests of the client: a server on a real socket that answers as the test says, and what a server would say. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PROTOCOL_VERSION, type Panorama, type ServerInfo, type StreamEvent } from './protocol.ts';
import { panoramaRequestSchema } from './request.ts';

export const ID = '0b7e5a4e-2f6b-4c56-9a51-7d8c1f2f3a4b';
export const TOKEN = 'a-token';

export interface Received {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface TestServer {
  readonly url: string;
  /** Everything that came, in its order. */
  readonly received: readonly Received[];
  /** How many connections have ended while their answer was not finished. */
  readonly cut: () => number;
  close(): Promise<void>;
}

/** Answers each call with `answer`, once its body is there. */
export async function startServer(
  answer: (call: Received, response: ServerResponse, index: number) => unknown,
): Promise<TestServer> {
  const received: Received[] = [];
  let cut = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    response.on('close', () => {
      if (!response.writableFinished) cut += 1;
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const call = { method, path: url, headers, body: Buffer.concat(chunks) };
      received.push(call);
      answer(call, response, received.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    cut: () => cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answerJson(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
}

export function answerError(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  answerJson(response, { error: { code, message: `test: expected none, got ${code}` } }, status, headers);
}

/** Begins a stream; events are written with `sse`. */
export function beginStream(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  return response;
}

export function sse(id: number, event: StreamEvent): string {
  const { type, ...rest } = event;
  const data = event.type === 'panorama' ? event.panorama : rest;
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

export const SERVER_INFO: ServerInfo = {
  version: '1.2.3',
  protocol: PROTOCOL_VERSION,
  engine: 'cpu',
  device: 'a processor',
  queued: 0,
  running: 0,
  limits: {
    jobs: 1,
    memoryBytes: 2 ** 30,
    photoBytes: 2 ** 26,
    photoPixels: 1e8,
    frameSide: { min: 16, max: 8192 },
    variants: 8,
  },
};

export function panorama(changes: Partial<Panorama> = {}): Panorama {
  return {
    id: ID,
    status: 'running',
    phase: 'train',
    progress: { fraction: 0.5, scale: 2, scales: 5 },
    queuePosition: null,
    remaining: { low: 20, high: 30 },
    variants: [],
    preview: null,
    error: null,
    image: { width: 300, height: 200 },
    request: panoramaRequestSchema.parse({ width: 1440, height: 491 }),
    createdAt: '2026-01-02T03:04:05Z',
    startedAt: '2026-01-02T03:04:06Z',
    endedAt: null,
    ...changes,
  };
}

type PanoramaEvent = Extract<StreamEvent, { type: 'panorama' }>;

export function changed(changes: Partial<Panorama> = {}): PanoramaEvent {
  return { type: 'panorama', panorama: panorama(changes) };
}

/** Running, at `fraction`. */
export function at(fraction: number): PanoramaEvent {
  return changed({ progress: { fraction, scale: 2, scales: 5 } });
}

export const ENDED = changed({
  status: 'succeeded',
  phase: 'encode',
  progress: { fraction: 1, scale: null, scales: null },
  remaining: null,
  endedAt: '2026-01-02T03:05:05Z',
});

export function scale(n: number): StreamEvent {
  const preview = 'data:image/webp;base64,UklGRg==';
  return { type: 'scale', scale: n, scales: 5, epochs: 300, losses: { generator: 0.1 }, preview };
}
