/** The Chromium that npm brings, unpacked: a browser for tests, its libraries, and a GPU made of software. */
import sparticuz from '@sparticuz/chromium';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CHROMIUM_FOLDER = fileURLToPath(new URL('../node_modules/.cache/chromium', import.meta.url));

/** A machine without a screen may have no fonts: the package's one comes after those that there are. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${join(CHROMIUM_FOLDER, 'fonts', 'fonts')}</dir>
  <cachedir>${join(CHROMIUM_FOLDER, 'fonts-cache')}</cachedir>
</fontconfig>
`;

/** Does nothing where it was done. Under another name first: nobody who runs at once finds it half unpacked. */
export async function unpackChromium(): Promise<void> {
  if (existsSync(CHROMIUM_FOLDER)) return;
  const unfinished = `${CHROMIUM_FOLDER}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  // The package unpacks into the folder for temporary files, and its libraries only where it believes to be at Amazon's.
  await withVariables({ TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }, () =>
    sparticuz.executablePath(),
  );
  await writeFile(join(unfinished, 'fonts.conf'), FONTS);
  await rename(unfinished, CHROMIUM_FOLDER).catch(() => rm(unfinished, { recursive: true }));
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
