/** The engine `tensorflow` as the shipped command line and server have it, with stand-ins for its package. */
import { spawn } from 'node:child_process';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, it, vi } from 'vitest';
import { serverInfoSchema } from '../shared/protocol.ts';
import { newProgramFolder, runProgram } from './engine/tensorflow-package.testing.ts';
import { PROGRAMS, TOKEN, smallPhoto } from './server.testing.ts';

const PACKAGE = '@tensorflow/tfjs-node';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function programFolder(packages: Parameters<typeof newProgramFolder>[1]): Promise<string> {
  const folder = await newProgramFolder(fileURLToPath(PROGRAMS), packages);
  folders.push(folder);
  return folder;
}

// No GPU is found here, whatever the machine has.
const NO_GPU = { CUDA_VISIBLE_DEVICES: '-1' };

describe('an engine that cannot start', () => {
  it.each([
    ['tensorflow', /npm install --no-save --save-prod @tensorflow\/tfjs-node@4\.22\.0/],
    ['cuda', /NVIDIA GPU/],
  ])(
    '[ENGINE17] %s: the command line ends with 2 and one line, and writes nothing',
    async (engine, remedy) => {
      const folder = await programFolder({});
      await writeFile(join(folder, 'photo.png'), await smallPhoto());
      const before = await readdir(folder);
      const { status, out, err } = await runProgram(
        folder,
        'cli.js',
        ['photo.png', '--size', '96x32', '--engine', engine],
        { ...NO_GPU, DATA_DIR: join(folder, 'data') },
      );
      expect({ status, out }).toEqual({ status: 2, out: '' });
      expect(err).toMatch(new RegExp(`^panorama: engine ${engine} cannot start: [^\\n]+\\n$`));
      expect(err).toMatch(remedy);
      expect((await readdir(folder)).filter((name) => name !== 'data')).toEqual(before);
    },
  );

  it.each(['tensorflow', 'cuda'])('[ENGINE17] %s: the server ends with 2 and one line', async (engine) => {
    const folder = await programFolder({});
    const { status, out, err } = await runProgram(folder, 'main.js', [], {
      ...NO_GPU,
      ENGINE: engine,
      DATA_DIR: join(folder, 'data'),
    });
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(new RegExp(`^panorama server: engine ${engine} cannot start: [^\\n]+\\n$`));
  });
});

describe('the server on the engine tensorflow', () => {
  it('[ENGINE17] names it with its package, when it starts and when it is asked', async () => {
    const folder = await programFolder({ [PACKAGE]: 'works' });
    await cp(inject('database'), join(folder, 'data', 'database'), { recursive: true });
    const server = spawn(process.execPath, [join(folder, 'program', 'main.js')], {
      cwd: folder,
      env: {
        ...process.env,
        ENGINE: 'tensorflow',
        DATA_DIR: join(folder, 'data'),
        TOKEN,
        HOST: '127.0.0.1',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const gone = new Promise((resolve) => server.on('close', resolve));
    try {
      let greeting = '';
      server.stdout.setEncoding('utf8').on('data', (chunk: string) => (greeting += chunk));
      await vi.waitUntil(() => greeting.includes('data:') || server.exitCode !== null, 60_000);
      expect(greeting).toMatch(/^engine: tensorflow \(@tensorflow\/tfjs-node on .+ cores\)$/m);
      const port = /localhost:(\d+)/.exec(greeting)?.[1];
      const response = await fetch(`http://127.0.0.1:${port}/v1/server`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      const info = serverInfoSchema.parse(await response.json());
      expect(info.engine).toBe('tensorflow');
      expect(info.device).toMatch(/^@tensorflow\/tfjs-node on .+ cores$/);
    } finally {
      server.kill('SIGTERM');
      await gone;
    }
  });
});
