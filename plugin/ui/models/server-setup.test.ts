import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serverInfoOf } from '../panoramas.testing.ts';
import { FakeEnvironment, json, refusal, silence, type Answering } from './check-environment.testing.ts';
import { ServerSetup } from './server-setup.ts';

const TOKEN = 'the-token-of-this-server';

const server: Answering = (_, { headers }) =>
  new Headers(headers).get('Authorization') === `Bearer ${TOKEN}`
    ? json(serverInfoOf())
    : refusal(401, 'unauthorized');

function setUp(answer: Answering = server, only: string | null = null) {
  const address = signal({ url: 'http://localhost:8787', token: '' });
  const connected: [string, string | undefined][] = [];
  const connect = (token: string, url?: string) => {
    connected.push([token, url]);
    return Promise.resolve();
  };
  const environment = new FakeEnvironment(answer);
  const setup = new ServerSetup({ address, connect }, environment, { pluginVersion: '0.1.0', server: only });
  return { address, connected, environment, setup };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('setting up the server', () => {
  it('[SETUP2] takes address and token out of what was pasted, and connects with them', async () => {
    const { setup, connected } = setUp();
    setup.typeAddress(`  https://panorama.example.com/#token=${TOKEN}`);
    expect(await setup.save()).toBe(true);
    expect([setup.address.value, setup.token.value]).toEqual(['https://panorama.example.com', TOKEN]);
    expect(connected).toEqual([[TOKEN, 'https://panorama.example.com']]);
  });

  it('[SETUP2] leaves a token that was typed where the address brings none, and what is no address as it is', () => {
    const { setup } = setUp();
    setup.typeToken('typed');
    setup.typeAddress('127.0.0.1:8787/');
    setup.tidy();
    expect([setup.address.value, setup.token.value]).toEqual(['http://localhost:8787', 'typed']);
    setup.typeAddress('my server');
    setup.tidy();
    expect(setup.address.value).toBe('my server');
  });

  it('[SETUP9] shows what is kept until something is typed', () => {
    const { setup, address } = setUp();
    address.value = { url: 'https://kept.example.com', token: 'kept' };
    expect([setup.address.value, setup.token.value]).toEqual(['https://kept.example.com', 'kept']);
    setup.typeToken('');
    setup.typeAddress('');
    expect([setup.address.value, setup.token.value]).toEqual(['', '']);
  });

  it('[SETUP9] takes up only a server that is ready', async () => {
    const { setup, connected } = setUp();
    setup.typeToken('another');
    expect(await setup.save()).toBe(false);
    expect(setup.result.value?.finding).toEqual({ cause: 'unauthorized', found: 'wrong' });
    expect(connected).toEqual([]);
    setup.typeToken(` ${TOKEN} `);
    expect(await setup.save()).toBe(true);
    expect(setup.result.value?.finding.cause).toBe('ready');
    expect(connected).toEqual([[TOKEN, 'http://localhost:8787']]);
  });

  it('[SETUP9] a newer check ends the older one, whose outcome is not shown', async () => {
    const { setup, environment, connected } = setUp(silence);
    const older = setup.save();
    await vi.advanceTimersByTimeAsync(10);
    expect(setup.checking.value).toBe(true);
    environment.answer = server;
    setup.typeToken(TOKEN);
    expect(setup.checking.value).toBe(false);
    const newer = setup.save();
    expect(setup.checking.value).toBe(true);
    expect(await older).toBe(false);
    expect(await newer).toBe(true);
    expect(setup.checking.value).toBe(false);
    expect(environment.calls[0]?.init.signal?.aborted).toBe(true);
    expect(connected).toHaveLength(1);
  });

  it('[SETUP9] a server that the plugin was built for cannot be changed', async () => {
    const { setup, connected } = setUp(server, 'https://only.example.com');
    setup.typeAddress('https://another.example.com');
    setup.typeToken(TOKEN);
    expect(await setup.save()).toBe(true);
    expect(connected).toEqual([[TOKEN, 'https://only.example.com']]);
  });

  it('[SETUP7] connects to the address that a check suggests', async () => {
    const there = 'http://localhost:8787';
    const { setup, connected } = setUp((url, init) => {
      if (!url.startsWith(there)) throw new TypeError('Failed to fetch');
      return url.endsWith('/healthz') ? json({ status: 'ok' }) : server(url, init);
    });
    setup.typeToken(TOKEN);
    setup.typeAddress('localhost');
    expect(await setup.save()).toBe(false);
    expect(await setup.saveAt(setup.result.value?.suggestion ?? '')).toBe(true);
    expect(connected).toEqual([[TOKEN, there]]);
  });

  it('[SETUP8] reports the last check without the token', async () => {
    const { setup } = setUp();
    expect(setup.report()).toBe('');
    setup.typeToken('a-wrong-token');
    await setup.check();
    const report = setup.report(new Date(0));
    expect(report).toContain('Cause: unauthorized');
    expect(report).toContain('1970-01-01');
    expect(report).not.toContain('a-wrong-token');
  });
});
