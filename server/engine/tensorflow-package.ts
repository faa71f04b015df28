/** Finds the TensorFlow.js package that the user installed beside this one, without loading it here. */
import { createRequire } from 'node:module';
import { brokenTensorflow, unavailable, type BrokenPackage } from './diagnose.ts';
import { endedWith, runScript } from './probe.ts';

/** The better one first. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** The backend that both register and make current when they are loaded. */
export const TENSORFLOW_BACKEND = 'tensorflow';

export interface TensorflowPackage {
  readonly name: string;
  /** The file to load. */
  readonly path: string;
  /** Whether it computes on a GPU: the package for GPUs does without where it finds none. */
  readonly gpu: boolean;
}

/** For a card that is newer than the package, CUDA compiles the kernels at their first use. */
const TIMEOUT_MS = 300_000;

/** How the script ends where the package registers no backend. */
const NO_BACKEND = 3;

/**
 * Loads the package and computes something; the last line that it writes says on what, or what is wrong. The helpers
 * are those that `load-tensorflow.ts` gives back.
 */
const SCRIPT = `
const [, path, name] = process.argv;
const end = (status, line = '') => process.stdout.write('\\n' + line, () => process.exit(status));
Object.assign(require('util'), { isArray: Array.isArray, isNullOrUndefined: (value) => value == null });
try {
  const tf = require(path);
  const backend = tf.findBackend ? tf.findBackend(name) : null;
  if (backend) {
    tf.neg(tf.scalar(1)).dataSync();
    end(0, backend.isUsingGpuDevice ? 'gpu' : 'processor');
  } else end(${NO_BACKEND});
} catch (error) {
  end(1, String((error && error.message) || error).trim().split('\\n')[0].replace(/[.\\s]+$/, ''));
}
`;

/**
 * The first of the packages that works.
 *
 * @throws EngineError `engine-unavailable`: none is installed, or what is wrong with those that are
 */
export async function findTensorflow(): Promise<TensorflowPackage> {
  const broken: BrokenPackage[] = [];
  for (const name of PACKAGES) {
    const found = await tryPackage(name);
    if (found === null) continue;
    if ('path' in found) return found;
    broken.push(found);
  }
  if (broken.length > 0) throw brokenTensorflow(broken);
  throw unavailable('tensorflow', null);
}

/** Null where it is not installed. */
async function tryPackage(name: string): Promise<TensorflowPackage | BrokenPackage | null> {
  let path: string;
  try {
    path = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith(`Cannot find module '${name}'`)) return null;
    return { name, loads: false, reason: firstLine(message) };
  }
  const { status, text } = await runScript(SCRIPT, [path, TENSORFLOW_BACKEND], { timeoutMs: TIMEOUT_MS });
  const told = text.split('\n').at(-1) ?? '';
  if (status === 0) return { name, path, gpu: told === 'gpu' };
  if (status === NO_BACKEND) return { name, loads: true };
  return { name, loads: false, reason: told || endedWith(status) };
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
