// Bundles the server's programs and the web page into dist/. Packages stay outside, but for TensorFlow.js, whose gradients
// are files that only a bundler can resolve. The painter's kernels are compiled first and held in the bundle.
import { build } from 'esbuild';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildWeb } from './plugin/build.mjs';
import { compileKernels } from './server/painter/kernels/compile.mjs';

const FOLDER = 'dist/server';

await Promise.all([compileKernels(), buildWeb()]);
const { metafile } = await build({
  entryPoints: {
    cli: 'server/cli.ts',
    main: 'server/main.ts',
    'job-program': 'server/jobs/job-program.ts',
    'database-maker': 'server/jobs/database-maker.ts',
    bench: 'server/bench/bench.ts',
    'server-benchmark': 'server/bench/server-benchmark.ts',
    'kill-test': 'server/bench/kill-test.ts',
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
  loader: { '.wasm': 'binary' },
  external: [
    'onnxruntime-node',
    'sharp',
    '@tensorflow/tfjs-node',
    '@tensorflow/tfjs-node-gpu',
    'pg-boss',
    '@electric-sql/pglite',
    'pino',
    'prom-client',
  ],
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
