// Bundles the server's programs into dist/. Packages stay outside, but for TensorFlow.js, whose gradients
// are files that only a bundler can resolve.
import { build } from 'esbuild';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'dist/server';

const { metafile } = await build({
  entryPoints: {
    cli: 'server/cli.ts',
    bench: 'server/bench/bench.ts',
    quality: 'server/bench/quality/quality.ts',
  },
  outdir: FOLDER,
  metafile: true,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  external: ['onnxruntime-node', 'sharp', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: 'none',
  sourcemap: true,
  logLevel: 'warning',
});

// Only now, so that a program that runs meanwhile still finds its parts: what earlier builds left.
for (const name of await readdir(FOLDER)) {
  if (!(join(FOLDER, name) in metafile.outputs)) await rm(join(FOLDER, name));
}
