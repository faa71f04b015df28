import { readFile } from 'node:fs/promises';
import { defineConfig } from 'vitest/config';
import { HAS_SOFTWARE_GPU, SOFTWARE_GPU_VARIABLES } from './server/engine/software-gpu.testing.ts';

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
    // tfjs-core's gradients resolve only through a bundler, so vite must transform it.
    server: { deps: { inline: [/@tensorflow/] } },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['{server,shared,plugin,deploy}/**/*.test.ts'],
          exclude: ['**/*.gpu.test.ts'],
          globalSetup: 'server/setup.testing.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'software GPU',
          include: [
            'server/**/*.gpu.test.ts',
            ...(HAS_SOFTWARE_GPU ? ['server/engine/{kernels,state}.test.ts'] : []),
          ],
          globalSetup: 'server/engine/software-gpu.testing.ts',
          // Of the processes that run the tests: libraries are looked for where a process was told when it began.
          env: SOFTWARE_GPU_VARIABLES,
        },
      },
    ],
  },
});
