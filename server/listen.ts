/** The sockets: one server for each address, the same port for all. */
import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PanoramaError } from '../shared/errors.ts';
import { systemCode } from './disk/errors.ts';

export class ListenError extends PanoramaError<'listen'> {
  constructor(message: string, cause: unknown) {
    super('listen', 'request', message, cause);
  }
}

/** A large photo over a slow line takes long; whoever reads a body ends one that stalls. */
const SERVER_OPTIONS = { requestTimeout: 0 } as const;

export interface Listening {
  readonly port: number;
  /** Answers what is being answered, for at most `graceMs`, and takes nothing more. */
  readonly close: (graceMs: number) => Promise<void>;
}

/**
 * Listens on `port` (0 for a free one) of every address that this machine has.
 *
 * @throws ListenError where none of them can be had
 */
export async function listen(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  addresses: readonly string[],
  port: number,
): Promise<Listening> {
  const servers: Server[] = [];
  let taken = port;
  let absent: unknown;
  for (const address of addresses) {
    const server = createAdaptorServer({ fetch, serverOptions: SERVER_OPTIONS }) as Server;
    // Later errors, such as too many open files, concern one connection.
    server.on('error', () => undefined);
    try {
      await listening(server, taken, address);
    } catch (error) {
      const code = systemCode(error);
      // A machine without IPv6 has no ::1.
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') {
        absent = error;
        continue;
      }
      await closeAll(servers, 0);
      throw explain(error, address, taken);
    }
    servers.push(server);
    taken = (server.address() as AddressInfo).port;
  }
  if (servers.length === 0) throw explain(absent, addresses.join(', '), port);
  return { port: taken, close: (graceMs) => closeAll(servers, graceMs) };
}

function listening(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Elsewhere :: would take the IPv4 addresses too, which may be named beside it.
    server.listen({ port, host: address, ipv6Only: address.includes(':') }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function explain(error: unknown, address: string, port: number): ListenError {
  const code = systemCode(error);
  const why: Record<string, string> = {
    EADDRINUSE: 'one that is in use; choose another with PORT',
    EACCES: 'one that needs more rights; choose one above 1023 with PORT',
    EADDRNOTAVAIL: 'an address that this machine does not have; choose another with HOST',
    ENOTFOUND: 'a name that has no address; choose another with HOST',
  };
  return new ListenError(
    `listen: expected a free port ${port} of ${address}, got ${why[code] ?? code}`,
    error,
  );
}

async function closeAll(servers: readonly Server[], graceMs: number): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  const timer = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, graceMs);
  for (const server of servers) server.closeIdleConnections();
  await Promise.all(closed);
  clearTimeout(timer);
}
