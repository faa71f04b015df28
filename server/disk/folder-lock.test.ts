import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
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

/** How this process would own it. */
async function owner(): Promise<{ pid: number; space: string; born: string | null }> {
  const unlock = await lockFolder(folder);
  const text = await readFile(join(folder, 'lock'), 'utf8');
  await unlock();
  return JSON.parse(text) as { pid: number; space: string; born: string | null };
}

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
      const mine = await owner();
      await claim({ ...mine, pid: other.pid, born: null });
      await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'locked' });
      await expect(lockFolder(folder)).rejects.toThrow(`process ${other.pid}`);
    } finally {
      other.kill();
    }
  });

  it('[LOCK3] is taken from a dead process, from a pid that was given again, and from nonsense', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.on('close', resolve));
    const mine = await owner();
    for (const left of [
      { ...mine, pid: dead.pid, born: null },
      { ...mine, born: null },
      { ...mine, born: 'another boot 5' },
      { ...mine, pid: 1, born: 'another boot 5' },
      'nonsense',
      '',
    ]) {
      await claim(left);
      const unlock = await lockFolder(folder);
      await unlock();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('[LOCK2] is not taken from another machine or container while its owner touches it', async () => {
    await claim({ pid: 1, space: 'another container', born: 'this boot 5' });
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'locked' });
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'lock'), longAgo, longAgo);
    await (
      await lockFolder(folder)
    )();
  });

  it('[LOCK3] that cannot be read is told, not waited for', async () => {
    await mkdir(join(folder, 'lock'));
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('[LOCK2] goes to one of many that come at once, also over a dead one', async () => {
    await claim('nonsense');
    const script = `
      import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'folder-lock.ts'))};
      lockFolder(${JSON.stringify(folder)}).then(() => console.log('mine'), () => console.log('no'));
      // Whoever has it keeps it until all have tried.
      setInterval(() => {}, 1000);`;
    const { build } = await import('esbuild');
    const outfile = join(folder, 'contender.mjs');
    await build({
      stdin: { contents: script, resolveDir: folder, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
    });
    const contenders = Array.from({ length: 6 }, () => spawn(process.execPath, [outfile]));
    const said = await Promise.all(
      contenders.map(
        ({ stdout }) =>
          new Promise<string>((resolve) => {
            stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
          }),
      ),
    );
    for (const contender of contenders) contender.kill();
    expect(said.toSorted()).toEqual(['mine', 'no', 'no', 'no', 'no', 'no']);
  });
});
