// Bundles the plugin's benchmark, which is TypeScript over the tests' tools, and runs it.
import { build } from 'esbuild';
import { pathToFileURL } from 'node:url';

const outfile = 'dist/plugin-benchmark/benchmark.mjs';
await build({
  entryPoints: ['plugin/bench/benchmark.ts'],
  outfile,
  bundle: true,
  packages: 'external',
  // They go by where they lie.
  external: ['./plugin/build-figma.mjs'],
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
await import(pathToFileURL(outfile).href);
