/** --server and --token, or the environment's PANORAMA_SERVER and PANORAMA_TOKEN. */
import { isIP } from 'node:net';
import type { ServerAddress } from '../../shared/client.ts';
import { UsageError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ServerFlags {
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly engine: string | undefined;
}

/** The server that is to do the work; null where it is done here. Throws `UsageError`. */
export function readServer(flags: ServerFlags, env: Environment): ServerAddress | null {
  const server = flags.server ?? env.PANORAMA_SERVER;
  if (!server) {
    if (flags.token !== undefined) {
      throw new UsageError('--token: expected a server that it belongs to, got no --server');
    }
    return null;
  }
  const name = flags.server === undefined ? 'PANORAMA_SERVER' : '--server';
  const url = readUrl(server, name);
  if (flags.engine !== undefined) {
    throw new UsageError(
      `--engine: expected none with ${name}, whose own engine is used, got "${flags.engine}"`,
    );
  }
  const token = flags.token ?? env.PANORAMA_TOKEN;
  if (!token) {
    throw new UsageError(`--token: expected the token that ${url} prints when it starts, got nothing`);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const from = flags.token === undefined ? 'PANORAMA_TOKEN' : '--token';
    throw new UsageError(`${from}: expected letters, digits and signs without spaces, got other characters`);
  }
  return { url, token };
}

/** The address as the client takes it: with a scheme, without a slash at its end. */
function readUrl(text: string, name: string): string {
  const url = parsed(withScheme(text, name));
  const expected = `${name}: expected an address such as http://localhost:8787`;
  // Neither text may be shown: it may hold a password or a token.
  if (url && (url.username !== '' || url.password !== '')) {
    throw new UsageError(`${expected}, got one with a name or password before @`);
  }
  if (url && (url.search !== '' || url.hash !== '' || /[?#]/.test(text))) {
    throw new UsageError(`${expected}, got one with ? or #; --token takes the token`);
  }
  if (!url) throw new UsageError(`${expected}, got ${JSON.stringify(text)}`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`${name}: expected http:// or https://, got ${url.protocol}//`);
  }
  return url.href.replace(/\/+$/, '');
}

function withScheme(text: string, name: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const host = /^(\[[^\]]*\]|[^:/?#]*)/.exec(text)?.[0] ?? '';
  const near = /^(.+\.)?localhost$/i.test(host) || isIP(host.replace(/^\[|\]$/g, '')) !== 0;
  if (near) return `http://${text}`;
  const shown = /[@?#]/.test(text) ? 'neither' : JSON.stringify(text);
  throw new UsageError(`${name}: expected an address that begins with http:// or https://, got ${shown}`);
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
