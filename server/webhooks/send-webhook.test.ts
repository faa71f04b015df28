import { getEventListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type LookupFunction, type Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SELF_SIGNED } from '../../plugin/web/certificate.testing.ts';
import { WebhookError } from './errors.ts';
import { sendWebhook, type Network, type Sending } from './send-webhook.ts';
import {
  closeServer,
  leadsTo,
  listening,
  startReceiver,
  type Certificate,
  type Receiver,
} from './webhooks.testing.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BODY = '{"type":"panorama.succeeded","data":{"name":"산 너머"}}';
const HERE = leadsTo('127.0.0.1');

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of undo.splice(0).reverse()) await close();
});

async function receiver(answer: RequestListener, certificate?: Certificate): Promise<Receiver> {
  const started = await startReceiver(answer, certificate);
  undo.push(() => started.close());
  return started;
}

/** A server that does this with each connection. */
async function rawReceiver(connected: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    connected(socket);
  });
  const port = await listening(server);
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    return closeServer(server);
  });
  return port;
}

const status =
  (code: number, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(code, headers).end();

function send(url: string, changes: Partial<Sending> = {}, network: Network = {}): Promise<void> {
  const sending = { url, id: 'msg_1', secret: SECRET, body: BODY, now: new Date(), allowPrivate: true };
  return sendWebhook({ ...sending, ...changes }, network);
}

/** What a sending fails with. */
async function failure(sending: Promise<void>): Promise<WebhookError> {
  const error = await sending.then(
    () => new Error('it was delivered'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WebhookError);
  expect((error as WebhookError).message).not.toContain('\n');
  return error as WebhookError;
}

describe('sendWebhook', () => {
  it("[HOOK1] signs so that Standard Webhooks' own verifier takes it, and nothing else", async () => {
    const { port, received } = await receiver(status(204));
    await send(`http://127.0.0.1:${port}/`);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const signed = headers as Record<string, string>;
    const verifier = new Webhook(SECRET);
    expect(verifier.verify(body, signed)).toEqual(JSON.parse(BODY));
    expect(() => verifier.verify(`${body} `, signed)).toThrow();
    expect(() => verifier.verify(body, { ...signed, 'webhook-id': 'msg_2' })).toThrow();
    const other = new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
    expect(() => other.verify(body, signed)).toThrow();
  });

  it('[HOOK3] posts the signed JSON to exactly this address, without cookies or credentials', async () => {
    const { port, received } = await receiver(status(200, { 'set-cookie': 'a=b' }));
    await send(`http://127.0.0.1:${port}/hooks/1?key=a%20b#part`);
    await send(`http://127.0.0.1:${port}/hooks/1?key=a%20b#part`);
    expect(received).toHaveLength(2);
    for (const { method, path, headers, body } of received) {
      expect({ method, path, body }).toEqual({ method: 'POST', path: '/hooks/1?key=a%20b', body: BODY });
      expect(headers).toEqual({
        host: `127.0.0.1:${port}`,
        connection: 'close',
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(BODY)),
        'user-agent': 'panorama-converter',
        'webhook-id': 'msg_1',
        'webhook-timestamp': expect.stringMatching(/^\d{10}$/) as string,
        'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/) as string,
      });
    }
  });

  it('[HOOK3] posts over TLS to a receiver with a certificate of its name', async () => {
    const { port, received } = await receiver(status(200), SELF_SIGNED);
    const trusted = { ca: SELF_SIGNED.cert, lookup: HERE };
    await send(`https://localhost:${port}/`, {}, trusted);
    expect(received).toHaveLength(1);
    const untrusted = await failure(send(`https://localhost:${port}/`, {}, { lookup: HERE }));
    expect(untrusted).toMatchObject({ code: 'webhook-away', retry: true });
    expect(untrusted.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    const another = await failure(send(`https://receiver.example:${port}/`, {}, trusted));
    expect(another).toMatchObject({ code: 'webhook-away', retry: true });
    expect(another.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(received).toHaveLength(1);
  });

  it('[HOOK4] does not connect to a private address, unless that is allowed', async () => {
    const { port, received } = await receiver(status(200));
    for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '0.0.0.0', 'localhost', '2130706433']) {
      const error = await failure(send(`http://${host}:${port}/`, { allowPrivate: false }));
      expect(error).toMatchObject({ code: 'webhook-private', kind: 'request', retry: false, status: null });
    }
    expect(received).toEqual([]);
    await send(`http://2130706433:${port}/`);
    await send(`http://localhost:${port}/`);
    expect(received).toHaveLength(2);
  });

  it('[HOOK5] does not connect where the name leads to private addresses only', async () => {
    const { port, received } = await receiver(status(200));
    const url = `http://receiver.example:${port}/`;
    for (const addresses of [['127.0.0.1'], ['::1', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
      const lookup = leadsTo(...addresses);
      const error = await failure(send(url, { allowPrivate: false }, { lookup }));
      expect(error).toMatchObject({ code: 'webhook-private', retry: false });
    }
    expect(received).toEqual([]);
    await send(url, {}, { lookup: HERE });
    expect(received).toHaveLength(1);
  });

  it('[HOOK5] asks for the name once', async () => {
    const { port } = await receiver(status(200));
    const asked: string[] = [];
    const lookup: LookupFunction = (name, options, callback) => {
      asked.push(name);
      HERE(name, options, callback);
    };
    await send(`http://receiver.example:${port}/`, {}, { lookup });
    expect(asked).toEqual(['receiver.example']);
  });

  it.each([301, 302, 303, 307, 308])('[HOOK6] does not follow a redirect (%i)', async (code) => {
    const target = await receiver(status(200));
    const { port } = await receiver(status(code, { location: `http://localhost:${target.port}/` }));
    const error = await failure(send(`http://127.0.0.1:${port}/`));
    expect(error).toMatchObject({ code: 'webhook-redirected', retry: false, status: code });
    expect(target.received).toEqual([]);
  });

  it.each([400, 404, 429, 500, 503])('[HOOK7] tells a refusal with its status (%i)', async (code) => {
    const { port } = await receiver(status(code));
    const error = await failure(send(`http://127.0.0.1:${port}/hooks/a-secret`));
    expect(error).toMatchObject({ code: 'webhook-refused', kind: 'machine', retry: true, status: code });
    expect(error.message).toContain(`http://127.0.0.1:${port}: `);
    expect(error.message).not.toContain('a-secret');
  });

  it('[HOOK7] does not ask for another attempt where the receiver is gone for good', async () => {
    const { port } = await receiver(status(410));
    const error = await failure(send(`http://127.0.0.1:${port}/`));
    expect(error).toMatchObject({ code: 'webhook-refused', retry: false, status: 410 });
  });

  it.each([
    ['120', 120],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
    ['Thu, 01 Jan 2015 00:00:00 GMT', 0],
    ['99999999', 86_400],
    ['later', null],
  ])('[HOOK7] tells when the receiver wants the next attempt (%s)', async (value, seconds) => {
    const { port } = await receiver(status(503, { 'retry-after': value }));
    const now = new Date('2026-01-01T00:00:00Z');
    const error = await failure(send(`http://127.0.0.1:${port}/`, { now }));
    expect(error.retryAfterSeconds).toBe(seconds);
  });

  it('[HOOK7] tells that there is no receiver', async () => {
    const gone = await startReceiver(status(200));
    await gone.close();
    const broken = await rawReceiver((socket) => socket.destroy());
    const other = await rawReceiver((socket) => socket.end('SSH-2.0-Another\r\n'));
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: any\r\n\r\n';
    const switching = await rawReceiver((socket) => socket.write(upgrade));
    for (const port of [gone.port, broken, other, switching]) {
      const error = await failure(send(`http://127.0.0.1:${port}/`));
      expect(error).toMatchObject({ code: 'webhook-away', retry: true, status: null });
    }
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    for (const allowPrivate of [true, false]) {
      const error = await failure(send('http://receiver.example/', { allowPrivate }, { lookup }));
      expect(error).toMatchObject({ code: 'webhook-away', retry: true });
      expect(error.message).toContain('ENOTFOUND');
    }
  });

  it('[HOOK8] ends where no answer comes in time, at every stage', async () => {
    const silent = await rawReceiver(() => undefined);
    const half = await rawReceiver((socket) => socket.write('HTTP/1.1 200 OK\r\nX-Half: '));
    for (const url of [
      `http://127.0.0.1:${silent}`,
      `https://127.0.0.1:${silent}`,
      `http://127.0.0.1:${half}`,
    ]) {
      const error = await failure(send(url, {}, { timeoutMs: 50 }));
      expect(error).toMatchObject({ code: 'webhook-slow', retry: true });
    }
    const lookup = () => undefined;
    const unnamed = await failure(send('http://receiver.example/', {}, { lookup, timeoutMs: 50 }));
    expect(unnamed).toMatchObject({ code: 'webhook-slow', retry: true });
  });

  it("[HOOK8] ends by the signal's reason", async () => {
    const controller = new AbortController();
    const { port, received } = await receiver(() => controller.abort('stopping'));
    const { signal } = controller;
    await expect(send(`http://127.0.0.1:${port}/`, { signal })).rejects.toBe('stopping');
    expect(received).toHaveLength(1);
    await expect(send(`http://127.0.0.1:${port}/`, { signal })).rejects.toBe('stopping');
    expect(received).toHaveLength(1);
    const another = new AbortController();
    const lookup = () => another.abort('stopping');
    const unnamed = send('http://receiver.example/', { signal: another.signal }, { lookup });
    await expect(unnamed).rejects.toBe('stopping');
  });

  it('[HOOK8] leaves nothing at a signal that goes on', async () => {
    const { signal } = new AbortController();
    const { port } = await receiver(status(200));
    for (const path of ['a', 'b', 'c']) await send(`http://127.0.0.1:${port}/${path}`, { signal });
    await vi.waitFor(() => expect(getEventListeners(signal, 'abort')).toEqual([]));
  });

  it.each([200, 500])('[HOOK9] takes a little of an endless answer (%i)', async (code) => {
    let closed: Promise<void> | undefined;
    const { port } = await receiver((_request, response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      };
      response.writeHead(code).on('drain', more);
      more();
    });
    // Time does not end it before the test's own.
    const sending = send(`http://127.0.0.1:${port}/`, {}, { timeoutMs: 1e9 });
    if (code === 200) await sending;
    else expect(await failure(sending)).toMatchObject({ code: 'webhook-refused', status: 500 });
    await closed;
  });

  it('[HOOK9] takes the status of an answer that breaks off, or does not end in time', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
    const broken = await rawReceiver((socket) => socket.once('data', () => socket.end(head)));
    await send(`http://127.0.0.1:${broken}/`);
    const endless = await rawReceiver((socket) => socket.once('data', () => socket.write(head)));
    await send(`http://127.0.0.1:${endless}/`, {}, { timeoutMs: 3000 });
  });
});
