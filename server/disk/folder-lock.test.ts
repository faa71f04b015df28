import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-lock-'));
});

afterEach(() => rm(folder, { recursive: true }));

const claim = (owner: object | string) =>
  writeFile(join(folder, 'lock'), typeof owner === 'string' ? owner : JSON.stringify(owner));

describe('the lock of a data folder', () => {
  it('[LOCK1] is given back by its undo and leaves nothing', async () => {
    const unlock = await lockFolder(folder);
    expect(await readdir(folder)).toEqual(['lock']);
    expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    await unlock();
    expect(await readdir(folder)).toEqual([]);
  });

  it('[LOCK2] is never taken from a process that lives', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      await claim({ pid: other.pid, born: null });
      await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'locked' });
      await expect(lockFolder(folder)).rejects.toThrow(`process ${other.pid}`);
    } finally {
      other.kill();
    }
  });

  it('[LOCK3] is taken from a dead process, from a pid that was given again, and from nonsense', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.on('close', resolve));
    for (const owner of [
      { pid: dead.pid, born: null },
      { pid: process.pid, born: null },
      { pid: process.pid, born: 'another boot 5' },
      { pid: 1, born: 'another boot 5' },
      'nonsense',
      '',
    ]) {
      await claim(owner);
      await (
        await lockFolder(folder)
      )();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('[LOCK2] goes to one of many that come at once, also over a dead one', async () => {
    await claim('nonsense');
    const script = `
      import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'folder-lock.ts'))};
      lockFolder(${JSON.stringify(folder)}).then(() => console.log('mine'), () => console.log('no'));
      setTimeout(() => {}, 3000);`;
    const { build } = await import('esbuild');
    const outfile = join(folder, 'contender.mjs');
    await build({
      stdin: { contents: script, resolveDir: folder, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
    });
    const said = await Promise.all(
      Array.from({ length: 6 }, () => {
        const child = spawn(process.execPath, [outfile]);
        return new Promise<string>((resolve) => {
          let text = '';
          child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
          child.on('close', () => resolve(text.trim()));
        });
      }),
    );
    expect(said.toSorted()).toEqual(['mine', 'no', 'no', 'no', 'no', 'no']);
  });
});
