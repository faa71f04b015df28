import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from './errors.ts';
import { parseCommand } from './options.ts';
import type { Environment } from './server-option.ts';

/** Where a run is done, its arguments beside the photo and the size given. */
function place(args: string, env: Environment = {}) {
  const command = parseCommand(['a.jpg', '--size', '64x64', ...args.split(' ').filter(Boolean)], env);
  if (command.name !== 'run') throw new Error(`got ${command.name}`);
  return command.place;
}

function refusal(args: string, env: Environment = {}): string {
  try {
    place(args, env);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
}

const at = (url: string, token = 't') => ({ name: 'server', address: { url, token } });

describe('--server', () => {
  it('[CLI45] and --token, or the environment, have a server do the work; flags come first', () => {
    const env = { PANORAMA_SERVER: 'https://a.test', PANORAMA_TOKEN: 'e' };
    expect(place('--server https://b.test/x/ --token t')).toEqual(at('https://b.test/x'));
    expect(place('', env)).toEqual(at('https://a.test', 'e'));
    expect(place('--server https://b.test', env)).toEqual(at('https://b.test', 'e'));
    expect(place('--token t', env)).toEqual(at('https://a.test'));
    expect(place('', { PANORAMA_TOKEN: 'e' })).toEqual({ name: 'here', engine: 'auto' });
    expect(place('', { PANORAMA_SERVER: '', PANORAMA_TOKEN: '' })).toEqual({ name: 'here', engine: 'auto' });
  });

  it('[CLI46] takes an address without a scheme for HTTP where it is near, and else asks for the scheme', () => {
    const url = (text: string) => place(`--server ${text} --token t`);
    expect(url('localhost:8787')).toEqual(at('http://localhost:8787'));
    expect(url('LOCALHOST')).toEqual(at('http://localhost'));
    expect(url('gpu.localhost:1')).toEqual(at('http://gpu.localhost:1'));
    expect(url('192.168.1.7:8080/')).toEqual(at('http://192.168.1.7:8080'));
    expect(url('[::1]:8080')).toEqual(at('http://[::1]:8080'));
    expect(url('HTTPS://Example.com//')).toEqual(at('https://example.com'));
    const asked = '--server: expected an address that begins with http:// or https://, got';
    for (const text of ['example.com:8080', 'gpu', '300.1.1.1', 'http:gpu', '/v1', 'localhost.example.com']) {
      expect(refusal(`--server ${text} --token t`)).toBe(`${asked} "${text}"`);
    }
    expect(refusal('--server ftp://a.test --token t')).toBe(
      '--server: expected http:// or https://, got ftp://',
    );
    expect(refusal('--server http:// --token t')).toBe(
      '--server: expected an address such as http://localhost:8787, got "http://"',
    );
    expect(refusal('', { PANORAMA_SERVER: 'gpu' })).toMatch(/^PANORAMA_SERVER: expected an address that/);
  });

  it('[CLI46] refuses names, passwords, queries and fragments, and does not show them', () => {
    for (const url of [
      'http://me:secret@a.test',
      'http://secret@a.test',
      'secret@a.test',
      'localhost@a?secret',
    ]) {
      expect(refusal(`--server ${url} --token t`)).toMatch(/^--server: expected [^\n]+, got /);
      expect(refusal(`--server ${url} --token t`)).not.toContain('secret');
    }
    for (const url of [
      'http://a.test/?token=secret',
      'http://a.test/#token=secret',
      'localhost?',
      'localhost/#',
    ]) {
      expect(refusal(`--server ${url} --token t`)).toBe(
        '--server: expected an address such as http://localhost:8787, got one with ? or #; --token takes the token',
      );
    }
  });

  it('[CLI47] wants a token, which wants a server, and leaves the engine to it', () => {
    const server = '--server http://a.test';
    expect(refusal(server)).toBe(
      '--token: expected the token that http://a.test prints when it starts, got nothing',
    );
    expect(refusal('--token t')).toBe('--token: expected a server that it belongs to, got no --server');
    expect(refusal(`${server} --token t --engine cpu`)).toBe(
      '--engine: expected none with --server, whose own engine is used, got "cpu"',
    );
    expect(refusal('--engine cpu', { PANORAMA_SERVER: 'http://a.test', PANORAMA_TOKEN: 't' })).toBe(
      '--engine: expected none with PANORAMA_SERVER, whose own engine is used, got "cpu"',
    );
    expect(refusal(`${server} --token sécret`)).toBe(
      '--token: expected letters, digits and signs without spaces, got other characters',
    );
    expect(refusal(server, { PANORAMA_TOKEN: 'a\nb' })).toMatch(/^PANORAMA_TOKEN: expected letters/);
  });

  it('[CLI46] either reads an address or refuses it in one line', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => {
        const env = { PANORAMA_SERVER: text, PANORAMA_TOKEN: 't' };
        const message = refusal('', env);
        expect(message).not.toContain('\n');
        if (message !== '' || text === '') return;
        const found = place('', env);
        expect(found.name === 'server' && found.address.url).toMatch(/^https?:\/\/[^?#]*[^/?#]$/);
      }),
    );
  });
});
