// Bundles the server's programs, the web page and Figma's plugin into dist/; `--server https://host` makes a plugin for
// that server alone. Packages stay outside, but for TensorFlow.js, whose gradients
// are files that only a bundler can resolve. The painter's kernels are compiled first and held in the bundle.
import { build } from 'esbuild';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPlugin, originOf } from './plugin/build-figma.mjs';
import { buildWeb } from './plugin/build-web.mjs';
import { compileKernels } from './server/painter/kernels/compile.mjs';

const FOLDER = 'dist/server';

const { values } = parseArgs({ options: { server: { type: 'string' } } });
let server = null;
try {
  if (values.server !== undefined) server = originOf(values.server);
} catch (error) {
  console.error(error.message);
  process.exit(2);
}

const plugins = [buildPlugin(), ...(server === null ? [] : [buildPlugin({ server })])];
await Promise.all([compileKernels(), buildWeb(), ...plugins]);
const { metafile } = await build({
  entryPoints: {
    cli: 'server/cli.ts',
    main: 'server/main.ts',
    'job-program': 'server/jobs/job-program.ts',
    'database-maker': 'server/database/database-maker.ts',
    bench: 'server/bench/bench.ts',
    'server-benchmark': 'server/bench/server-benchmark.ts',
    'kill-test': 'server/bench/kill-test.ts',
    'fault-test': 'server/bench/fault-test.ts',
    'streams-test': 'server/bench/streams-test.ts',
    quality: 'server/bench/quality/quality.ts',
    study: 'server/bench/study/study.ts',
    recipes: 'server/bench/recipes/main.ts',
    simulate: 'server/bench/queueing/main.ts',
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
    'pg',
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
