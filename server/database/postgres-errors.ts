/** What PostgreSQL, or the way to it, says is wrong, told apart: what passes by itself, and what someone must do. */
import { DatabaseError, isDatabaseAway } from './errors.ts';
import type { Place } from './postgres-place.ts';

/** Of the system: a connection that was not made or ended. */
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  // Of a socket that is a file.
  'ENOENT',
]);

/**
 * Class 08, a stop or a start of the server, a transaction that idled for too long, all connections taken (PostgreSQL's
 * manual, appendix A).
 */
const SQL_STATE = /^(08...|57P0[123]|25P0[34]|53300)$/;

/** Of pg, whose errors of connections have a text only. */
const TEXT =
  /^(Connection terminated|timeout (expired|exceeded)|Query read timeout|Client (was closed|has encountered a connection error) and is not queryable|There was an error establishing an SSL)/;

const UNTRUSTED = /CERT|SIGNATURE|^ERR_(SSL|TLS)/;

/** Whether the database is away, or was while it was asked, and may come back by itself. */
export function isAway(error: unknown): boolean {
  if (error instanceof DatabaseError) return isDatabaseAway(error);
  const code = codeOf(error);
  if (SYSTEM.has(code) || SQL_STATE.test(code)) return true;
  return error instanceof Error && TEXT.test(error.message);
}

/** A failure in one line that says what to do, where it is of the database's place; any other as it is. */
export function explain(error: unknown, { name, user, database }: Place): unknown {
  if (error instanceof DatabaseError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  const text = error.message.split('\n')[0] ?? '';
  const at = `database ${name}`;
  const wrong = (what: string) => new DatabaseError('database', `${at}: ${what}`, error);
  if (isAway(error)) {
    const reason = SYSTEM.has(code) ? code : text;
    return new DatabaseError(
      'database-away',
      `${at}: it does not answer (${reason}); start it, or correct DATABASE_URL`,
      error,
    );
  }
  if (code === '28P01' || text.startsWith('SASL: ') || text === 'Password must be a string')
    return wrong(`the password of ${user} is missing or wrong; correct it in DATABASE_URL`);
  if (code === '28000')
    return wrong(
      `it does not let ${user} in from here (${text}); allow it in pg_hba.conf, or add ?sslmode=require to DATABASE_URL where it asks for encryption`,
    );
  if (code === '3D000') return wrong(`it has no database of this name; make it: createdb ${database}`);
  if (code === '42501')
    return wrong(
      `${user} may not (${text}); let it: GRANT CONNECT, CREATE ON DATABASE "${database}" TO "${user}"`,
    );
  if (text === 'The server does not support SSL connections')
    return wrong('it has no TLS; switch it on there, or take sslmode out of DATABASE_URL');
  if (UNTRUSTED.test(code))
    return wrong(
      `its certificate is not trusted (${code}); name its authority's with sslrootcert=FILE in DATABASE_URL`,
    );
  return error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
