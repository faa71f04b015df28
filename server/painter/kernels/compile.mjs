// Compiles assembly/ to kernels.wasm, unless that is there and newer.
import { readdir, rename, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const FOLDER = fileURLToPath(new URL('assembly/', import.meta.url));
const TARGET = fileURLToPath(new URL('kernels.wasm', import.meta.url));

const OPTIONS = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  ...['--enable', 'simd', '--enable', 'threads'],
  // The memory comes from the painter and is shared by its threads; `shared-memory.ts` has the same maximum.
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
];

export async function compileKernels() {
  const sources = (await readdir(FOLDER)).map((name) => FOLDER + name);
  const changed = await Promise.all([...sources, fileURLToPath(import.meta.url)].map(modified));
  if (Math.max(...changed) < (await modified(TARGET))) return;
  // Written under a name of its own first: programs that run meanwhile never see half of it.
  const draft = `${TARGET}.${process.pid}`;
  const { error, stderr } = await asc.main([`${FOLDER}index.ts`, '-o', draft, ...OPTIONS]);
  if (error) throw new Error(`compile kernels: ${stderr.toString()}`);
  await rename(draft, TARGET);
}

/** Milliseconds; 0 for a file that is not there. */
async function modified(path) {
  return (await stat(path).catch(() => null))?.mtimeMs ?? 0;
}
