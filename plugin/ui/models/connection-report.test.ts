import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IN_FIGMA } from './check-environment.testing.ts';
import type { CheckResult } from './connection-check.ts';
import { connectionReport } from './connection-report.ts';

const RESULT: CheckResult = {
  finding: { cause: 'refused', host: 'localhost', space: 'loopback' },
  also: ['localNetworkPermission'],
  url: 'http://localhost:9000',
  suggestion: 'http://localhost:8787',
  message: 'http://localhost:9000: expected an answer, got no connection',
  probes: [
    { what: 'GET http://localhost:9000/v1/server', result: 'TypeError: Failed to fetch', ms: 12.4 },
    { what: 'port 9000', result: 'closed', ms: 127.8 },
  ],
  surroundings: IN_FIGMA,
};
const FACTS = { pluginVersion: '0.1.0', time: new Date('2026-05-04T12:00:00Z'), token: 'the-token' };

describe('the report of a check', () => {
  it('[SETUP8] tells time, versions, server, cause, page, permissions, browser and every attempt', () => {
    expect(connectionReport(RESULT, FACTS)).toMatchInlineSnapshot(`
      "Panorama Converter, connection report
      Time: 2026-05-04T12:00:00.000Z
      Plugin: 0.1.0, protocol 1
      Server: http://localhost:9000
      Token: given
      Cause: refused, else localNetworkPermission
      Details: {"host":"localhost","space":"loopback"}
      Message: http://localhost:9000: expected an answer, got no connection
      Suggestion: http://localhost:8787
      Page: null in https://www.figma.com; secure; online
      Permissions: local-network-access granted, local-network granted, loopback-network granted
      Passed on by the page around: yes
      Browser: Mozilla/5.0 Chrome/147.0.0.0
      Attempts:
      - GET http://localhost:9000/v1/server: TypeError: Failed to fetch, 12 ms
      - port 9000: closed, 128 ms"
    `);
  });

  it('[SETUP8] never holds the token, wherever and however it is spelt', () => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    });
    fc.assert(
      fc.property(printable, fc.array(fc.string()), (token, pieces) => {
        const spellings = [token, encodeURIComponent(token), JSON.stringify(token)];
        const holding =
          spellings.flatMap((spelling) => pieces.map((piece) => piece + spelling)).join(' ') + token;
        const report = connectionReport(
          {
            ...RESULT,
            url: `http://localhost/${encodeURIComponent(token)}`,
            message: holding,
            finding: { cause: 'mixedContent', host: holding },
            probes: [{ what: `GET http://localhost/?token=${token}`, result: holding, ms: 1 }],
          },
          { ...FACTS, token: ` ${token} ` },
        );
        expect(report).not.toContain(token);
        if (token.length > 3) expect(report).not.toContain(encodeURIComponent(token));
      }),
    );
  });

  it('[SETUP8] holds no other token and no password that came along', () => {
    const report = connectionReport(
      { ...RESULT, message: 'http://anna:secret@host and #token=another-one&id=7' },
      { ...FACTS, token: '' },
    );
    expect(report).not.toMatch(/anna|secret|another-one/);
    expect(report).toContain('Token: none');
  });
});
