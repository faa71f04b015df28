import { spawn, type ChildProcess } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ENDED,
  SERVER_INFO,
  TOKEN,
  answerJson,
  beginStream,
  changed,
  panorama,
  scale,
  sse,
  startServer,
} from '../shared/client-server.testing.ts';

/** Stands in for the main job; the seed says how it ends. */
const SCRIPTED_JOB = `
  import { setTimeout as wait } from 'node:timers/promises';
  if (process.env.PANORAMA_SERVER) throw new Error('the local job was loaded');
  export async function makePanorama({ request, signal, onEvent }) {
    const variant = (n) => onEvent({ type: 'variant', n, width: 64, height: 64, upscaled: 1, bytes: Buffer.from('variant ' + n) });
    await variant(0);
    await onEvent({ type: 'progress', phase: 'train', fraction: 0.1, scale: 1, scales: 5 });
    if (request.seed === 2) await wait(60000, null, { signal });
    if (request.seed === 3) setTimeout(() => { throw new Error('out of the blue'); });
    if (request.seed === 3) await wait(60000, null, { signal });
    if (request.seed === 4) setInterval(() => {}, 1000);
    if (request.seed === 5) for (let i = 0; i < 20000; i++) await onEvent({ type: 'progress', phase: 'paint', fraction: i / 20000 });
    await variant(1);
  }
`;

const ARGUMENTS = ['photo.jpg', '--size', '64x64'];

let program: string;
let folder: string;

beforeAll(async () => {
  program = await mkdtemp(join(tmpdir(), 'panorama-program-'));
  await build({
    entryPoints: [fileURLToPath(new URL('cli.ts', import.meta.url))],
    outdir: program,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    // Not to be found there, so nothing but a preview may load it.
    external: ['sharp'],
    plugins: [
      {
        name: 'scripted-job',
        setup(builder) {
          builder.onResolve({ filter: /make-panorama\.ts$/ }, () => ({ path: 'job', namespace: 'scripted' }));
          builder.onLoad({ filter: /.*/, namespace: 'scripted' }, () => ({ contents: SCRIPTED_JOB }));
        },
      },
    ],
  });
});

afterAll(() => rm(program, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(program, 'run-'));
  await writeFile(join(folder, 'photo.jpg'), 'the photo');
});

interface Ended {
  status: number | null;
  out: string;
  err: string;
}

const environment = () => ({ ...process.env, DATA_DIR: join(folder, 'data') });

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  return startWith({}, ...args);
}

function startWith(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [join(program, 'cli.mjs'), ...args], {
    cwd: folder,
    env: { ...environment(), ...env },
  });
  return { child, ended: ended(child) };
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out, err })));
}

/** Waits until the file is there, or the process has ended without it. */
async function appears(name: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const there = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const files = async () => (await readdir(folder)).sort();

describe('the panorama command', () => {
  it('[CLI33] runs as a process of its own', async () => {
    const { status, out, err } = await start(...ARGUMENTS).ended;
    expect([status, out]).toEqual([0, 'photo-panorama.png  64×64\n']);
    expect(err).toBe('draft: photo-panorama.png\ntraining 1/5 (10%)\n');
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await start('--version').ended).toMatchObject({ status: 0, out: `${manifest.version}\n` });
    expect(await start('photo.jpg').ended).toMatchObject({ status: 2, out: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '[CLI34] ends with 130 on %s, the draft whole and nothing beside it',
    async (signal) => {
      const { child, ended } = start(...ARGUMENTS, '--seed', '2', '--quiet');
      await appears('photo-panorama.png', child);
      child.kill(signal);
      const { status, err } = await ended;
      expect([status, err]).toEqual([130, 'panorama: interrupted; the draft is at photo-panorama.png\n']);
      expect(await files()).toEqual(['photo-panorama.png', 'photo.jpg']);
      expect(await readFile(join(folder, 'photo-panorama.png'), 'utf8')).toBe('variant 0');
    },
  );

  it('[CLI35] tells an error from nowhere in one line', async () => {
    const { status, err } = await start(...ARGUMENTS, '--seed', '3', '--quiet').ended;
    expect([status, err]).toEqual([1, 'panorama: internal: out of the blue\n']);
  });

  it('[CLI36] ends even where the job leaves something running', async () => {
    expect((await start(...ARGUMENTS, '--seed', '4').ended).status).toBe(0);
  });

  it('[CLI37] finishes quietly when the reader of its output goes away', async () => {
    const { child, ended } = start(...ARGUMENTS, '--seed', '5', '--json');
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { status, err } = await ended;
    expect([status, err]).toEqual([0, '']);
    expect(await readFile(join(folder, 'photo-panorama.png'), 'utf8')).toBe('variant 1');
  });

  it("[CLI53] has a server do the work without loading the job's or the pictures' libraries", async () => {
    const variant = { n: 1, width: 64, height: 64, upscaled: 1, url: '/v1/panoramas/x/variants/1' };
    const server = await startServer(({ path }, response) => {
      if (path === '/v1/server') answerJson(response, SERVER_INFO);
      else if (path.includes('/variants/')) {
        response.writeHead(200, { 'Content-Type': 'image/png' }).end('variant 1');
      } else if (path.endsWith('/events')) {
        beginStream(response).write(sse(1, changed()) + sse(2, scale(2)));
        response.end(sse(3, changed({ ...ENDED.panorama, variants: [variant] })));
      } else answerJson(response, panorama());
    });
    const env = { PANORAMA_SERVER: server.url, PANORAMA_TOKEN: TOKEN };
    const { status, out, err } = await startWith(env, ...ARGUMENTS, '--json').ended;
    await server.close();
    expect([status, err]).toEqual([0, '']);
    expect(out.match(/(?<=^{"type":")\w+/gm)?.join(' ')).toBe(
      'sending job progress scale progress variant done',
    );
    expect(await readFile(join(folder, 'photo-panorama.png'), 'utf8')).toBe('variant 1');
  });

  it.runIf(process.platform === 'linux')('[CLI44] says that its output cannot be written', async () => {
    const command = `"${process.execPath}" "${join(program, 'cli.mjs')}" ${ARGUMENTS.join(' ')} > /dev/full`;
    const { status, err } = await ended(spawn('sh', ['-c', command], { cwd: folder, env: environment() }));
    expect(status).toBe(1);
    expect(err).toMatch(/panorama: standard output: cannot be written \(ENOSPC\)\n$/);
    expect(await readFile(join(folder, 'photo-panorama.png'), 'utf8')).toBe('variant 1');
  });
});
