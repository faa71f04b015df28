/** The command against the real server, as a user would run it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panoramaListSchema } from '../../shared/protocol.ts';
import {
  PROGRAMS,
  removeFolder,
  smallPhoto,
  startServer,
  TOKEN,
  type TestServer,
} from '../server.testing.ts';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('cli.js', PROGRAMS));

let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  folder = await mkdtemp(join(tmpdir(), 'panorama-cli-'));
  await writeFile(join(folder, 'photo.png'), await smallPhoto());
});

afterAll(async () => {
  await server.close();
  await removeFolder(server.folder);
  await rm(folder, { recursive: true });
});

const panorama = (...args: string[]) =>
  run(process.execPath, [CLI, 'photo.png', '--size', '160x60', '--epochs', '100', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATA_DIR: join(folder, 'data'), PANORAMA_TOKEN: TOKEN },
  });

describe('panorama --server', () => {
  it('[CLI48] makes by a server the same pictures as without one, kept in its history', async () => {
    const there = await panorama('--server', server.url, '--variants', '2', '--out', 'there.png');
    expect(there.stdout).toBe('there.png  160×60\nthere-2.png  160×60\n');
    await panorama('--variants', '2', '--out', 'here.png');
    for (const name of ['.png', '-2.png']) {
      const [a, b] = await Promise.all(['there', 'here'].map((base) => readFile(join(folder, base + name))));
      expect(a?.equals(b ?? Buffer.of())).toBe(true);
    }
    expect((await readdir(folder)).toSorted()).toEqual([
      'data',
      'here-2.png',
      'here.png',
      'photo.png',
      'there-2.png',
      'there.png',
    ]);
    const list = panoramaListSchema.parse(await (await server.call('/v1/panoramas')).json());
    expect(list.panoramas).toMatchObject([
      { status: 'succeeded', request: { width: 160, height: 60, variants: 2 } },
    ]);
  });
});
