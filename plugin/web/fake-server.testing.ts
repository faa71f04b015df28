/** The contract over real HTTP, for states that a real server shows only briefly. It serves the built page too. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import {
  hasEnded,
  type Estimate,
  type EstimateQuestion,
  type Panorama,
  type ScaleEvent,
} from '../../shared/protocol.ts';
import { estimateOf, panoramaOf, serverInfoOf } from '../ui/panoramas.testing.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** As the server sends it. */
const POLICY =
  "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export class FakeServer {
  token = 'the-token-of-this-server';
  info = serverInfoOf();
  readonly panoramas = new Map<string, Panorama>();
  readonly scales = new Map<string, ScaleEvent[]>();
  /** Bytes by "id/n", and photos by "id/photo". */
  readonly pictures = new Map<string, Uint8Array>();
  estimateFor: (question: EstimateQuestion) => Estimate = () => estimateOf();
  /** What each upload is answered with. */
  onPut: (id: string, request: Panorama['request']) => Panorama | Refusal = (id, request) =>
    panoramaOf({ id, request, createdAt: new Date().toISOString() });
  /** Uploads wait for it. */
  uploadGate: Promise<void> = Promise.resolve();
  readonly puts: string[] = [];

  readonly #pageFolder: string;
  readonly #streams = new Map<string, Set<ServerResponse>>();
  #http: Server | null = null;
  #port = 0;
  #sequence = 0;

  constructor(pageFolder: string) {
    this.#pageFolder = pageFolder;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Listens, at the port that it had before. */
  async open(): Promise<void> {
    const http = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
    await new Promise<void>((resolve) => http.listen(this.#port, 'localhost', resolve));
    this.#http = http;
    this.#port = (http.address() as AddressInfo).port;
  }

  /** Goes away, with all its connections. */
  async close(): Promise<void> {
    const http = this.#http;
    this.#http = null;
    if (!http) return;
    const closed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    await closed;
  }

  change(panorama: Panorama): void {
    this.panoramas.set(panorama.id, panorama);
    this.#tell(panorama.id, 'panorama', panorama);
    if (hasEnded(panorama.status)) for (const stream of this.#streams.get(panorama.id) ?? []) stream.end();
  }

  scale(id: string, event: ScaleEvent): void {
    this.scales.set(id, [...(this.scales.get(id) ?? []), event]);
    this.#tell(id, 'scale', event);
  }

  #tell(id: string, event: string, data: unknown): void {
    for (const stream of this.#streams.get(id) ?? []) this.#write(stream, event, data);
  }

  #write(stream: ServerResponse, event: string, data: unknown): void {
    this.#sequence += 1;
    stream.write(`id: ${this.#sequence}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (!pathname.startsWith('/v1/')) return this.#page(pathname, response);
    // Pages of any origin may call, as they may the server.
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', '*, Authorization');
    response.setHeader('Access-Control-Allow-Methods', 'GET, PUT, POST, DELETE');
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      const message = "token: expected this server's, got another one";
      return refuse(response, { status: 401, code: 'unauthorized', message });
    }
    const [, , kind = '', id = '', part = '', n = ''] = pathname.split('/');
    const route = `${request.method} ${kind}${id && '/id'}${part && `/${part}`}`;
    switch (route) {
      case 'GET server':
        return send(response, 200, this.info);
      case 'POST estimates':
        return send(
          response,
          200,
          this.estimateFor(JSON.parse((await bodyOf(request)).toString()) as EstimateQuestion),
        );
      case 'GET panoramas':
        return this.#list(searchParams, response);
      case 'PUT panoramas/id':
        return this.#put(id, request, response);
    }
    const panorama = this.panoramas.get(id);
    if (!panorama) {
      const message = `panorama ${id}: there is none of this id`;
      return refuse(response, { status: 404, code: 'not-found', message });
    }
    switch (route) {
      case 'GET panoramas/id':
        return send(response, 200, panorama);
      case 'DELETE panoramas/id':
        this.panoramas.delete(id);
        response.writeHead(204).end();
        return;
      case 'POST panoramas/id/cancel':
        this.change({
          ...panorama,
          status: 'canceled',
          queuePosition: null,
          endedAt: new Date().toISOString(),
        });
        return send(response, 202, this.panoramas.get(id));
      case 'GET panoramas/id/events':
        return this.#stream(id, panorama, response);
      case 'GET panoramas/id/variants':
        return this.#picture(`${id}/${n}`, response);
      case 'GET panoramas/id/image':
        return this.#picture(`${id}/photo`, response);
      default:
        return refuse(response, { status: 404, code: 'not-found', message: route });
    }
  }

  async #page(pathname: string, response: ServerResponse): Promise<void> {
    const name = pathname === '/' ? '/index.html' : pathname;
    const bytes = await readFile(join(this.#pageFolder, name)).catch(() => null);
    if (!bytes) return refuse(response, { status: 404, code: 'not-found', message: pathname });
    response.writeHead(200, {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
    });
    response.end(bytes);
  }

  #list(query: URLSearchParams, response: ServerResponse): void {
    const limit = Number(query.get('limit') ?? 20);
    const from = Number(query.get('cursor') ?? 0);
    const all = [...this.panoramas.values()].toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    const nextCursor = from + limit < all.length ? String(from + limit) : null;
    send(response, 200, { panoramas: all.slice(from, from + limit), nextCursor });
  }

  async #put(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    await this.uploadGate;
    this.puts.push(id);
    const known = this.panoramas.get(id);
    if (known) return send(response, 200, known);
    const parts = partsOf(body);
    const answer = this.onPut(id, JSON.parse(parts.get('request')?.toString() ?? '') as Panorama['request']);
    if ('code' in answer) return refuse(response, answer);
    this.panoramas.set(id, answer);
    this.pictures.set(`${id}/photo`, parts.get('image') ?? new Uint8Array());
    send(response, 201, answer);
  }

  #stream(id: string, panorama: Panorama, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    this.#write(response, 'panorama', panorama);
    for (const scale of this.scales.get(id) ?? []) this.#write(response, 'scale', scale);
    if (hasEnded(panorama.status)) {
      response.end();
      return;
    }
    const streams = this.#streams.get(id) ?? new Set();
    this.#streams.set(id, streams.add(response));
    response.on('close', () => streams.delete(response));
  }

  #picture(key: string, response: ServerResponse): void {
    const bytes = this.pictures.get(key);
    if (!bytes) return refuse(response, { status: 404, code: 'not-found', message: key });
    response.writeHead(200, { 'Content-Type': bytes[0] === 0xff ? 'image/jpeg' : 'image/png' });
    response.end(bytes);
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  send(response, status, { error: { code, message } });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The parts of a multipart body by name. */
function partsOf(body: Buffer): Map<string, Buffer> {
  const text = body.toString('latin1');
  const boundary = text.slice(0, text.indexOf('\r\n'));
  const parts = new Map<string, Buffer>();
  for (const part of text.split(boundary).slice(1, -1)) {
    const headEnd = part.indexOf('\r\n\r\n');
    const name = /name="([^"]+)"/.exec(part.slice(0, headEnd))?.[1];
    if (name !== undefined) parts.set(name, Buffer.from(part.slice(headEnd + 4, -2), 'latin1'));
  }
  return parts;
}
