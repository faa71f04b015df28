import { readFile } from 'node:fs/promises';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    {
      // The painter's kernels as bytes, as esbuild's binary loader gives them.
      name: 'wasm-bytes',
      enforce: 'pre',
      async load(id) {
        if (!id.endsWith('.wasm')) return null;
        const base64 = (await readFile(id)).toString('base64');
        return `export default new Uint8Array(Buffer.from('${base64}', 'base64'));`;
      },
    },
  ],
  test: {
    include: ['{server,shared,plugin}/**/*.test.ts'],
    globalSetup: 'server/setup.testing.ts',
    // tfjs-core's gradients resolve only through a bundler, so vite must transform it.
    server: { deps: { inline: [/@tensorflow/] } },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});
