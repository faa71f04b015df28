/** What every request passes: the host it was sent to, its token, its rate. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { rateLimiter } from 'hono-rate-limiter';
import { isIP } from 'node:net';
import type { Tokens } from '../tokens.ts';
import type { Env } from './env.ts';
import { HttpError, answerOf, respond } from './http-error.ts';

/**
 * Refuses requests sent to names that this server does not go by: a page that had its own name point to this machine
 * could send them. An address is no name.
 */
export function checkHost(names: readonly string[]): MiddlewareHandler {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    const name = host
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase();
    if (isIP(name) === 0 && !known.has(name)) {
      throw new HttpError(
        'wrong-host',
        `Host: expected one of ${[...known].join(', ')}, got another name; ALLOWED_HOSTS adds names`,
      );
    }
    await next();
  };
}

/** Lets requests pass that come with a token, and tells whose it is. */
export function checkToken(tokens: Tokens): MiddlewareHandler<Env> {
  return async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const owner = given === undefined ? null : tokens.ownerOf(given);
    if (owner === null) {
      const got = given === undefined ? 'none' : 'another one';
      throw new HttpError(
        'unauthorized',
        `token: expected this server's, got ${got}; the server prints it when it starts, with the page's address`,
      );
    }
    c.set('owner', owner);
    await next();
  };
}

const WINDOW_MS = 10_000;

/** At most `limit` requests of one address in ten seconds; 0 for any number. */
export function limitRate(limit: number): MiddlewareHandler {
  if (limit === 0) return (_, next) => next();
  return rateLimiter({
    windowMs: WINDOW_MS,
    limit,
    standardHeaders: 'draft-7',
    keyGenerator: addressOf,
    handler: (c) =>
      respond(
        c,
        answerOf(
          new HttpError(
            'too-many-requests',
            `requests: expected at most ${limit} in ${WINDOW_MS / 1000} seconds, got more; wait as long as Retry-After says`,
          ),
        ),
      ),
  });
}

function addressOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown';
  } catch {
    // Requests that tests make without a connection.
    return 'unknown';
  }
}
