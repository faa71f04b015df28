// Bundles Figma's plugin: a script for each half, the window's in one file with all it needs.
import { build, context } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TARGET } from './target.mjs';

const PLUGIN = fileURLToPath(new URL('.', import.meta.url));
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The origin of a server's address, as a manifest wants it. Throws where it is none that Figma can reach. */
export function originOf(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  const local = url?.protocol === 'http:' && url.hostname === 'localhost';
  if (url && (url.protocol === 'https:' || local) && url.pathname === '/' && url.search === '')
    return url.origin;
  throw new Error(
    `--server: expected an address such as https://panorama.example.com or http://localhost:8787, got ${address}`,
  );
}

/**
 * Builds Figma's plugin, by default into dist/plugin. With `server`, an origin, the window knows its server, a manifest
 * beside it allows no other, and the folder is named after the host: other builds leave it alone. `watch` builds again at each change, and tells `onBuilt`; what is returned ends it.
 *
 * @param {{ outdir?: string, dev?: boolean, server?: string | null, onBuilt?: (problems: number) => void, watch?: boolean }} options
 * @returns {Promise<() => Promise<void>>}
 */
export async function buildPlugin({
  server = null,
  outdir = server === null ? 'dist/plugin' : `dist/plugin-${new URL(server).hostname}`,
  dev = false,
  watch = false,
  onBuilt = () => undefined,
} = {}) {
  const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  await mkdir(outdir, { recursive: true });
  const shared = {
    bundle: true,
    format: 'iife',
    charset: 'utf8',
    minify: !dev,
    sourcemap: dev ? 'inline' : false,
    define: { __VERSION__: JSON.stringify(version), __SERVER__: JSON.stringify(server) },
    legalComments: 'none',
    logLevel: 'warning',
  };
  const main = {
    ...shared,
    entryPoints: [join(PLUGIN, 'main/main.ts')],
    outfile: join(outdir, 'main.js'),
    platform: 'neutral',
    target: 'es2017',
    plugins: [toldBy(onBuilt)],
  };
  const window = {
    ...shared,
    entryPoints: [join(PLUGIN, 'figma/window.tsx')],
    outdir,
    write: false,
    platform: 'browser',
    target: TARGET,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    plugins: [inOneFile(join(outdir, 'ui.html')), toldBy(onBuilt)],
  };
  if (server !== null) await writeFile(join(outdir, 'manifest.json'), await manifestFor(server));
  if (!watch) {
    await Promise.all([build(main), build(window)]);
    return () => Promise.resolve();
  }
  const contexts = await Promise.all([context(main), context(window)]);
  await Promise.all(contexts.map((each) => each.watch()));
  return async () => {
    await Promise.all(contexts.map((each) => each.dispose()));
  };
}

function toldBy(onBuilt) {
  return {
    name: 'told',
    setup({ onEnd }) {
      onEnd(({ errors }) => onBuilt(errors.length));
    },
  };
}

/** Script and style sheet inside one page: Figma takes a window as one file. */
function inOneFile(path) {
  return {
    name: 'in-one-file',
    setup({ onEnd }) {
      onEnd(async ({ outputFiles = [] }) => {
        const text = (ending) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
        if (text('.js') === '') return;
        // What would end the element early.
        const script = text('.js').replace(/<(?=\/script|!--)/gi, '\\x3c');
        const style = text('.css').replace(/<(?=\/style)/gi, '\\3c ');
        await writeFile(path, pageOf(script, style));
      });
    },
  };
}

function pageOf(script, style) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Panorama Converter</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<script>${script}</script>
</body>
</html>
`;
}

/** The manifest of a plugin that knows its server, beside its files. */
async function manifestFor(server) {
  const manifest = JSON.parse(await readFile(join(PROJECT, 'manifest.json'), 'utf8'));
  return `${JSON.stringify(
    {
      ...manifest,
      main: 'main.js',
      ui: 'ui.html',
      networkAccess: {
        allowedDomains: [server],
        reasoning: 'The picture is sent to this server. Nothing else is called.',
      },
    },
    null,
    2,
  )}\n`;
}
