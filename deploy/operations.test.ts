import { transform } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { signWebhook } from '../server/webhooks/sign-webhook.ts';

const PAGE = new URL('../docs/operations.md', import.meta.url);
const page = await readFile(PAGE, 'utf8');

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const BODY = JSON.stringify({ type: 'panorama.succeeded', name: '파노라마' });
const MINUTE_MS = 60_000;

/** The page's only code block of that language which defines `name`. */
function code(language: string, name: string): string {
  const blocks = [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))]
    .map(([, text = '']) => text)
    .filter((text) => text.includes(name));
  expect(blocks).toHaveLength(1);
  return blocks[0] ?? '';
}

const signed = (sentAt: Date): Record<string, string> => signWebhook('id_1', sentAt, BODY, SECRET);

type Received = [headers: Record<string, string>, body: string, secret: string];

/** What a receiver must not take. */
const FORGED: Record<string, Received> = {
  'another secret': [signed(new Date()), BODY, OTHER],
  'another body': [signed(new Date()), `${BODY} `, SECRET],
  'another id': [{ ...signed(new Date()), 'webhook-id': 'id_2' }, BODY, SECRET],
  'sent long ago': [signed(new Date(Date.now() - 10 * MINUTE_MS)), BODY, SECRET],
  'no signature': [{ ...signed(new Date()), 'webhook-signature': '' }, BODY, SECRET],
};

describe("the documentation's receiver of webhooks", () => {
  it('[DEPLOY7] in TypeScript takes what the server signs, and nothing else', async () => {
    const script = await transform(code('ts', 'readWebhook'), { loader: 'ts', format: 'esm' });
    const { readWebhook } = (await import(
      `data:text/javascript;base64,${Buffer.from(script.code).toString('base64')}`
    )) as { readWebhook: (headers: Headers, body: string, secret: string) => unknown };
    const headers = signed(new Date());
    expect(readWebhook(new Headers(headers), BODY, SECRET)).toEqual(JSON.parse(BODY));
    const rotated = { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` };
    expect(readWebhook(new Headers(rotated), BODY, SECRET)).toEqual(JSON.parse(BODY));
    for (const [what, [wrong, body, secret]] of Object.entries(FORGED))
      expect(() => readWebhook(new Headers(wrong), body, secret), what).toThrow('webhook: expected');
  });

  it.skipIf(!hasPython())('[DEPLOY7] in Python takes what the server signs, and nothing else', () => {
    const program = `${code('python', 'read_webhook')}
import sys
headers, body, secret = json.load(sys.stdin)
try:
    print(json.dumps(read_webhook(headers, body.encode(), secret)))
except ValueError as error:
    print(json.dumps(str(error)))
`;
    const read = (...input: Received): unknown =>
      JSON.parse(
        execFileSync('python3', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' }),
      );
    expect(read(signed(new Date()), BODY, SECRET)).toEqual(JSON.parse(BODY));
    for (const [what, forged] of Object.entries(FORGED))
      expect(read(...forged), what).toMatch(/^webhook: expected/);
  });
});

describe('docs/operations.md', () => {
  it('[DEPLOY3] leads to files that are there', () => {
    const links = [...page.matchAll(/\]\((\.\.\/[^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(new URL(link, PAGE)))).toEqual([]);
  });
});

function hasPython(): boolean {
  try {
    return Number(/ 3\.(\d+)/.exec(execFileSync('python3', ['--version'], { encoding: 'utf8' }))?.[1]) >= 9;
  } catch {
    return false;
  }
}
