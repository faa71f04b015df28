/** A receiver of webhooks on this machine, and names that lead where a test wants. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, LookupFunction, Server } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Receiver {
  readonly port: number;
  readonly received: Received[];
  close(): Promise<void>;
}

/** In PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Answers by `answer` once it has the whole request; with TLS where there is a certificate. */
export async function startReceiver(answer: RequestListener, certificate?: Certificate): Promise<Receiver> {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    const { method, url: path, headers } = request;
    void text(request).then((body) => {
      received.push({ method, path, headers, body });
      answer(request, response);
    });
  };
  const server = certificate ? createHttpsServer(certificate, listener) : createServer(listener);
  const close = async () => {
    const closed = closeServer(server);
    server.closeAllConnections();
    await closed;
  };
  return { port: await listening(server), received, close };
}

/** The port of this machine that `server` got. */
export function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Every name leads to `addresses`. */
export function leadsTo(...addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_hostname, options, callback) => {
    const [first] = found;
    if (options.all === true) callback(null, found);
    else callback(null, first?.address ?? '', first?.family);
  };
}
