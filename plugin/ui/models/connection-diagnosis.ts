/** Why no answer came, from what was found out about it. Browsers tell a page only that there was none. */
import type { ServerInfo } from '../../../shared/protocol.ts';
import { isFigures, spaceOf, type AddressProblem, type AddressSpace } from './server-address.ts';

/** What a check comes to: one cause, with what tells its cases apart. */
export type Finding =
  | { readonly cause: 'ready'; readonly info: ServerInfo }
  | { readonly cause: 'wrongAddress'; readonly found: AddressProblem | 'otherProgram' | 'noHttp' }
  /** It answers, but not by this name. */
  | { readonly cause: 'wrongHost'; readonly host: string }
  | { readonly cause: 'nameNotFound'; readonly host: string }
  /** Nothing listens there, or a firewall says so. */
  | { readonly cause: 'refused'; readonly host: string; readonly space: AddressSpace }
  | { readonly cause: 'timedOut'; readonly waitedMs: number }
  | { readonly cause: 'tls'; readonly found: 'certificate' | 'plainHttp' }
  | { readonly cause: 'mixedContent'; readonly host: string }
  /** Something answers that lets no other page read it; `preflight` where only calls with a token are kept off. */
  | { readonly cause: 'cors'; readonly found: 'closed' | 'preflight' }
  | { readonly cause: 'localNetworkPermission'; readonly found: 'asking' | 'denied' | 'notPassedOn' }
  /** This build of the plugin may call other servers only. */
  | { readonly cause: 'notAllowed' }
  | { readonly cause: 'offline' }
  | { readonly cause: 'unauthorized'; readonly found: 'missing' | 'wrong' }
  | {
      readonly cause: 'versions';
      readonly older: 'server' | 'plugin';
      readonly server: number;
      readonly plugin: number;
    }
  | {
      readonly cause: 'busy';
      readonly found: 'calls' | 'queue' | 'later';
      readonly retryAfterMs: number | null;
    }
  /** `gateway`: what stands before the server found none behind it. */
  | {
      readonly cause: 'serverError';
      readonly found: 'failed' | 'gateway' | 'broken';
      readonly status: number;
    };

export type Cause = Finding['cause'];
/** What a browser does not tell apart. */
type Likely = Extract<
  Finding,
  {
    readonly cause:
      'wrongAddress' | 'nameNotFound' | 'refused' | 'tls' | 'localNetworkPermission' | 'mixedContent';
  }
>;
export type LikelyCause = Likely['cause'];

/** A finding; where it cannot be known for certain, what else it may be, the likeliest first. */
export interface Diagnosis {
  readonly finding: Finding;
  readonly also: readonly LikelyCause[];
}

export interface Facts {
  readonly url: string;
  /** How long the answer was waited for in vain; null where the call failed by itself. */
  readonly waitedMs: number | null;
  /** The same address without the token, which needs no leave: whether our server answered, and could be read. */
  readonly readable: boolean;
  /** Whether anything answered there, read or not. */
  readonly answered: boolean;
  /** Whether anything answered at the same port by the other scheme. */
  readonly otherSchemeAnswered: boolean;
  /** Whether the host answered at another port. */
  readonly hostAnswered: boolean;
  readonly name: 'found' | 'notFound' | 'unknown';
  /** Whether something at the port takes a connection and keeps it, as TLS does. */
  readonly port: 'open' | 'closed' | 'unknown';
  readonly online: boolean;
  /** Whether the page's own rules forbade the call. */
  readonly forbidden: boolean;
  readonly page: { readonly https: boolean; readonly space: AddressSpace };
  /** Of the browser for where the address is; `unknown` where it asks for none. */
  readonly permission: PermissionState | 'unknown';
  /** Whether the page around may pass that permission on; null where nothing is known. */
  readonly passedOn: boolean | null;
}

const WIDTH: Readonly<Record<AddressSpace, number>> = { public: 2, local: 1, loopback: 0 };

/** The cause, by rules from the certain to the likely. */
export function diagnose(facts: Facts): Diagnosis {
  const { waitedMs, page, permission } = facts;
  const { hostname: host, protocol } = new URL(facts.url);
  const space = spaceOf(host);
  const secure = protocol === 'https:';
  /** Whether the browser asks before this page reaches that far in. */
  const guarded = WIDTH[space] < WIDTH[page.space] && permission !== 'unknown';

  if (facts.forbidden) return certain({ cause: 'notAllowed' });
  if (facts.readable) return certain({ cause: 'cors', found: 'preflight' });
  if (facts.answered) return certain({ cause: 'cors', found: 'closed' });
  if (!facts.online && space !== 'loopback') return certain({ cause: 'offline' });
  // A page that may reach its own network calls it by plain HTTP too, where the address shows that it is there.
  const exempt = space === 'loopback' || (guarded && (isFigures(host) || host.endsWith('.local')));
  if (page.https && !secure && !exempt) return certain({ cause: 'mixedContent', host });
  if (waitedMs !== null) {
    const asking = guarded && permission === 'prompt';
    return certain(
      asking ? { cause: 'localNetworkPermission', found: 'asking' } : { cause: 'timedOut', waitedMs },
    );
  }
  if (facts.otherSchemeAnswered) {
    return certain(
      secure ? { cause: 'tls', found: 'plainHttp' } : { cause: 'wrongAddress', found: 'noHttp' },
    );
  }
  const likely = whyUnanswered(facts, host, space, secure);
  // Safari alone lets no encrypted page call even its own machine by plain HTTP.
  if (page.https && !secure && permission === 'unknown') likely.push({ cause: 'mixedContent', host });
  if (guarded && permission === 'prompt') {
    likely.push({ cause: 'localNetworkPermission', found: 'denied' });
  }
  if (guarded && permission === 'denied') {
    // Then everything else looks the same.
    const found = facts.passedOn === false ? 'notPassedOn' : 'denied';
    likely.unshift({ cause: 'localNetworkPermission', found });
  }
  const [finding, ...others] = likely;
  return { finding, also: others.map(({ cause }) => cause) };
}

/** The likeliest first. */
function whyUnanswered(
  facts: Facts,
  host: string,
  space: AddressSpace,
  secure: boolean,
): [Likely, ...Likely[]] {
  const refused: Likely = { cause: 'refused', host, space };
  const certificate: Likely = { cause: 'tls', found: 'certificate' };
  if (facts.port === 'open') return [secure ? certificate : { cause: 'wrongAddress', found: 'noHttp' }];
  const known = isFigures(host) || space === 'loopback' || facts.name === 'found' || facts.hostAnswered;
  // The look-up does not know the names of the machine's own list, so it alone proves nothing.
  const unreached: [Likely, ...Likely[]] = known ? [refused] : [{ cause: 'nameNotFound', host }, refused];
  if (!secure || facts.port === 'closed') return unreached;
  return known ? [certificate, refused] : [...unreached, certificate];
}

function certain(finding: Finding): Diagnosis {
  return { finding, also: [] };
}
