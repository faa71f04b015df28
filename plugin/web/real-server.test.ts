/** The page as a designer uses it: a real browser, the real server, real jobs. */
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  removeFolder,
  smallPhoto,
  startServer,
  TOKEN,
  type TestServer,
} from '../../server/server.testing.ts';
import { launchBrowser } from './browser.testing.ts';

const SIZE = { width: 400, height: 120 };

let browser: Browser;
let context: BrowserContext;
let page: Page;
let server: TestServer;
let photo: Uint8Array<ArrayBuffer>;
let complaints: string[];

beforeAll(async () => {
  [browser, server, photo] = await Promise.all([launchBrowser(), startServer(), smallPhoto(1, 320, 240)]);
});

afterAll(async () => {
  await browser.close();
  await server.close();
  await removeFolder(server.folder);
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A refused call is told by the browser too.
    if (message.type() === 'error' && !message.text().includes('status of 4'))
      complaints.push(message.text());
  });
});

afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

async function open(token = TOKEN): Promise<void> {
  await page.goto(`${server.url}/#token=${token}`);
}

/** As a file that is let go over the page. */
async function drop(bytes: Uint8Array, name: string): Promise<void> {
  const data = await page.evaluateHandle(
    ({ base64, fileName }) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([content], fileName, { type: 'image/png' }));
      return transfer;
    },
    { base64: Buffer.from(bytes).toString('base64'), fileName: name },
  );
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('body', type, { dataTransfer: data });
}

async function setSize(): Promise<void> {
  await page.getByLabel('Width', { exact: true }).fill(String(SIZE.width));
  await page.getByLabel('Height', { exact: true }).fill(String(SIZE.height));
}

const status = (text: string) => page.getByRole('heading', { name: text, level: 2 });

describe('the page with the real server', () => {
  it('[WEB1] makes a panorama: dropped, sent, drafted, found again after a reload, finished to the pixel', async () => {
    await open();
    expect(new URL(page.url()).hash).not.toContain(TOKEN);
    await drop(photo, 'meadow.png');
    await page.getByText('320 × 240').waitFor();
    await setSize();
    await page.getByText('Advanced').click();
    await page.getByLabel('Epochs').selectOption('200');
    await page.getByRole('button', { name: 'Make panorama' }).click();

    await page.getByRole('img', { name: /^Draft of the panorama/ }).waitFor();
    const bar = page.getByRole('progressbar');
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThanOrEqual(0);

    await page.reload();
    await page.getByRole('img', { name: /^Draft of the panorama/ }).waitFor();
    await bar.waitFor();

    await status('Done').waitFor({ timeout: 120_000 });
    const result = page.getByRole('img', { name: /^Panorama/ });
    await result.waitFor();
    expect(
      await result.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]),
    ).toEqual([SIZE.width, SIZE.height]);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('meadow-400x120.png');
    const saved = await readFile(await download.path());
    expect(await sharp(saved).metadata()).toMatchObject({ format: 'png', ...SIZE });
  });

  it('[WEB2] cancels one that is at work, and shows it so', async () => {
    await open();
    await drop(photo, 'meadow.png');
    await setSize();
    await page.getByRole('radio', { name: /^Classic/ }).check({ force: true });
    await page.getByRole('button', { name: 'Make panorama' }).click();
    await page.getByRole('img', { name: /^Draft of the panorama/ }).waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await status('Canceled').waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
  });

  it('[WEB3] asks for the token where it is wrong, and goes on with the right one', async () => {
    await open('another-token-than-the-server-has');
    const field = page.getByLabel('Token', { exact: true });
    await field.waitFor();
    await field.fill(TOKEN);
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText(/^Ready on/).waitFor();
  });

  it('[WEB4] says that the server is away, and comes back by itself', async () => {
    const own = await startServer();
    await page.goto(`${own.url}/#token=${TOKEN}`);
    await page.getByText(/^Ready on/).waitFor();
    const port = Number(new URL(own.url).port);
    await own.close();
    await page.getByText('The server does not answer').first().waitFor();
    const again = await startServer({ PORT: port }, own.folder);
    await page.getByText(/^Ready on/).waitFor();
    // While it was away, its calls failed.
    complaints = complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'));
    await again.close();
    await removeFolder(own.folder);
  });
});
