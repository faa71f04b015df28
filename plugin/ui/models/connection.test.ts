import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientError } from '../../../shared/client.ts';
import { refused, unauthorized, unreachable } from '../fake-api.testing.ts';
import { FakeHost } from '../fake-host.testing.ts';
import { serverInfoOf } from '../panoramas.testing.ts';
import { Connection } from './connection.ts';

const TIMING = { checkMs: 20_000, backoffMs: 1000, longestMs: 8000 };

function setUp(host = new FakeHost()) {
  return { host, fake: host.fake, connection: new Connection(host, TIMING) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('the connection', () => {
  it('[UI28] the token that comes with the address is used and kept for the next visit', async () => {
    const { host, connection } = setUp();
    const undo = await connection.start();
    await settle();
    expect(connection.state.value).toEqual({ state: 'ready', info: serverInfoOf() });
    undo();
    const next = new FakeHost(host.fake, host.kept);
    next.start = { token: null, id: null };
    const again = setUp(next);
    (await again.connection.start())();
    expect(next.addresses.at(-1)).toEqual({ url: 'http://fake', token: 'a-token' });
  });

  it('[UI28] without a token, and with a wrong one, it is asked for', async () => {
    const { host, fake, connection } = setUp();
    host.start = { token: null, id: null };
    const undo = await connection.start();
    await settle();
    expect(connection.state.value).toEqual({ state: 'unauthorized', wrong: false });
    expect(fake.calls).toEqual([]);
    fake.fail = () => unauthorized();
    await connection.connect(' wrong ');
    expect(connection.state.value).toEqual({ state: 'unauthorized', wrong: true });
    expect(connection.address.value.token).toBe('wrong');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.calls.length).toBe(1);
    fake.fail = () => null;
    await connection.connect('right');
    expect(connection.ready.value).toBe(true);
    undo();
  });

  it('[UI28] where the host has no server of its own the user names one', async () => {
    const { host, connection } = setUp();
    host.server = null;
    const undo = await connection.start();
    await settle();
    expect(connection.state.value.state).toBe('unauthorized');
    await connection.connect('token', 'https://there.example/ ');
    expect(connection.address.value).toEqual({ url: 'https://there.example', token: 'token' });
    expect(connection.ready.value).toBe(true);
    undo();
  });

  it('[UI28] a token that was kept for another server is not sent', async () => {
    const host = new FakeHost();
    host.start = { token: null, id: null };
    host.kept.set('address', { url: 'http://elsewhere', token: 'its-token' });
    const connection = new Connection(host, TIMING);
    const undo = await connection.start();
    await settle();
    expect(connection.address.value).toEqual({ url: 'http://fake', token: '' });
    expect(connection.state.value).toEqual({ state: 'unauthorized', wrong: false });
    undo();
  });

  it('[UI29] a server that is away is looked for with growing pauses, and found by itself', async () => {
    const { fake, connection } = setUp();
    fake.fail = () => unreachable();
    const undo = await connection.start();
    await settle();
    expect(connection.state.value.state).toBe('away');
    const looks: number[] = [];
    for (let second = 0; second < 40; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      looks.push(fake.count('server'));
    }
    expect(looks.slice(0, 8)).toEqual([2, 2, 3, 3, 3, 3, 4, 4]);
    expect(looks.at(-1)).toBeLessThanOrEqual(8);
    fake.fail = () => null;
    await vi.advanceTimersByTimeAsync(8000);
    expect(connection.ready.value).toBe(true);
    undo();
    const count = fake.count('server');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.count('server')).toBe(count);
  });

  it('[UI30] another protocol is told and is no reason to hurry', async () => {
    const { fake, connection } = setUp();
    fake.fail = () => new ClientError('incompatible', 'expected protocol 1, got 2');
    const undo = await connection.start();
    await settle();
    expect(connection.state.value).toMatchObject({ state: 'incompatible', message: /protocol 1, got 2/ });
    await vi.advanceTimersByTimeAsync(7000);
    expect(fake.count('server')).toBe(1);
    undo();
  });

  it('[UI31] any call that gets no connection, or is refused the token, is noticed; other refusals are not', async () => {
    const { fake, connection } = setUp();
    const undo = await connection.start();
    await settle();
    fake.fail = ({ name }) => (name === 'list' ? refused(429, 'too-many-requests') : null);
    await expect(connection.api.value.list()).rejects.toThrow();
    expect(connection.ready.value).toBe(true);
    fake.fail = () => unreachable();
    await expect(connection.api.value.list()).rejects.toThrow();
    expect(connection.state.value.state).toBe('away');
    fake.fail = () => null;
    await connection.look();
    fake.fail = ({ name }) => (name === 'watch' ? unauthorized() : null);
    const watched = connection.api.value.watch('x', new AbortController().signal);
    await expect(watched[Symbol.asyncIterator]().next()).rejects.toThrow();
    expect(connection.state.value).toEqual({ state: 'unauthorized', wrong: true });
    undo();
  });
});
