/**
 * Tries a provider in a process of its own. Native libraries write to stderr when they find no device, and a broken
 * driver ends the process that loads it: neither may happen to ours.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { Graph } from './graph.ts';
import { writeOnnxModel } from './onnx.ts';

/** Loading a driver for the first time may compile shaders. */
const TIMEOUT_MS = 30_000;

/** Creates a session of a graph with one node, and runs it. */
const SCRIPT = `
const [, library, provider, model] = process.argv;
const { InferenceSession, Tensor } = require(library);
InferenceSession.create(Buffer.from(model, 'base64'), { executionProviders: [provider], logSeverityLevel: 4 })
  .then((session) => session.run({ x: new Tensor('float32', Float32Array.of(1), [1]) }))
  .then(() => process.exit(0), (error) => { process.stdout.write(String(error.message), () => process.exit(1)); });
`;

export interface Probe {
  readonly works: boolean;
  /** What ONNX Runtime says where it does not work. */
  readonly message: string;
  /** What the native libraries wrote; the Vulkan loader names the devices there. */
  readonly log: string;
}

/** Whether ONNX Runtime's `provider` works on this machine. */
export async function probeProvider(provider: string): Promise<Probe> {
  try {
    return await probe(provider);
  } catch (error) {
    return { works: false, message: error instanceof Error ? error.message : String(error), log: '' };
  }
}

async function probe(provider: string): Promise<Probe> {
  const graph = new Graph();
  graph.output('y', graph.add('Neg', [graph.input('x', [1])], [1]));
  const model = Buffer.from(writeOnnxModel(graph)).toString('base64');
  const library = createRequire(import.meta.url).resolve('onnxruntime-node');

  const { status, text, log } = await runScript(SCRIPT, [library, provider, model], {
    environment: { VK_LOADER_DEBUG: 'error,warn,info,driver' },
  });
  return { works: status === 0, message: status === 0 ? '' : text || endedWith(status), log };
}

export interface ScriptRun {
  /** Its exit status, or the signal that ended it. */
  readonly status: number | NodeJS.Signals | null;
  /** What it wrote to stdout. */
  readonly text: string;
  /** What it, and native libraries in it, wrote to stderr. */
  readonly log: string;
}

/** Runs a CommonJS script in a process of its own; the arguments are its `process.argv` from 1 on. */
export async function runScript(
  script: string,
  args: readonly string[],
  { environment = {}, timeoutMs = TIMEOUT_MS }: { environment?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<ScriptRun> {
  const child = spawn(process.execPath, ['-e', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    env: { ...process.env, ...environment },
  });
  let [text, log] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  return { status, text, log };
}

/** What there is to say of a script that ended without a word. */
export const endedWith = (status: ScriptRun['status']): string => `its process ended with ${status}`;
