/** Starting engines, each in a process of its own: what native libraries print would escape a test's own eyes. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from './bundle.testing.ts';

// Inside the repository, so that the packages are found.
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
const PROGRAM = `
import { startEngine } from './start.ts';
startEngine(process.argv[2]).then(
  ({ name }) => console.log(JSON.stringify({ name })),
  ({ name, code, kind, message }) => console.log(JSON.stringify({ error: { name, code, kind, message } })),
);
`;

let folder: string;
beforeAll(async () => {
  await mkdir(CACHE, { recursive: true });
  folder = await mkdtemp(join(CACHE, 'start-'));
  await bundleProgram(PROGRAM, join(folder, 'start.mjs'), [
    'onnxruntime-node',
    '@tensorflow/tfjs-node',
    '@tensorflow/tfjs-node-gpu',
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Started {
  readonly name?: string;
  readonly error?: { name: string; code: string; kind: string; message: string };
}

async function start(choice: string, environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(folder, 'start.mjs'), choice], {
    env: { ...process.env, ...environment },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, err, result: JSON.parse(out) as Started };
}

describe('startEngine', () => {
  it.each(['auto', 'cpu'])('[ENGINE9] %s starts on every machine', async (choice) => {
    const { status, err, result } = await start(choice);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(choice === 'auto' ? ['cpu', 'webgpu'] : ['cpu']).toContain(result.name);
  });

  // No driver is found here, whatever the machine has.
  const nowhere = { VK_DRIVER_FILES: '/nowhere', VK_ICD_FILENAMES: '/nowhere', CUDA_VISIBLE_DEVICES: '-1' };
  it.each([
    ['webgpu', /Vulkan, Metal or Direct3D 12 driver/],
    ['cuda', /NVIDIA GPU.*npm rebuild onnxruntime-node/],
    ['tensorflow', /@tensorflow\/tfjs-node-gpu or @tensorflow\/tfjs-node: npm install/],
  ])(
    '[ENGINE10] %s, where it cannot start, says what is missing in one line and nothing else',
    async (choice, remedy) => {
      const { status, err, result } = await start(choice, nowhere);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      if (result.name === choice) return;
      expect(result.error).toMatchObject({
        name: 'EngineError',
        code: expect.stringMatching(/^engine-(unavailable|no-device)$/) as string,
        kind: 'request',
        message: expect.stringMatching(remedy) as string,
      });
      expect(result.error?.message).toMatch(/^engine \w+ cannot start: [^\n]+--engine cpu works everywhere$/);
    },
  );
});
