/** Bundles programs for tests, as the build does: TensorFlow.js's gradients resolve only so. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @param source may import the modules beside this one */
export async function bundleProgram(
  source: string,
  outfile: string,
  external: readonly string[],
): Promise<void> {
  await build({
    stdin: {
      contents: source,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: [...external],
    banner: {
      js: "import { createRequire as load } from 'node:module'; const require = load(import.meta.url);",
    },
    logLevel: 'error',
  });
}
