/** A server's address as people paste it, made into the one form that the client takes. */

export type AddressProblem =
  | 'empty'
  /** No text that an address could be made of. */
  | 'malformed'
  /** Neither http nor https. */
  | 'scheme'
  /** A name or password before an @, which would be kept and shown. */
  | 'credentials';

export type NormalizedAddress =
  | {
      readonly ok: true;
      /** With its scheme, without a slash at its end. */
      readonly url: string;
      /** The address that the server prints carries its token. */
      readonly token: string | null;
    }
  | { readonly ok: false; readonly problem: AddressProblem };

/** From where an address can be reached, the narrowest last. */
export type AddressSpace = 'public' | 'local' | 'loopback';

/** Nobody types or prints a longer one. */
const MAX_CHARACTERS = 2000;

/** This machine in figures, which Figma's manifest does not take: there it is called localhost. */
const THIS_MACHINE = new Set(['127.0.0.1', '0.0.0.0', '[::1]', '[::]']);

/**
 * The address in `text`, with whatever else a pasted one brings along taken off: spaces, quotes, token, query, the
 * paths of single calls. Without a scheme, it is http for this machine and its own network, https elsewhere. Given its
 * own url again, it returns that url.
 */
export function normalizeAddress(text: string): NormalizedAddress {
  const pasted = text.trim().replace(/^[<"'`\s]+|[>"'`\s]+$/g, '');
  if (pasted === '') return { ok: false, problem: 'empty' };
  if (pasted.length > MAX_CHARACTERS) return { ok: false, problem: 'malformed' };

  const { scheme, rest } = splitScheme(pasted);
  if (scheme !== '' && scheme !== 'http' && scheme !== 'https') return { ok: false, problem: 'scheme' };
  const [authority = ''] = rest.split(/[/?#\\]/, 1);
  if (authority.includes('@')) return { ok: false, problem: 'credentials' };
  // A port alone is one of this machine's.
  const named = /^:?\d{1,5}$/.test(authority) ? `localhost:${rest.replace(/^:/, '')}` : rest;

  const url = parsed(`${scheme || 'http'}://${named}`);
  const host = url?.hostname.replace(/\.$/, '') ?? '';
  if (!url || !isHost(host) || url.port === '0') return { ok: false, problem: 'malformed' };
  const protocol = scheme || (spaceOf(host) === 'public' ? 'https' : 'http');
  // The other scheme has another usual port, so the text is read anew.
  const port = parsed(`${protocol}://${named}`)?.port ?? '';
  const shown = THIS_MACHINE.has(host) ? 'localhost' : host;
  return {
    ok: true,
    url: `${protocol}://${shown}${port === '' ? '' : `:${port}`}${prefixOf(url.pathname)}`,
    token: tokenIn(url.hash),
  };
}

/** Where a host is, as far as its name tells; brackets are around IPv6 as in a URL. */
export function spaceOf(host: string): AddressSpace {
  if (/^(.+\.)?localhost$/.test(host) || /^127\.\d+\.\d+\.\d+$/.test(host)) return 'loopback';
  if (THIS_MACHINE.has(host)) return 'loopback';
  const privateV4 = /^(10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\.[\d.]+$/.test(host);
  const privateV6 = /^\[(f[cd]|fe[89ab])/.test(host);
  const oneLabel = !/[.[]/.test(host);
  return privateV4 || privateV6 || oneLabel || host.endsWith('.local') ? 'local' : 'public';
}

/** Whether the host is an address in figures, which needs no name service. */
export function isFigures(host: string): boolean {
  return host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

/** The scheme in small letters, or nothing, and what follows it. */
function splitScheme(text: string): { scheme: string; rest: string } {
  // Also with its colon or a slash forgotten.
  const [start = '', web, other] =
    /^(?:(https?)(?::\/*|\/\/+)|([a-z][a-z\d+.-]*):\/\/|\/+)/i.exec(text) ?? [];
  return { scheme: (web ?? other ?? '').toLowerCase(), rest: text.slice(start.length) };
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return true;
  return host.split('.').every((label) => /^[a-z\d_]([a-z\d_-]*[a-z\d_])?$/.test(label));
}

/** Where the server is behind a path of another one; the page's and the calls' own paths are no part of it. */
function prefixOf(pathname: string): string {
  const shorter = pathname
    .replace(/\/v1(\/.*)?$/, '')
    .replace(/\/{2,}/g, '/')
    .replace(/(\/|\/index\.html|')$/, '');
  return shorter === pathname ? pathname : prefixOf(shorter);
}

/** What no header can hold is no token of ours. */
function tokenIn(hash: string): string | null {
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? '';
  return /^[\x21-\x7e]+$/.test(token) ? token : null;
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
