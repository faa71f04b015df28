/** What a check asks of the browser. Tests give a made-up one. */
import { spaceOf, type AddressSpace } from './server-address.ts';
import type { Undo } from '../undo.ts';
import { lookUpName, tryPort } from './ice-probes.ts';

/** Chrome's names for leave to reach the local network: the first one of all, then one for each part. */
export const NETWORK_PERMISSIONS = ['local-network-access', 'local-network', 'loopback-network'] as const;
export type NetworkPermission = (typeof NETWORK_PERMISSIONS)[number];

/** Where the check runs. */
export interface Surroundings {
  readonly userAgent: string;
  /** Of this page, and of those around it from the inside out. */
  readonly origins: readonly string[];
  readonly secureContext: boolean;
  /** Whether this page or one around it came by HTTPS. */
  readonly https: boolean;
  readonly space: AddressSpace;
  readonly online: boolean;
  readonly permissions: Readonly<Record<NetworkPermission, PermissionState | 'unknown'>>;
  /** Whether the page around lets this one ask for such leave; null where the browser knows no such rule. */
  readonly passedOn: boolean | null;
}

export interface CheckTiming {
  /** For the server's answer. */
  readonly answerMs: number;
  /** For each of the attempts that follow where none came. */
  readonly probeMs: number;
}

export interface CheckEnvironment {
  readonly fetch: typeof globalThis.fetch;
  readonly timing: CheckTiming;
  /** Milliseconds since some moment. */
  readonly now: () => number;
  readonly surroundings: () => Promise<Surroundings>;
  /** Listens for calls that the page's own policy forbids; `origins` grows with them. */
  readonly watchPolicy: () => { readonly origins: ReadonlySet<string>; readonly undo: Undo };
  /** Whether a host's name leads to an address. */
  readonly lookUpName: (host: string, signal: AbortSignal) => Promise<'found' | 'notFound' | 'unknown'>;
  /** Whether something at a port takes a connection: `open` where it keeps it without a word, as TLS does. */
  readonly tryPort: (
    host: string,
    port: number,
    signal: AbortSignal,
  ) => Promise<'open' | 'closed' | 'unknown'>;
}

/** The browser's leave to reach where a host is; `unknown` where it asks for none. */
export function permissionFor(
  space: AddressSpace,
  { permissions }: Surroundings,
): PermissionState | 'unknown' {
  const own = permissions[space === 'loopback' ? 'loopback-network' : 'local-network'];
  return own === 'unknown' ? permissions['local-network-access'] : own;
}

export function browserEnvironment(window: Window & typeof globalThis): CheckEnvironment {
  return {
    fetch: (input, init) => window.fetch(input, init),
    timing: { answerMs: 10_000, probeMs: 4000 },
    now: () => window.performance.now(),
    surroundings: () => surroundingsOf(window),
    watchPolicy: () => watchPolicy(window),
    lookUpName: (host, signal) => lookUpName(window.RTCPeerConnection, host, signal),
    tryPort: (host, port, signal) => tryPort(window.RTCPeerConnection, host, port, signal),
  };
}

async function surroundingsOf({
  navigator,
  location,
  document,
  isSecureContext,
}: Window): Promise<Surroundings> {
  // Firefox does not tell which pages are around.
  const around = 'ancestorOrigins' in location ? [...location.ancestorOrigins] : [];
  const origins = [location.origin, ...around];
  // A frame without an origin counts as where the page around it is.
  const nearest = origins.find((origin) => URL.canParse(origin)) ?? document.baseURI;
  const states = NETWORK_PERMISSIONS.map(
    async (name) => [name, await permissionOf(navigator, name)] as const,
  );
  return {
    userAgent: navigator.userAgent,
    origins,
    secureContext: isSecureContext,
    https: [...origins, document.baseURI].some((origin) => origin.startsWith('https://')),
    space: /^https?:/.test(nearest) ? spaceOf(new URL(nearest).hostname) : 'public',
    online: navigator.onLine,
    permissions: Object.fromEntries(await Promise.all(states)) as Surroundings['permissions'],
    passedOn: passedOn(document),
  };
}

/** `unknown` where the browser has no permission of this name. */
async function permissionOf({ permissions }: Navigator, name: string): Promise<PermissionState | 'unknown'> {
  try {
    return (await permissions.query({ name: name as PermissionName })).state;
  } catch {
    return 'unknown';
  }
}

/** What TypeScript's library does not have: only Chrome does. */
interface FeaturePolicy {
  features(): string[];
  allowsFeature(name: string): boolean;
}

function passedOn(document: Document): boolean | null {
  const policy = (document as { featurePolicy?: FeaturePolicy }).featurePolicy;
  const known = new Set(policy?.features() ?? []);
  const names = NETWORK_PERMISSIONS.filter((name) => known.has(name));
  return !policy || names.length === 0 ? null : names.some((name) => policy.allowsFeature(name));
}

function watchPolicy({ document }: Window): ReturnType<CheckEnvironment['watchPolicy']> {
  const origins = new Set<string>();
  const forbidden = ({ blockedURI, disposition }: SecurityPolicyViolationEvent) => {
    if (disposition === 'enforce' && URL.canParse(blockedURI)) origins.add(new URL(blockedURI).origin);
  };
  document.addEventListener('securitypolicyviolation', forbidden);
  return { origins, undo: () => document.removeEventListener('securitypolicyviolation', forbidden) };
}
