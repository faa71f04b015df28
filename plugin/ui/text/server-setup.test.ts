import { describe, expect, it } from 'vitest';
import { adviceFor, piecesOf, STEPS, type AdviceKey } from '../components/setup-advice.ts';
import { Formats } from '../format.ts';
import { IN_FIGMA } from '../models/check-environment.testing.ts';
import type { CheckResult } from '../models/connection-check.ts';
import type { Finding } from '../models/connection-diagnosis.ts';
import { PROBLEMS } from '../models/findings.testing.ts';
import { setupTextOf } from './server-setup.ts';

const LANGUAGES = ['en', 'ko'] as const;
const host = 'panorama.example.com';

function resultOf(finding: Finding, url: string | null = `https://${host}`): CheckResult {
  return { finding, url, also: [], suggestion: null, message: null, probes: [], surroundings: IN_FIGMA };
}

function told(line: string, result: CheckResult, language: (typeof LANGUAGES)[number] = 'en'): string {
  return piecesOf(line, result, setupTextOf(language), new Formats(language))
    .map((piece) => ('code' in piece ? `\`${piece.code}\`` : piece.text))
    .join('');
}

describe('the words of setting up a server', () => {
  it('[SETUP10] every cause has its own text and its own next step, in each language', () => {
    const keys = PROBLEMS.map(adviceFor);
    expect(new Set(keys)).toEqual(new Set(Object.keys(STEPS)));
    for (const language of LANGUAGES) {
      const { advice, steps } = setupTextOf(language);
      const texts: string[] = [];
      for (const finding of PROBLEMS) {
        const key = adviceFor(finding) as AdviceKey;
        const lines = [...advice[key], ...STEPS[key].map((step) => steps[step])];
        texts.push(advice[key].join(' '));
        expect(STEPS[key].length, key).toBeGreaterThan(0);
        for (const line of lines) {
          const text = told(line, resultOf(finding), language);
          expect(text.length, key).toBeGreaterThan(3);
          expect(text, key).not.toMatch(/[{}]|undefined|``/);
        }
      }
      expect(new Set(texts).size).toBe(keys.length);
    }
    expect(adviceFor({ cause: 'localNetworkPermission', found: 'notPassedOn' })).toBe('denied');
  });

  it('[SETUP10] every step is somebody’s, and both languages fill in the same', () => {
    const used = new Set(Object.values(STEPS).flat());
    const [en, ko] = LANGUAGES.map(setupTextOf);
    expect(used).toEqual(new Set(Object.keys(en?.steps ?? {})));
    const blanks = (value: unknown): string[] =>
      typeof value === 'string'
        ? (value.match(/\{\w+\}/g) ?? []).toSorted()
        : Object.values(value ?? {}).flatMap((part, index) =>
            blanks(part).map((blank) => `${index}${blank}`),
          );
    expect(blanks(ko)).toEqual(blanks(en));
    expect(JSON.stringify(en)).not.toMatch(/[\u3131-\ud79d]/);
    const all = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(all);
    for (const line of all(ko)) expect(line).toMatch(/[\u3131-\ud79d]/);
  });

  it('[SETUP10] commands and addresses are those of the server that was named', () => {
    const refused: Finding = { cause: 'refused', host, space: 'public' };
    expect(told('{open}', resultOf(refused))).toBe(`\`npm start -- --host 0.0.0.0 --allowed-hosts ${host}\``);
    expect(told('{open}', resultOf(refused, 'http://10.0.0.7'))).toBe('`npm start -- --host 0.0.0.0`');
    const hidden: Finding = { cause: 'wrongHost', host: 'box.local' };
    expect(told('{named}', resultOf(hidden, 'http://box.local'))).toBe(
      '`npm start -- --allowed-hosts box.local`',
    );
    const mixed: Finding = { cause: 'mixedContent', host: 'box.local' };
    expect(told('{caddy} {named}', resultOf(mixed, 'http://box.local:8787'))).toBe(
      '`caddy reverse-proxy --from panorama.example.com --to localhost:8787` `npm start -- --allowed-hosts panorama.example.com`',
    );
    expect(told('{url} {host}', resultOf(refused))).toBe(`\`https://${host}\` \`${host}\``);
    expect(told('{wait}', resultOf({ cause: 'busy', found: 'queue', retryAfterMs: 60_000 }))).toBe('60 sec');
    expect(told('{wait}', resultOf({ cause: 'busy', found: 'queue', retryAfterMs: null }))).toBe('a moment');
  });
});
