/** The check in a real browser, in a frame without an origin as Figma's, against servers that really are so. */
import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverInfoOf } from '../ui/panoramas.testing.ts';
import type { CheckResult, CheckTarget } from '../ui/models/connection-check.ts';
import { launchBrowser } from './browser.testing.ts';
import { SELF_SIGNED } from './certificate.testing.ts';
import { FakeServer } from './fake-server.testing.ts';

const TOKEN = 'the-token-of-this-server';
const TIMING = { answerMs: 3000, probeMs: 3000 };
/** Counts as a page of the wide web, though nothing is asked of it. */
const PUBLIC_PAGE = 'https://www.figma.test/';

let browser: Browser;
let folder: string;
let script: string;
let context: BrowserContext | null = null;
const servers: { server: Server; sockets: Set<Socket> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-check-'));
  [browser, script] = await Promise.all([launchBrowser(), bundle()]);
});

afterEach(async () => {
  await context?.close();
  context = null;
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

async function bundle(): Promise<string> {
  const contents = `
    import { checkConnection } from './connection-check.ts';
    import { browserEnvironment } from './check-environment.ts';
    window.check = (target, timing) =>
      checkConnection(target, { ...browserEnvironment(window), timing }, new AbortController().signal);`;
  const resolveDir = fileURLToPath(new URL('../ui/models', import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    write: false,
    minify: true,
  });
  return outputFiles[0]?.text ?? '';
}

/** Resolves to its port. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return (server.address() as AddressInfo).port;
}

/** One that pages of every origin may read. */
const open = (answer: RequestListener): RequestListener => {
  return (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization');
    if (request.method === 'OPTIONS') response.writeHead(204).end();
    else answer(request, response);
  };
};

interface PageOptions {
  readonly public?: boolean;
  /** Of the frame: what the page around it passes on. */
  readonly allow?: string;
  readonly policy?: string;
  readonly permissions?: string[];
}

/** A frame without an origin of its own, in a page of the wide web or of this machine. */
async function openFrame(options: PageOptions = {}): Promise<Frame> {
  context = await browser.newContext();
  if (options.permissions) await context.grantPermissions(options.permissions);
  const document = `<script>${script.replaceAll('</script', '<\\/script')}</script>`;
  const escaped = document.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const body = `<iframe sandbox="allow-scripts" allow="${options.allow ?? ''}" srcdoc="${escaped}"></iframe>`;
  const policy = [options.public ? 'treat-as-public-address' : '', options.policy ?? '']
    .filter(Boolean)
    .join('; ');
  const headers = policy === '' ? {} : { 'Content-Security-Policy': policy };
  let url = PUBLIC_PAGE;
  if (options.public) {
    await context.route(PUBLIC_PAGE, (route) => route.fulfill({ contentType: 'text/html', headers, body }));
  } else {
    const page = createHttp((_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html', ...headers }).end(body),
    );
    url = `http://localhost:${await listen(page)}/`;
  }
  const page = await context.newPage();
  await page.goto(url);
  const frame = page.frames()[1];
  if (!frame) throw new Error('the page has no frame');
  await frame.waitForFunction('window.check');
  expect(await frame.evaluate('self.origin')).toBe('null');
  return frame;
}

function check(frame: Frame, url: string, token = TOKEN): Promise<CheckResult> {
  const target: CheckTarget = { url, token };
  return frame.evaluate<CheckResult>(`check(${JSON.stringify(target)}, ${JSON.stringify(TIMING)})`);
}

async function closedPort(): Promise<number> {
  const server = createTcp();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the check in a browser', () => {
  it('[SETUP4] our server is found with the right token, a wrong one and none, and by another protocol', async () => {
    const server = new FakeServer(folder);
    await server.open();
    const frame = await openFrame();
    try {
      expect((await check(frame, server.url)).finding).toEqual({ cause: 'ready', info: server.info });
      const unauthorized = { cause: 'unauthorized' };
      expect((await check(frame, server.url, 'x')).finding).toEqual({ ...unauthorized, found: 'wrong' });
      expect((await check(frame, server.url, '')).finding).toEqual({ ...unauthorized, found: 'missing' });
      server.info = serverInfoOf({ protocol: 7 });
      expect((await check(frame, server.url)).finding).toMatchObject({ cause: 'versions', older: 'plugin' });
    } finally {
      await server.close();
    }
  });

  it('[SETUP4] another program that may be read is told', async () => {
    const port = await listen(createHttp(open((_, response) => response.end('<p>Hello</p>'))));
    const { finding } = await check(await openFrame(), `localhost:${port}`);
    expect(finding).toEqual({ cause: 'wrongAddress', found: 'otherProgram' });
  });

  it('[SETUP5] nothing that listens, and no such name', async () => {
    const frame = await openFrame();
    const refused = { cause: 'refused', host: 'localhost', space: 'loopback' };
    for (const scheme of ['http', 'https']) {
      const result = await check(frame, `${scheme}://localhost:${await closedPort()}`);
      expect([result.finding, result.also]).toEqual([refused, []]);
    }
    for (const url of ['http://nothing.invalid:8787', 'https://nothing.invalid']) {
      const { finding, probes } = await check(frame, url);
      expect(finding).toEqual({ cause: 'nameNotFound', host: 'nothing.invalid' });
      expect(probes).toContainEqual(
        expect.objectContaining({ what: 'name nothing.invalid', result: 'notFound' }),
      );
    }
  });

  it('[SETUP5] a certificate of one’s own, HTTP where HTTPS was expected, and the other way round', async () => {
    const frame = await openFrame();
    const secure = await listen(createHttps(SELF_SIGNED, (_, response) => response.end('hello')));
    const plain = await listen(createHttp((_, response) => response.end('hello')));
    const untrusted = await check(frame, `https://localhost:${secure}`);
    expect([untrusted.finding, untrusted.also]).toEqual([{ cause: 'tls', found: 'certificate' }, []]);
    expect((await check(frame, `https://localhost:${plain}`)).finding).toEqual({
      cause: 'tls',
      found: 'plainHttp',
    });
    expect((await check(frame, `http://localhost:${secure}`)).finding).toEqual({
      cause: 'wrongAddress',
      found: 'noHttp',
    });
  });

  it('[SETUP5] one that no other page may read, and one whose proxy holds up calls with a token', async () => {
    const frame = await openFrame();
    const closed = await listen(createHttp((_, response) => response.end('hello')));
    expect((await check(frame, `localhost:${closed}`)).finding).toEqual({ cause: 'cors', found: 'closed' });
    const proxy = createHttp((request, response) => {
      if (request.method === 'OPTIONS') response.writeHead(405).end();
      else open((_, answer) => answer.end('{"status":"ok"}'))(request, response);
    });
    const { finding } = await check(frame, `localhost:${await listen(proxy)}`);
    expect(finding).toEqual({ cause: 'cors', found: 'preflight' });
  });

  it('[SETUP5] one that takes the connection and never answers', async () => {
    const port = await listen(createTcp());
    const { finding } = await check(await openFrame(), `localhost:${port}`);
    expect(finding).toEqual({ cause: 'timedOut', waitedMs: TIMING.answerMs });
  });

  it('[SETUP5] plain HTTP from an encrypted page', async () => {
    const { finding } = await check(await openFrame({ public: true }), 'http://panorama.invalid:8787');
    expect(finding).toEqual({ cause: 'mixedContent', host: 'panorama.invalid' });
  });

  it('[SETUP5] a page around that passes no leave for the local network on, one that does, and leave not given yet', async () => {
    const server = new FakeServer(folder);
    await server.open();
    const allow = 'local-network-access; local-network; loopback-network';
    const permissions = ['local-network-access'];
    const findingIn = async (options: PageOptions) => {
      const result = await check(await openFrame({ public: true, ...options }), server.url);
      await context?.close();
      return result;
    };
    try {
      expect((await findingIn({})).finding).toEqual({
        cause: 'localNetworkPermission',
        found: 'notPassedOn',
      });
      expect((await findingIn({ permissions, allow })).finding).toMatchObject({ cause: 'ready' });
      // Not answered, a browser without a screen fails the call as if nothing were there.
      const { finding, also } = await findingIn({ allow });
      expect([finding.cause, ...also]).toEqual(['refused', 'localNetworkPermission']);
    } finally {
      await server.close();
    }
  });

  it('[SETUP5] a policy of the page that allows another server only', async () => {
    const policy = 'connect-src https://panorama.example.com';
    const frame = await openFrame({ policy });
    expect((await check(frame, `localhost:${await closedPort()}`)).finding).toEqual({ cause: 'notAllowed' });
  });

  it('[SETUP5] a browser that is offline', async () => {
    const frame = await openFrame();
    await context?.setOffline(true);
    expect((await check(frame, 'https://panorama.invalid')).finding).toEqual({ cause: 'offline' });
  });

  it('[SETUP7] an https address whose server speaks HTTP is corrected', async () => {
    const port = await listen(createHttp(open((_, response) => response.end('{"status":"ok"}'))));
    const { finding, suggestion } = await check(await openFrame(), `https://localhost:${port}`);
    expect(finding).toEqual({ cause: 'tls', found: 'plainHttp' });
    expect(suggestion).toBe(`http://localhost:${port}`);
  });
});
