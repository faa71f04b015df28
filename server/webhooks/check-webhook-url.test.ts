import type { LookupAddress } from 'node:dns';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { checkWebhookUrl } from './check-webhook-url.ts';
import { WebhookError } from './errors.ts';
import { isPublic } from './is-public.ts';
import { publicOnly } from './public-only.ts';
import { leadsTo } from './webhooks.testing.ts';

/** What IANA's special-purpose registries do not call globally reachable, and multicast. */
const CLOSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
];
const CLOSED_V6 = [
  '::/128',
  '::1/128',
  '::ffff:0:0/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001:db8::/32',
  '2001:2::/48',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];
const OPEN = ['1.1.1.1', '9.9.9.9', '100.63.255.255', '172.32.0.1', '192.169.0.1', '223.255.255.254'];
const OPEN_V6 = ['2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450:4001::1'];

/** An address of the block `cidr`, as bytes. */
function within(cidr: string): fc.Arbitrary<number[]> {
  const [first, bits] = ipaddr.parseCIDR(cidr);
  const bytes = first.toByteArray();
  return fc.uint8Array({ minLength: bytes.length, maxLength: bytes.length }).map((random) =>
    bytes.map((byte, i) => {
      const fixed = Math.min(Math.max(bits - 8 * i, 0), 8);
      const free = 0xff >> fixed;
      return (byte & ~free & 0xff) | ((random[i] ?? 0) & free);
    }),
  );
}

type Form = (bytes: readonly number[]) => string;

const whole = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
const hex = (bytes: readonly number[]) => Buffer.from(bytes).toString('hex');
const groups = (bytes: readonly number[]) => `${hex(bytes.slice(0, 2))}:${hex(bytes.slice(2))}`;

/** The ways to write an IPv4 address that a URL takes. */
const FORMS: Record<string, Form> = {
  dotted: (bytes) => bytes.join('.'),
  'with a last dot': (bytes) => `${bytes.join('.')}.`,
  decimal: (bytes) => String(whole(bytes)),
  hexadecimal: (bytes) => `0x${whole(bytes).toString(16)}`,
  'hexadecimal parts': (bytes) => bytes.map((byte) => `0X${byte.toString(16)}`).join('.'),
  octal: (bytes) => `0${whole(bytes).toString(8)}`,
  'octal parts': (bytes) => bytes.map((byte) => `000${byte.toString(8)}`).join('.'),
  'two parts': ([a = 0, ...rest]) => `${a}.${whole(rest)}`,
  'three parts': ([a = 0, b = 0, ...rest]) => `${a}.0x${b.toString(16)}.${whole(rest)}`,
  'percent-encoded': (bytes) => bytes.join('.').replace(/\d/g, (digit) => `%3${digit}`),
  'wide digits': (bytes) =>
    bytes.join('。').replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
};

/** IPv6 addresses that stand for an IPv4 address. */
const EMBEDDED: Record<string, Form> = {
  mapped: (bytes) => `[::ffff:${bytes.join('.')}]`,
  'mapped, in groups': (bytes) => `[0:0:0:0:0:FFFF:${groups(bytes)}]`,
  compatible: (bytes) => `[::${bytes.join('.')}]`,
  NAT64: (bytes) => `[64:ff9b::${bytes.join('.')}]`,
  '6to4': (bytes) => `[2002:${groups(bytes)}::1]`,
};

const closedV4 = fc.constantFrom(...CLOSED_V4).chain(within);
const closedV6 = fc.constantFrom(...CLOSED_V6).chain(within);

function problem(text: string): WebhookError {
  try {
    const url = checkWebhookUrl(text);
    throw new Error(`${text} was taken, as ${url.href}`);
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    expect(error.message).not.toContain('\n');
    return error;
  }
}

describe('checkWebhookUrl', () => {
  it.each(Object.entries({ ...FORMS, ...EMBEDDED }))(
    '[HOOK4] refuses every private address, however it is written: %s',
    (_name, form) => {
      fc.assert(
        fc.property(closedV4, (bytes) => {
          const text = `http://${form(bytes)}:8080/hook`;
          expect(problem(text)).toMatchObject({ code: 'webhook-private', retry: false });
          expect(checkWebhookUrl(text, { allowPrivate: true }).port).toBe('8080');
        }),
      );
    },
  );

  it('[HOOK4] refuses every private IPv6 address', () => {
    fc.assert(
      fc.property(closedV6, (bytes) => {
        const address = ipaddr.fromByteArray(bytes).toString();
        expect(problem(`https://[${address}]/`).code).toBe('webhook-private');
        expect(isPublic(address)).toBe(false);
      }),
    );
  });

  it.each(['localhost', 'LOCALHOST', 'localhost.', 'a.localhost'])('[HOOK4] refuses %s', (name) => {
    expect(problem(`http://${name}/`).code).toBe('webhook-private');
    expect(checkWebhookUrl(`http://${name}/`, { allowPrivate: true }).protocol).toBe('http:');
  });

  it.each(Object.entries(FORMS))('[HOOK10] takes a public address and keeps its port: %s', (_name, form) => {
    for (const address of OPEN) {
      const { hostname, port } = checkWebhookUrl(`http://${form(address.split('.').map(Number))}:81/`);
      expect({ hostname, port }).toEqual({ hostname: address, port: '81' });
    }
  });

  it('[HOOK10] takes names and public IPv6 addresses, over HTTP and HTTPS', () => {
    for (const host of [
      'example.com',
      'localhost.example',
      'xn--bj0bj06e.kr',
      ...OPEN_V6.map((a) => `[${a}]`),
    ]) {
      expect(checkWebhookUrl(`https://${host}:444/a?b=c`).href).toBe(`https://${host}:444/a?b=c`);
      expect(checkWebhookUrl(`http://${host}/`).protocol).toBe('http:');
    }
  });

  it.each([
    ['', 'webhook: expected an address like https://example.com/hook, got ""'],
    [
      'example.com/hook',
      'webhook: expected an address like https://example.com/hook, got "example.com/hook"',
    ],
    [
      'http://1.2.3.400/',
      'webhook: expected an address like https://example.com/hook, got "http://1.2.3.400/"',
    ],
    ['ftp://example.com/', 'webhook: expected https or http, got "ftp:"'],
    ['file:///etc/passwd', 'webhook: expected https or http, got "file:"'],
  ])('[HOOK10] refuses what is no address of HTTP: %s', (text, message) => {
    expect(problem(text)).toMatchObject({ code: 'webhook-url', kind: 'request', retry: false, message });
  });

  it.each([
    'https://name:a-password@example.com/',
    'https://name@example.com/',
    'https://:a-password@1.1.1.1/',
  ])('[HOOK10] refuses a name or password and does not repeat it: %s', (text) => {
    const { code, message } = problem(text);
    expect(code).toBe('webhook-url');
    expect(message).not.toContain('a-password');
  });
});

describe('publicOnly', () => {
  const FAMILY = { 4: '1.1.1.1', 6: '2606:4700:4700::1111' };

  function answers(addresses: readonly string[], all: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      publicOnly(leadsTo(...addresses), 'http://receiver.example')(
        'name',
        { all },
        (error, found, family) => {
          if (error !== null) reject(error);
          else resolve(all ? (found as LookupAddress[]).map(({ address }) => address) : { found, family });
        },
      );
    });
  }

  it('[HOOK5] connects to the public ones of many addresses', async () => {
    const mixed = ['10.0.0.1', FAMILY[6], '::1', FAMILY[4], '::ffff:1.1.1.1', 'fe80::1%eth0'];
    expect(await answers(mixed, true)).toEqual([FAMILY[6], FAMILY[4]]);
    expect(await answers(mixed, false)).toEqual({ found: FAMILY[6], family: 6 });
  });

  it('[HOOK5] connects to none where none is public, or what came is no address', async () => {
    for (const all of [true, false]) {
      for (const addresses of [[], ['192.168.1.1', 'fd00::1'], ['not an address', '']]) {
        await expect(answers(addresses, all)).rejects.toMatchObject({ code: 'webhook-private' });
      }
    }
  });
});
