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

/** Creates a session of a graph with one node. */
const SCRIPT = `
const [, library, provider, model] = process.argv;
const { InferenceSession } = require(library);
InferenceSession.create(Buffer.from(model, 'base64'), { executionProviders: [provider], logSeverityLevel: 4 })
  .then((session) => session.release())
  .then(() => process.exit(0), (error) => { process.stdout.write(String(error.message), () => process.exit(1)); });
`;

/** Resolves if ONNX Runtime's `provider` starts on this machine; rejects with what it says otherwise. */
export async function probeProvider(provider: string): Promise<void> {
  const graph = new Graph();
  graph.output('y', graph.add('Neg', [graph.input('x', [1])], [1]));
  const model = Buffer.from(writeOnnxModel(graph)).toString('base64');
  const library = createRequire(import.meta.url).resolve('onnxruntime-node');

  const child = spawn(process.execPath, ['-e', SCRIPT, library, provider, model], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: TIMEOUT_MS,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Error(text || `its process ended with ${status}`);
}
