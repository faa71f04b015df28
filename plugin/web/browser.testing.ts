/** A real browser for tests: the Chromium that npm brings with its libraries, and nothing of the machine's or the user's. */
import sparticuz from '@sparticuz/chromium';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/chromium', import.meta.url));

/** A machine without a screen may have no fonts: the package's one comes after those that there are. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${join(FOLDER, 'fonts', 'fonts')}</dir>
  <cachedir>${join(FOLDER, 'fonts-cache')}</cachedir>
</fontconfig>
`;

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
  if (!existsSync(FOLDER)) await unpack();
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

/** Under another name first: test files that run at once do not find it half unpacked. */
async function unpack(): Promise<void> {
  const unfinished = `${FOLDER}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  // The package unpacks into the folder for temporary files, and its libraries only where it believes to be at Amazon's.
  await withVariables({ TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }, () =>
    sparticuz.executablePath(),
  );
  await writeFile(join(unfinished, 'fonts.conf'), FONTS);
  await rename(unfinished, FOLDER).catch(() => rm(unfinished, { recursive: true }));
}

async function withVariables<T>(variables: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
