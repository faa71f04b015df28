import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose, type Cause, type Facts } from './connection-diagnosis.ts';

/** Of a call from Figma's page that failed at once, about which nothing else is known. */
const NOTHING: Facts = {
  url: 'http://localhost:8787',
  waitedMs: null,
  readable: false,
  answered: false,
  otherSchemeAnswered: false,
  hostAnswered: false,
  name: 'unknown',
  port: 'unknown',
  online: true,
  forbidden: false,
  page: { https: true, space: 'public' },
  permission: 'granted',
  passedOn: true,
};
/** As a page of the same machine sees it. */
const NEAR = { https: false, space: 'loopback' } as const;
const FAR = 'https://panorama.example.com';

const of = (changes: Partial<Facts>) => diagnose({ ...NOTHING, ...changes });

function causes(changes: Partial<Facts>): Cause[] {
  const { finding, also } = of(changes);
  return [finding.cause, ...also];
}

describe('why no answer came', () => {
  it('[SETUP5] what is certain is told alone, and comes before all else', () => {
    expect(of({ forbidden: true, readable: true, answered: true, online: false }).finding.cause).toBe(
      'notAllowed',
    );
    expect(of({ readable: true, answered: true, online: false }).finding).toEqual({
      cause: 'cors',
      found: 'preflight',
    });
    expect(of({ answered: true, online: false }).finding).toEqual({ cause: 'cors', found: 'closed' });
    expect(causes({ url: FAR, online: false })).toEqual(['offline']);
    expect(causes({ url: FAR, otherSchemeAnswered: true })).toEqual(['tls']);
    expect(of({ url: FAR, otherSchemeAnswered: true }).finding).toEqual({ cause: 'tls', found: 'plainHttp' });
    expect(of({ otherSchemeAnswered: true }).finding).toEqual({ cause: 'wrongAddress', found: 'noHttp' });
    expect(of({ url: FAR, waitedMs: 10_000 }).finding).toEqual({ cause: 'timedOut', waitedMs: 10_000 });
  });

  it('[SETUP5] this machine can be reached offline and without HTTPS', () => {
    expect(causes({ online: false })).toEqual(['refused']);
    expect(of({}).finding).toEqual({ cause: 'refused', host: 'localhost', space: 'loopback' });
    expect(causes({ url: 'http://studio.localhost' })).toEqual(['refused']);
  });

  it('[SETUP5] plain HTTP from an encrypted page is mixed content, but where the browser has leave for the network', () => {
    expect(causes({ url: 'http://panorama.example.com' })).toEqual(['mixedContent']);
    expect(causes({ url: 'http://render-box:8787' })).toEqual(['mixedContent']);
    expect(causes({ url: 'http://192.168.1.20:8787', permission: 'unknown' })).toEqual(['mixedContent']);
    expect(causes({ url: 'http://192.168.1.20:8787' })).toEqual(['refused']);
    expect(causes({ url: 'http://box.local:8787', name: 'found' })).toEqual(['refused']);
    const http = { https: false, space: 'public' } as const;
    expect(causes({ url: 'http://panorama.example.com', page: http, name: 'found' })).toEqual(['refused']);
  });

  it('[SETUP5] leave to reach the network is asked of pages farther out, and of no others', () => {
    const denied = { permission: 'denied' } as const;
    expect(of({ ...denied, port: 'closed' })).toEqual({
      finding: { cause: 'localNetworkPermission', found: 'denied' },
      also: ['refused'],
    });
    expect(of({ ...denied, passedOn: false }).finding).toEqual({
      cause: 'localNetworkPermission',
      found: 'notPassedOn',
    });
    expect(causes({ ...denied, url: 'http://10.0.0.7' })[0]).toBe('localNetworkPermission');
    expect(causes({ ...denied, page: NEAR })).toEqual(['refused']);
    expect(causes({ ...denied, url: 'http://10.0.0.7', page: { https: false, space: 'local' } })).toEqual([
      'refused',
    ]);
    expect(causes({ ...denied, page: { https: false, space: 'local' } })[0]).toBe('localNetworkPermission');
    expect(causes({ ...denied, url: FAR, name: 'found', port: 'closed' })).toEqual(['refused']);
    const prompt = { permission: 'prompt' } as const;
    expect(of({ ...prompt, waitedMs: 10_000 }).finding).toEqual({
      cause: 'localNetworkPermission',
      found: 'asking',
    });
    expect(of({ ...prompt, waitedMs: 10_000, page: NEAR }).finding.cause).toBe('timedOut');
    expect(causes(prompt)).toEqual(['refused', 'localNetworkPermission']);
  });

  it('[SETUP6] a name that may not exist is said to be one of several causes, unless it was found', () => {
    const far = { page: NEAR, url: 'http://panorama.example.com' };
    expect(causes(far)).toEqual(['nameNotFound', 'refused']);
    expect(causes({ ...far, name: 'notFound' })).toEqual(['nameNotFound', 'refused']);
    expect(causes({ ...far, name: 'found' })).toEqual(['refused']);
    expect(causes({ ...far, hostAnswered: true })).toEqual(['refused']);
    expect(causes({ ...far, url: 'http://8.8.8.8' })).toEqual(['refused']);
  });

  it('[SETUP6] over HTTPS an untrusted certificate is one of the causes, unless the port is closed, and the one where it is open', () => {
    expect(causes({ url: FAR })).toEqual(['nameNotFound', 'refused', 'tls']);
    expect(causes({ url: FAR, name: 'found' })).toEqual(['tls', 'refused']);
    expect(causes({ url: FAR, name: 'found', port: 'closed' })).toEqual(['refused']);
    expect(of({ url: FAR, name: 'found', port: 'open' })).toEqual({
      finding: { cause: 'tls', found: 'certificate' },
      also: [],
    });
    expect(causes({ url: 'https://localhost', permission: 'denied', port: 'open' })).toEqual([
      'localNetworkPermission',
      'tls',
    ]);
    expect(of({ port: 'open' }).finding).toEqual({ cause: 'wrongAddress', found: 'noHttp' });
  });

  it('[SETUP6] browsers that ask for no leave may not let Figma call this machine without HTTPS', () => {
    expect(causes({ permission: 'unknown' })).toEqual(['refused', 'mixedContent']);
    expect(causes({ permission: 'unknown', page: NEAR })).toEqual(['refused']);
    expect(causes({ permission: 'unknown', url: 'https://localhost' })).toEqual(['tls', 'refused']);
  });

  it('[SETUP6] whatever the facts, there is one cause, and the others are others', () => {
    const flag = fc.boolean();
    const facts: fc.Arbitrary<Facts> = fc.record({
      url: fc.constantFrom(
        'http://localhost',
        'https://localhost',
        FAR,
        'http://10.0.0.7',
        'http://box.local',
        'http://box',
      ),
      waitedMs: fc.constantFrom(null, 10_000),
      readable: flag,
      answered: flag,
      otherSchemeAnswered: flag,
      hostAnswered: flag,
      name: fc.constantFrom('found', 'notFound', 'unknown'),
      port: fc.constantFrom('open', 'closed', 'unknown'),
      online: flag,
      forbidden: flag,
      page: fc.record({ https: flag, space: fc.constantFrom('public', 'local', 'loopback') }),
      permission: fc.constantFrom('granted', 'denied', 'prompt', 'unknown'),
      passedOn: fc.constantFrom(null, true, false),
    });
    fc.assert(
      fc.property(facts, (some) => {
        const { finding, also } = diagnose(some);
        const all = [finding.cause, ...also];
        expect(new Set(all).size).toBe(all.length);
      }),
      { numRuns: 2000 },
    );
  });
});
