import { defineConfig } from 'vitest/config';

// tfjs-core's gradients resolve only through a bundler, so vite must transform it.
export default defineConfig({
  test: {
    include: ['{server,shared,plugin}/**/*.test.ts'],
    server: { deps: { inline: [/@tensorflow/] } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
