import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFigures, normalizeAddress, spaceOf } from './server-address.ts';

const urlOf = (text: string) => {
  const address = normalizeAddress(text);
  return address.ok ? address.url : address.problem;
};

describe('a pasted address', () => {
  it('[SETUP1] loses what does not belong to it: spaces, quotes, slashes, query, fragment, paths of calls', () => {
    const texts: [string, string][] = [
      ['  http://host:8787/  ', 'http://host:8787'],
      ['"https://panorama.example.com"', 'https://panorama.example.com'],
      ['<http://localhost:8787/>', 'http://localhost:8787'],
      ['HTTP://LocalHost:8787', 'http://localhost:8787'],
      ['https://Panorama.Example.COM./', 'https://panorama.example.com'],
      ['http://localhost:8787/v1', 'http://localhost:8787'],
      ['http://localhost:8787/v1/server', 'http://localhost:8787'],
      ['https://example.com/tools/panorama/v1/panoramas/7', 'https://example.com/tools/panorama'],
      ['https://example.com/tools/index.html', 'https://example.com/tools'],
      ['https://example.com//tools///', 'https://example.com/tools'],
      ['http://localhost:8787/?x=1', 'http://localhost:8787'],
      ['https://example.com:443/', 'https://example.com'],
      ['http://example.com:80', 'http://example.com'],
      ['http:/localhost:8787', 'http://localhost:8787'],
      ['http//localhost:8787', 'http://localhost:8787'],
      ['//localhost:8787', 'http://localhost:8787'],
      ['http://bücher.example', 'http://xn--bcher-kva.example'],
    ];
    for (const [text, url] of texts) expect(urlOf(text), text).toBe(url);
  });

  it('[SETUP1] without a scheme is http on this machine and its network, https elsewhere', () => {
    const near = ['localhost:8787', 'studio.localhost', 'host.local', 'render-box', 'render-box:8787'];
    near.push('10.0.0.7', '172.16.4.1:8787', '172.31.0.1', '192.168.1.20:8787', '169.254.1.1');
    near.push('[fd12:3456::1]:8787', '[fe80::1]');
    for (const text of near) expect(urlOf(text), text).toBe(`http://${text}`);
    const far = ['panorama.example.com', 'example.com:8443', '172.32.0.1', '11.0.0.1', '8.8.8.8'];
    far.push('192.169.0.1', 'local.example.com', 'localhost.example.com', '[2001:db8::1]:8443');
    for (const text of far) expect(urlOf(text), text).toBe(`https://${text}`);
    expect(urlOf('example.com:443')).toBe('https://example.com');
    expect(urlOf('example.com:80')).toBe('https://example.com:80');
  });

  it('[SETUP1] of this machine goes by localhost, which Figma takes, and keeps its port', () => {
    for (const host of ['127.0.0.1', 'http://127.0.0.1', '0.0.0.0', '[::1]', '[0:0::1]', '[::]']) {
      expect(urlOf(`${host}:8787`), host).toBe('http://localhost:8787');
    }
    expect(urlOf('https://127.0.0.1')).toBe('https://localhost');
    expect(urlOf('8787')).toBe('http://localhost:8787');
    expect(urlOf(':9000/')).toBe('http://localhost:9000');
    expect(urlOf('http://localhost')).toBe('http://localhost');
  });

  it('[SETUP2] that the server printed gives its token too', () => {
    expect(normalizeAddress('https://panorama.example.com/#token=abc')).toEqual({
      ok: true,
      url: 'https://panorama.example.com',
      token: 'abc',
    });
    expect(normalizeAddress('localhost:8787/#token=a-b_c&id=7')).toMatchObject({ token: 'a-b_c' });
    expect(normalizeAddress('8787/#token=abc')).toMatchObject({ url: 'http://localhost:8787', token: 'abc' });
    for (const hash of ['', '#', '#token=', '#token=a%20b', '#id=7', '?token=abc'])
      expect(normalizeAddress(`http://localhost:8787/${hash}`), hash).toMatchObject({ token: null });
  });

  it('[SETUP3] that is none is refused by what is wrong with it', () => {
    const texts: [string, string][] = [
      ['', 'empty'],
      ['  ', 'empty'],
      ['""', 'empty'],
      ['ftp://example.com', 'scheme'],
      ['ws://localhost:8787', 'scheme'],
      ['file:///etc/hosts', 'scheme'],
      ['http://anna:secret@example.com', 'credentials'],
      ['anna@example.com', 'credentials'],
      ['http://', 'malformed'],
      ['my server', 'malformed'],
      ['http://exa mple.com', 'malformed'],
      ['localhost:99999', 'malformed'],
      ['localhost:0', 'malformed'],
      ['localhost:port', 'malformed'],
      ['javascript:alert(1)', 'malformed'],
      ['...', 'malformed'],
      ['a..b', 'malformed'],
      ['*', 'malformed'],
      ['1.2.3.4.5', 'malformed'],
      ['[::1', 'malformed'],
      ['x'.repeat(3000), 'malformed'],
    ];
    for (const [text, problem] of texts) expect(normalizeAddress(text), text).toEqual({ ok: false, problem });
  });

  it('[SETUP3] is read or refused, whatever it is', () => {
    const pieces = fc.constantFrom(
      'http',
      's',
      ':',
      '/',
      '//',
      '.',
      '@',
      '#token=',
      '[',
      ']',
      '?',
      '\\',
      '%',
      ' ',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(pieces, fc.string())).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const address = normalizeAddress(text);
        if (!address.ok) return;
        const url = new URL(address.url);
        expect(`${url.protocol}//${url.host}${url.pathname}`.replace(/\/$/, '')).toBe(address.url);
        expect(url.username + url.password + url.search + url.hash).toBe('');
        expect(normalizeAddress(address.url)).toEqual({ ok: true, url: address.url, token: null });
      }),
    );
  });

  it('[SETUP1] stays as it is once it is one, and is the same with any of its decorations', () => {
    const token = fc.stringMatching(/^[\w-]{1,40}$/);
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: null });
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((figures) => `[${figures}]`),
    );
    fc.assert(
      fc.property(fc.constantFrom('http', 'https'), host, port, token, (scheme, name, number, secret) => {
        const bare = `${scheme}://${name}${number === null ? '' : `:${number}`}`;
        const address = normalizeAddress(bare);
        if (!address.ok) throw new Error(`${bare}: ${address.problem}`);
        expect(normalizeAddress(address.url)).toEqual(address);
        expect(normalizeAddress(`  ${bare.toUpperCase()}/v1/server/?a=b#token=${secret} `)).toEqual({
          ...address,
          token: secret,
        });
      }),
    );
  });

  it('[SETUP1] tells where a host is, and whether it needs a name service', () => {
    expect(['localhost', 'a.localhost', '127.8.0.1', '[::1]'].map(spaceOf)).toEqual(
      Array(4).fill('loopback'),
    );
    expect(spaceOf('127.example.com')).toBe('public');
    expect(['[::1]', '10.0.0.1', 'localhost', 'a.b.c.d'].map(isFigures)).toEqual([true, true, false, false]);
  });
});
