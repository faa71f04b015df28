/** The screen on which a server is named, in a frame as wide and as bare of permissions as Figma's. */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROBLEMS } from '../ui/models/findings.testing.ts';
import { launchBrowser } from './browser.testing.ts';

const PAGE = 'https://www.figma.test/';

let browser: Browser;
let files: { script: string; style: string };
let page: Page;
let frame: Frame;

beforeAll(async () => {
  [browser, files] = await Promise.all([launchBrowser(), bundle()]);
});

afterAll(() => browser.close());

beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 400, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const style = `<style>${files.style}</style>`;
  const script = `<script>${files.script.replaceAll('</script', '<\\/script')}</script>`;
  const document = `<!doctype html><html><head>${style}</head><body><div id="root"></div>${script}</body></html>`;
  const escaped = document.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const body = `<textarea></textarea><iframe sandbox="allow-scripts" width="360" height="700" srcdoc="${escaped}"></iframe>`;
  await page.route(PAGE, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
  await page.goto(PAGE);
  const child = page.frames()[1];
  if (!child) throw new Error('the page has no frame');
  frame = child;
  await frame.waitForFunction('window.show');
});

afterEach(() => page.context().close());

async function bundle(): Promise<typeof files> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('server-setup-page.testing.tsx', import.meta.url))],
    bundle: true,
    write: false,
    outdir: 'unwritten',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: text('.js'), style: text('.css') };
}

/** Shows the screen after a check that came to this. */
const show = (language: string, finding: unknown, also: string[] = []) =>
  frame.evaluate(`show(${JSON.stringify(language)}, ${JSON.stringify({ finding, also })})`);

describe('the screen on which a server is named', () => {
  it('[SETUP11] is connected by pasting the address that the server prints', async () => {
    await frame.evaluate(`show('en', null)`);
    const address = frame.getByLabel('Server address');
    const token = frame.getByLabel('Token', { exact: true });
    await page.locator('textarea').fill('127.0.0.1:8787/#token=the-token');
    await page.locator('textarea').press('Control+A');
    await page.locator('textarea').press('Control+X');
    await address.press('Control+V');
    expect(await address.inputValue()).toBe('http://localhost:8787');
    expect(await token.inputValue()).toBe('the-token');
    expect(await token.getAttribute('type')).toBe('password');
    await frame.getByRole('button', { name: 'Token: Show' }).click();
    expect(await token.getAttribute('type')).toBe('text');
    await frame.getByRole('button', { name: 'Check and connect' }).click();
    await frame.getByText('Connected: AMD EPYC, 2 cores').waitFor();
    expect(await frame.evaluate('window.connected')).toEqual(['the-token', 'http://localhost:8787', 'done']);
  });

  it('[SETUP11] says at the field what is wrong with it, and lets it be checked again', async () => {
    await frame.evaluate(`show('en', null)`);
    await frame.getByLabel('Server address').fill('ftp://example.com');
    await frame.getByLabel('Server address').press('Enter');
    await frame.getByRole('status').getByText('This is no web address').waitFor();
    expect(await frame.getByLabel('Server address').getAttribute('aria-invalid')).toBe('true');
    await frame.getByLabel('Server address').fill('localhost:8787');
    await frame.getByLabel('Token', { exact: true }).fill('another');
    await frame.getByRole('button', { name: 'Check again' }).click();
    await frame.getByRole('status').getByText('This is not the server’s token').waitFor();
    expect(await frame.getByLabel('Token', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(await frame.evaluate('window.connected')).toEqual([]);
  });

  it('[SETUP11] goes to the address at which the server does answer', async () => {
    await frame.evaluate(`show('en', null)`);
    await frame.getByLabel('Token', { exact: true }).fill('the-token');
    await frame.getByLabel('Server address').fill('localhost');
    await frame.getByRole('button', { name: 'Check and connect' }).click();
    await frame.getByRole('button', { name: 'Use http://localhost:8787' }).click();
    await frame.getByText(/^Connected/).waitFor();
    expect(await frame.evaluate('window.connected')).toEqual(['the-token', 'http://localhost:8787', 'done']);
  });

  it('[SETUP11] shows every cause with its steps, none wider than the window, in each language', async () => {
    const titles: string[] = [];
    for (const language of ['en', 'ko']) {
      for (const finding of PROBLEMS) {
        await show(language, finding, [
          'nameNotFound',
          'refused',
          'tls',
          'localNetworkPermission',
          'mixedContent',
        ]);
        titles.push(await frame.locator('.notice-title').innerText());
        expect(await frame.locator('.setup-steps li').count()).toBeGreaterThan(0);
        expect(await frame.locator('.setup-also li').count()).toBe(5);
        const tooWide = await frame.evaluate(() =>
          [...document.querySelectorAll('#root *')]
            .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
            .map(({ outerHTML }) => outerHTML),
        );
        expect(tooWide, JSON.stringify(finding)).toEqual([]);
      }
    }
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('[SETUP8] copies the report where the frame may not use the clipboard', async () => {
    await show('en', { cause: 'offline' });
    expect(
      await frame.evaluate(
        `navigator.permissions.query({ name: 'clipboard-write' }).then(({ state }) => state)`,
      ),
    ).toBe('denied');
    const button = frame.getByRole('button', { name: 'Copy report' });
    await button.click();
    await frame.getByText('Copied. The token is not in it.').waitFor();
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.locator('textarea').press('Control+V');
    expect(await page.locator('textarea').inputValue()).toMatch(
      /^Panorama Converter, connection report\n[^]*Cause: offline/,
    );
  });

  it('[SETUP8] shows the report where nothing can be copied', async () => {
    await show('en', { cause: 'offline' });
    await frame.evaluate(() => {
      document.execCommand = () => false;
    });
    await frame.getByRole('button', { name: 'Copy report' }).click();
    expect(await frame.getByLabel('Select this text and copy it:').inputValue()).toContain('Cause: offline');
  });
});
