/** Where a PostgreSQL is: `DATABASE_URL` taken apart, without ever repeating what may be a password. */
import pg from 'pg';
import { DatabaseError } from './errors.ts';

export interface Place {
  /** Host, port and name: what may be shown. */
  readonly name: string;
  readonly user: string;
  readonly database: string;
  readonly config: pg.ClientConfig;
}

/** What it cannot be reached in is taken as away. */
const CONNECT_TIMEOUT_MS = 10_000;
/** After so much silence the system asks whether the other end is still there. */
const KEEP_ALIVE_MS = 10_000;

/** @throws DatabaseError `database` */
export function placeOf(url: string): Place {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw wrong('expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, got something else');
  // Whatever follows the first / ? or # would be taken for the rest, and the password's beginning for a host.
  if (/^[^/]*\/\/[^/?#]*[/?#].*@/.test(url))
    throw wrong(
      'expected / ? # and @ as %2F %3F %23 and %40 in a user, password or option, got them as they are',
    );
  const config: pg.ClientConfig = {
    connectionString: withUsualTls(url),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
  try {
    const { host, port, user = '', database = '' } = new pg.Client(config);
    return { name: `${host}:${port}/${database}`, user, database, config };
  } catch (error) {
    throw wrong(reasonOf(error));
  }
}

/** Not the cause: it may quote the address. */
function wrong(text: string): DatabaseError {
  return new DatabaseError('database', `DATABASE_URL: ${text}`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read';
  if ('syscall' in error && 'path' in error)
    return `the file ${String(error.path)} that it names cannot be read`;
  if (error.message.includes('verify-ca'))
    return 'sslmode=verify-ca expects sslrootcert=FILE as well, got none';
  return 'expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, got one that cannot be read';
}

/** `sslmode` as PostgreSQL's own programs take it: `require` encrypts, and `verify-full` trusts nobody unknown. */
function withUsualTls(url: string): string {
  const options = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1]);
  const mode = options.get('sslmode');
  if (mode === null || mode === 'no-verify' || options.has('uselibpqcompat')) return url;
  return url.replace('?', '?uselibpqcompat=true&');
}
