/** One of each kind of finding that there is. */
import type { Finding } from './connection-diagnosis.ts';

const host = 'panorama.example.com';

export const PROBLEMS: readonly Finding[] = [
  ...(['empty', 'malformed', 'scheme', 'credentials', 'otherProgram', 'noHttp'] as const).map(
    (found) => ({ cause: 'wrongAddress', found }) as const,
  ),
  { cause: 'wrongHost', host },
  { cause: 'nameNotFound', host },
  { cause: 'refused', host: 'localhost', space: 'loopback' },
  { cause: 'refused', host, space: 'public' },
  { cause: 'timedOut', waitedMs: 10_000 },
  { cause: 'tls', found: 'certificate' },
  { cause: 'tls', found: 'plainHttp' },
  { cause: 'mixedContent', host },
  { cause: 'cors', found: 'closed' },
  { cause: 'cors', found: 'preflight' },
  { cause: 'localNetworkPermission', found: 'asking' },
  { cause: 'localNetworkPermission', found: 'denied' },
  { cause: 'notAllowed' },
  { cause: 'offline' },
  { cause: 'unauthorized', found: 'missing' },
  { cause: 'unauthorized', found: 'wrong' },
  { cause: 'versions', older: 'server', server: 1, plugin: 2 },
  { cause: 'versions', older: 'plugin', server: 3, plugin: 2 },
  { cause: 'busy', found: 'calls', retryAfterMs: 60_000 },
  { cause: 'busy', found: 'queue', retryAfterMs: null },
  { cause: 'busy', found: 'later', retryAfterMs: null },
  { cause: 'serverError', found: 'failed', status: 500 },
  { cause: 'serverError', found: 'gateway', status: 502 },
  { cause: 'serverError', found: 'broken', status: 200 },
];
