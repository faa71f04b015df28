/** A check as plain text for whoever is asked for help, in English whatever the interface speaks. */
import { PROTOCOL_VERSION } from '../../../shared/protocol.ts';
import { NETWORK_PERMISSIONS } from './check-environment.ts';
import type { CheckResult } from './connection-check.ts';

export interface ReportFacts {
  readonly pluginVersion: string;
  readonly time: Date;
  /** As it was entered; the report never holds it, in no spelling. */
  readonly token: string;
}

/** The lines of a report, without token, names or passwords wherever they occurred. */
export function connectionReport(result: CheckResult, { pluginVersion, time, token }: ReportFacts): string {
  const { finding, also, url, suggestion, message, probes, surroundings } = result;
  const { origins, secureContext, online, passedOn, permissions, userAgent } = surroundings;
  const { cause, ...details } = finding;
  const lines = [
    'Panorama Converter, connection report',
    `Time: ${time.toISOString()}`,
    `Plugin: ${pluginVersion}, protocol ${PROTOCOL_VERSION}`,
    `Server: ${url ?? 'no address'}`,
    `Token: ${token === '' ? 'none' : 'given'}`,
    `Cause: ${[cause, ...also].join(', else ')}`,
    `Details: ${JSON.stringify(details)}`,
    `Message: ${message ?? 'none'}`,
    `Suggestion: ${suggestion ?? 'none'}`,
    `Page: ${origins.join(' in ')}; ${secureContext ? 'secure' : 'not secure'}; ${online ? 'online' : 'offline'}`,
    `Permissions: ${NETWORK_PERMISSIONS.map((name) => `${name} ${permissions[name]}`).join(', ')}`,
    `Passed on by the page around: ${passedOn === null ? 'unknown' : passedOn ? 'yes' : 'no'}`,
    `Browser: ${userAgent}`,
    'Attempts:',
    ...probes.map(({ what, result: end, ms }) => `- ${what}: ${end}, ${Math.round(ms)} ms`),
  ];
  return withoutSecrets(lines.join('\n'), token);
}

/** Takes the place of whatever must not be told. No token can hold it, so none can come about around it. */
const HIDDEN = '•••';

function withoutSecrets(text: string, token: string): string {
  const given = token.trim();
  // In an address and in JSON it may be spelt otherwise.
  const spellings = [
    given,
    token,
    encodeURIComponent(given),
    encodeURI(given),
    JSON.stringify(given).slice(1, -1),
  ];
  const longestFirst = spellings.filter(Boolean).toSorted((a, b) => b.length - a.length);
  return longestFirst
    .reduce((rest, spelling) => rest.replaceAll(spelling, HIDDEN), text)
    .replace(/(\/\/)[^\s/@]+@/g, `$1${HIDDEN}@`)
    .replace(/(token=)[^\s&"]+/g, `$1${HIDDEN}`);
}
