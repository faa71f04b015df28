/** Which advice a check's finding asks for, and what is filled into it. */
import type { Formats } from '../format.ts';
import type { CheckResult } from '../models/connection-check.ts';
import type { Finding } from '../models/connection-diagnosis.ts';
import { isFigures, spaceOf } from '../models/server-address.ts';
import type { SetupText } from '../text/server-setup.ts';

export type AdviceKey = keyof SetupText['advice'];
type Step = keyof SetupText['steps'];

/** What to do, one after the other; checking again comes after all of them. */
export const STEPS: Readonly<Record<AdviceKey, readonly Step[]>> = {
  empty: ['start', 'paste'],
  malformed: ['paste'],
  scheme: ['paste'],
  credentials: ['at'],
  otherProgram: ['port', 'proxy'],
  noHttp: ['https', 'port'],
  wrongHost: ['named'],
  nameNotFound: ['spelling', 'network', 'figures'],
  refused: ['start', 'port'],
  refusedElsewhere: ['open', 'port', 'firewall'],
  timedOut: ['awake', 'network', 'firewall'],
  certificate: ['here', 'caddy', 'company'],
  plainHttp: ['here', 'caddy', 'named'],
  mixedContent: ['here', 'caddy', 'named', 'https'],
  closed: ['port', 'proxy'],
  preflight: ['proxy'],
  asking: ['allow'],
  denied: ['permit', 'reload', 'desktop'],
  notAllowed: ['built'],
  offline: ['connect', 'here'],
  missing: ['paste', 'file'],
  wrong: ['paste', 'file'],
  oldServer: ['updateServer'],
  oldPlugin: ['updatePlugin'],
  calls: ['wait'],
  queue: ['wait'],
  later: ['wait'],
  failed: ['log'],
  gateway: ['start', 'port'],
  broken: ['log'],
};

/** Null where all is well. */
export function adviceFor(finding: Finding): AdviceKey | null {
  switch (finding.cause) {
    case 'ready':
      return null;
    case 'refused':
      return finding.space === 'loopback' ? 'refused' : 'refusedElsewhere';
    case 'versions':
      return finding.older === 'server' ? 'oldServer' : 'oldPlugin';
    case 'localNetworkPermission':
      return finding.found === 'asking' ? 'asking' : 'denied';
    case 'wrongAddress':
    case 'tls':
    case 'cors':
    case 'unauthorized':
    case 'busy':
    case 'serverError':
      return finding.found;
    case 'wrongHost':
    case 'nameNotFound':
    case 'timedOut':
    case 'mixedContent':
    case 'notAllowed':
    case 'offline':
      return finding.cause;
    default:
      return finding satisfies never;
  }
}

/** Some text, or something to type, which is shown as code. */
export type Piece = { readonly text: string } | { readonly code: string };

/** A line of advice with its braces filled in. */
export function piecesOf(line: string, result: CheckResult, text: SetupText, formats: Formats): Piece[] {
  return line.split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return { text: part };
    return fill(part, result, text, formats);
  });
}

const EXAMPLE = 'panorama.example.com';

function fill(name: string, { finding, url }: CheckResult, text: SetupText, formats: Formats): Piece {
  const host = url === null ? EXAMPLE : new URL(url).hostname;
  const seconds = (ms: number) => formats.seconds({ low: ms / 1000, high: ms / 1000 });
  switch (name) {
    case 'url':
      return { code: url ?? '' };
    case 'host':
      return { code: host };
    case 'local':
      return { code: 'http://localhost:8787' };
    case 'far':
      return { code: `https://${EXAMPLE}` };
    case 'start':
      return { code: 'npm start' };
    case 'open':
      return { code: `npm start -- --host 0.0.0.0${isFigures(host) ? '' : ` --allowed-hosts ${host}`}` };
    case 'named':
      return {
        code: `npm start -- --allowed-hosts ${finding.cause === 'wrongHost' ? host : publicName(host)}`,
      };
    case 'caddy':
      return { code: `caddy reverse-proxy --from ${publicName(host)} --to localhost:8787` };
    case 'seconds':
      return { text: finding.cause === 'timedOut' ? seconds(finding.waitedMs) : '' };
    case 'wait': {
      const ms = finding.cause === 'busy' ? finding.retryAfterMs : null;
      return { text: ms === null ? text.moment : seconds(ms) };
    }
    case 'status':
      return { text: finding.cause === 'serverError' ? String(finding.status) : '' };
    case 'server':
    case 'plugin':
      return { text: finding.cause === 'versions' ? String(finding[name]) : '' };
    default:
      throw new Error(`internal: nothing fills {${name}}`);
  }
}

/** A name that a certificate can be had for. */
function publicName(host: string): string {
  return isFigures(host) || spaceOf(host) !== 'public' ? EXAMPLE : host;
}
