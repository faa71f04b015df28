// Bundles the web page: a script, the dictionaries it may need, a style sheet; nothing inline, so that the strictest
// policy lets it run.
import { build } from 'esbuild';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TARGET } from './target.mjs';

const WEB = fileURLToPath(new URL('web/', import.meta.url));
const STATIC = ['index.html', 'icon.svg'];
/**
 * Builds the page into a folder, by default dist/web, and clears away what earlier builds left there.
 * `dev` leaves it readable, with source maps.
 *
 * @param {{ outdir?: string, dev?: boolean }} options
 */
export async function buildWeb({ outdir = 'dist/web', dev = false } = {}) {
  await mkdir(outdir, { recursive: true });
  const { metafile } = await build({
    entryPoints: { app: join(WEB, 'main.tsx') },
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    splitting: true,
    chunkNames: '[name]-[hash]',
    charset: 'utf8',
    target: TARGET,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: !dev,
    sourcemap: dev ? 'linked' : false,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const name of STATIC) await cp(join(WEB, name), join(outdir, name));
  const built = new Set([...Object.keys(metafile.outputs).map((path) => path.split('/').at(-1)), ...STATIC]);
  for (const name of await readdir(outdir)) if (!built.has(name)) await rm(join(outdir, name));
}
