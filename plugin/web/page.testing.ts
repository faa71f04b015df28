/** What the tests of the page share: the page built once, a fake server, a page that complains about nothing. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import type { Panorama } from '../../shared/protocol.ts';
import { idOf, panoramaOf, scaleOf, variantOf } from '../ui/panoramas.testing.ts';
import { buildWeb } from '../build-web.mjs';
import { launchBrowser } from './browser.testing.ts';
import { FakeServer } from './fake-server.testing.ts';

export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 360, height: 740 };
export const PHOTO = { width: 640, height: 426 };
export const FRAME = { width: 1440, height: 600 };

export interface Bench {
  readonly browser: Browser;
  readonly folder: string;
  /** A photo as a file. */
  readonly photo: { name: string; mimeType: string; buffer: Buffer };
  close(): Promise<void>;
}

export async function setUpBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'panorama-page-'));
  const [browser, buffer] = await Promise.all([
    launchBrowser(),
    readFile(new URL('../../examples/autumn-meadow.jpg', import.meta.url)).then((bytes) =>
      sharp(bytes).resize(PHOTO.width, PHOTO.height).jpeg().toBuffer(),
    ),
    buildWeb({ outdir: folder }),
  ]);
  return {
    browser,
    folder,
    photo: { name: 'meadow.jpg', mimeType: 'image/jpeg', buffer },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Visit {
  readonly server: FakeServer;
  readonly page: Page;
  /** What the browser complained about: scripts that threw, rules of the policy that were broken. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** Changes the server before the page is opened. */
  readonly prepare?: (server: FakeServer) => void | Promise<void>;
  /** Opened with this panorama. */
  readonly id?: string;
  /** Opened with another token than the server's. */
  readonly token?: string;
}

/** Opens the page in a browser of its own memory. */
export async function visit({ browser, folder }: Bench, options: VisitOptions = {}): Promise<Visit> {
  const { prepare, id, token, ...contextOptions } = options;
  const server = new FakeServer(folder);
  await prepare?.(server);
  await server.open();
  const context = await browser.newContext({ viewport: WIDE, locale: 'en-US', ...contextOptions });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // Refused calls are told by the browser too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(`${server.url}/#token=${token ?? server.token}${id === undefined ? '' : `&id=${id}`}`);
  await page.getByRole('banner').waitFor();
  return {
    server,
    page,
    complaints,
    async close() {
      await context.close();
      await server.close();
    },
  };
}

/** Panoramas in every state, by number: 1 queued, 2 at work, 3 done with four variants, 4 failed, 5 canceled. */
export async function fill(server: FakeServer, photo: Buffer): Promise<void> {
  const picture = await sharp(photo).resize(FRAME.width, FRAME.height, { fit: 'fill' }).jpeg().toBuffer();
  const preview = `data:image/jpeg;base64,${(await sharp(picture).resize(96).jpeg().toBuffer()).toString('base64')}`;
  const put = (number: number, changes: Partial<Panorama>, ns: number[]) => {
    const id = idOf(number);
    const variants = ns.map((n) => variantOf(id, n, FRAME.width, FRAME.height, 2.14));
    const createdAt = new Date(Date.UTC(2026, 4, 4, 10, 30 - number)).toISOString();
    const ended = changes.status !== 'queued' && changes.status !== 'running';
    const endedAt = ended ? createdAt : null;
    const request = { ...FRAME, variants: 4 };
    const rest = { ...changes, id, image: PHOTO, createdAt, startedAt: endedAt, endedAt, variants };
    server.panoramas.set(id, panoramaOf({ preview: ns.length > 0 ? preview : null, ...rest, request }));
    server.pictures.set(`${id}/photo`, photo);
    for (const n of ns) server.pictures.set(`${id}/${n}`, picture);
  };
  put(1, { status: 'queued', queuePosition: 3, remaining: { low: 95, high: 180 } }, []);
  const progress = { fraction: 0.43, scale: 4, scales: 7 };
  put(2, { status: 'running', phase: 'train', progress, remaining: { low: 18, high: 33 } }, [0]);
  for (const scale of [1, 2, 3]) server.scale(idOf(2), scaleOf(scale, 7, preview));
  put(3, { status: 'succeeded', phase: 'encode', remaining: null }, [0, 1, 2, 3, 4]);
  const error = { code: 'out-of-memory', message: 'painting: the system refused 812 MB' };
  put(4, { status: 'failed', phase: 'paint', remaining: null, error }, [0]);
  put(5, { status: 'canceled', remaining: null }, []);
}

/** Every state of the page by name, as a way to get there. */
export const STATES: Readonly<Record<string, (visit: Visit, bench: Bench) => Promise<void>>> = {
  empty: () => Promise.resolve(),
  composing: async ({ page }, bench) => {
    await choosePhoto(page, bench);
    await page.getByText('Advanced').or(page.getByText('고급')).click();
  },
  'wrong settings': async ({ page }, bench) => {
    await choosePhoto(page, bench);
    await page.locator('.size-row input').first().fill('7');
  },
  queued: async ({ page }) => openItem(page, 1),
  'at work': async ({ page }) => openItem(page, 2),
  done: async ({ page }) => openItem(page, 3),
  comparing: async ({ page }) => {
    await openItem(page, 3);
    await page.locator('.view-tools input').nth(2).check({ force: true });
    await page.locator('.comparison').waitFor();
  },
  'full size': async ({ page }) => {
    await openItem(page, 3);
    await page.locator('.view-tools input').nth(1).check({ force: true });
    await page.locator('.full-size img').waitFor();
  },
  deleting: async ({ page }) => {
    await openItem(page, 3);
    await page.locator('.actions button').last().click();
    await page.locator('.question').waitFor();
  },
  failed: async ({ page }) => openItem(page, 4),
  canceled: async ({ page }) => openItem(page, 5),
  away: async ({ page, server }) => {
    await openItem(page, 3);
    await server.close();
    await page.locator('.actions button').nth(1).click();
    await page.locator('.server-line.away').waitFor();
  },
};

export async function choosePhoto(page: Page, { photo }: Bench): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(photo);
  await page.locator('.frame').waitFor();
}

async function openItem(page: Page, number: number): Promise<void> {
  await page.locator('.history-item').nth(number).click();
  await page.locator('#job-title').waitFor();
}
