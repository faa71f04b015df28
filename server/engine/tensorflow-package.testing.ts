/** Programs outside the repository, with the packages that a test wants: stand-ins for TensorFlow.js for Node among them. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/** What programs and stand-ins load from outside their bundles. */
const LINKED = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@electric-sql/pglite',
  'onnxruntime-node',
  'pg',
  'pg-boss',
  'pino',
  'prom-client',
  'sharp',
];

/** `index.js` of packages that stand in for tfjs-node. */
export const STAND_INS = {
  /**
   * Does as tfjs-node 4.22 does: a TensorFlow.js of its own, a backend that is made current, operations that ask for
   * helpers which Node 23 removed, talk on stderr unless told otherwise. It computes in JavaScript.
   */
  works: `
    const util_1 = require('util');
    const tf = require('@tensorflow/tfjs-core');
    const { MathBackendCPU } = require('@tensorflow/tfjs-backend-cpu');
    if (Number(process.env.TF_CPP_MIN_LOG_LEVEL ?? 0) < 2) console.error('I tensorflow/core: optimized with oneDNN');
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      const kernelFunc = (call) => {
        if ((0, util_1.isNullOrUndefined)(call) || (0, util_1.isArray)(call)) throw new Error('no call');
        return kernel.kernelFunc(call);
      };
      tf.registerKernel({ ...kernel, backendName: 'tensorflow', kernelFunc });
    }
    class Backend extends MathBackendCPU {
      firstUse = false;
      isUsingGpuDevice = false;
    }
    tf.registerBackend('tensorflow', () => new Backend(), 3);
    tf.setBackend('tensorflow');
    module.exports = { ...tf };
  `,
  /** As after an installation whose download failed. */
  lacksBinding: `
    throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /lib/napi-v8. \\nPlease run …');
  `,
  crashes: `process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000);`,
  registersNothing: `module.exports = { ...require('@tensorflow/tfjs-core') };`,
  exportsNothing: '',
} as const;

/** Deletes the helpers that Node 23 removed; to be required before a program. */
const NODE_23 = `
  const util = require('util');
  for (const name of ['isArray', 'isNullOrUndefined']) delete util[name];
`;

/** A folder outside the repository with the program's files and `node_modules`; the caller removes it. */
export async function newProgramFolder(
  program: string,
  packages: Readonly<Record<string, keyof typeof STAND_INS>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'panorama-tensorflow-'));
  await cp(program, join(folder, 'program'), {
    recursive: true,
    filter: (path) => !path.endsWith('.map'),
  });
  await writeFile(join(folder, 'node-23.cjs'), NODE_23);
  for (const name of LINKED) {
    const path = join(folder, 'node_modules', name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(join(PACKAGES, name), path, 'dir');
  }
  for (const [name, standIn] of Object.entries(packages)) {
    const path = join(folder, 'node_modules', name);
    await mkdir(path, { recursive: true });
    await writeFile(
      join(path, 'package.json'),
      JSON.stringify({ name, version: '4.22.0', main: 'index.js' }),
    );
    await writeFile(join(path, 'index.js'), STAND_INS[standIn]);
  }
  return folder;
}

/** Runs one of the folder's programs to its end, as Node 23 or newer would, in the folder. */
export async function runProgram(
  folder: string,
  name: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(folder, 'program', name), ...args], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: `--require=${join(folder, 'node-23.cjs')}`, ...environment },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, out, err };
}
