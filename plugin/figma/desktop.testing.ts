/** The plugin as it is built, in a real browser: window, sandbox and document, driven from a test. */
import { build } from 'esbuild';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { buildPlugin } from '../build-figma.mjs';
import { launchBrowser } from '../web/browser.testing.ts';
import type { Sandbox } from './desktop-worker.testing.ts';

export interface DesktopBench {
  readonly browser: Browser;
  /** Of the built plugin. */
  readonly folder: string;
  readonly url: string;
  close(): Promise<void>;
}

/** Builds plugin and sandbox once, and serves them from an origin that is none of our server's. */
export async function setUpDesktop(): Promise<DesktopBench> {
  const folder = await mkdtemp(join(tmpdir(), 'panorama-figma-'));
  const [browser] = await Promise.all([
    launchBrowser(),
    buildPlugin({ outdir: folder }),
    build({
      entryPoints: {
        page: fileURLToPath(new URL('../../plugin/figma/desktop-page.testing.ts', import.meta.url)),
        worker: fileURLToPath(new URL('../../plugin/figma/desktop-worker.testing.ts', import.meta.url)),
      },
      outdir: folder,
      bundle: true,
      format: 'iife',
      logLevel: 'warning',
    }),
  ]);
  const server = await serveFolder(folder);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the desktop has no port');
  return {
    browser,
    folder,
    url: `http://localhost:${address.port}/`,
    async close() {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', html: 'text/html; charset=utf-8' };
const PAGE =
  '<!doctype html><meta charset="utf-8"><title>Desktop</title><body style="margin:0"><script src="page.js"></script>';

async function serveFolder(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/html; charset=utf-8';
    const found = name === '' ? Promise.resolve(Buffer.from(PAGE)) : readFile(join(folder, name));
    found.then(
      (bytes) => response.writeHead(200, { 'Content-Type': type }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export interface Desktop {
  readonly page: Page;
  /** The plugin's window. */
  readonly window: FrameLocator;
  /** What the browser complained about. */
  readonly complaints: string[];
  /** Starts the plugin anew on the same document and storage. */
  run(command: string, parameters?: Record<string, unknown>): Promise<void>;
  /** Runs a function in the sandbox: it may use its two arguments and nothing else. */
  figma<T, A = null>(work: (sandbox: Sandbox, argument: A) => T | Promise<T>, argument?: A): Promise<T>;
  /** Until a function in the sandbox gives something else than false, null or undefined. */
  until<T, A = null>(work: (sandbox: Sandbox, argument: A) => T | Promise<T>, argument?: A): Promise<T>;
  close(): Promise<void>;
}

export interface DesktopOptions extends BrowserContextOptions {
  readonly theme?: 'light' | 'dark';
  /** The server that the plugin knows already. */
  readonly address?: { readonly url: string; readonly token: string };
}

const PATIENCE_MS = 120_000;

export async function openDesktop(bench: DesktopBench, options: DesktopOptions = {}): Promise<Desktop> {
  const { theme = 'light', address, ...contextOptions } = options;
  const context = await bench.browser.newContext({
    viewport: { width: 360, height: 640 },
    locale: 'en-US',
    ...contextOptions,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(bench.url);
  await page.waitForFunction(() => 'desktop' in window);
  await page.evaluate((theme) => {
    window.desktop.theme = theme;
  }, theme);
  const desktop: Desktop = {
    page,
    window: page.frameLocator('iframe'),
    complaints,
    run: (command, parameters) =>
      page.evaluate(([command, parameters]) => window.desktop.run(command, parameters), [
        command,
        parameters,
      ] as const),
    figma: <T>(work: (sandbox: Sandbox, argument: never) => T | Promise<T>, argument: unknown = null) =>
      page.evaluate(([code, argument]) => window.desktop.call(code, argument), [
        String(work),
        argument,
      ] as const) as Promise<T>,
    async until<T>(work: (sandbox: Sandbox, argument: never) => T | Promise<T>, argument: unknown = null) {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const value = await desktop.figma(work, argument as never);
        if (value !== false && value !== null && value !== undefined) return value;
        if (Date.now() > deadline) throw new Error(`not in time: ${String(work)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: () => context.close(),
  };
  if (address) {
    await desktop.figma(({ fake }, address) => {
      fake.storage.set('panorama-converter.address', address);
    }, address);
  }
  return desktop;
}
