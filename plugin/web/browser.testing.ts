/** A real browser for tests: the Chromium that npm brings with its libraries, and nothing of the machine's or the user's. */
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_FOLDER as FOLDER, unpackChromium } from '../../shared/chromium.testing.ts';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--font-render-hinting=none',
];

/** Starts it; whoever started it closes it. Of the package's own arguments those that weaken the page's rules are left out. */
export async function launchBrowser(): Promise<Browser> {
  await unpackChromium();
  return chromium.launch({
    executablePath: join(FOLDER, 'chromium'),
    args: ARGUMENTS,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(FOLDER, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(FOLDER, 'fonts.conf'),
    },
  });
}
