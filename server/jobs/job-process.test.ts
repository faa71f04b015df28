import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireRequest } from '../../shared/request.ts';
import { startJobProcess, type JobProcess } from './job-process.ts';
import type { Assignment, ProcessMessage } from './messages.ts';

const ASSIGNMENT: Assignment = {
  id: '00000000-0000-4000-8000-000000000000',
  blobs: '/nowhere',
  request: requireRequest({ width: 64, height: 64 }),
  engine: 'cpu',
  delivered: [],
  pace: {},
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorama-process-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A process that runs `script`, with what it says. */
async function start(
  script: string,
  silenceMs?: number,
): Promise<{ process: JobProcess; messages: ProcessMessage[]; lines: string[] }> {
  const path = join(folder, `${Math.random()}.mjs`);
  await writeFile(path, script);
  const messages: ProcessMessage[] = [];
  const lines: string[] = [];
  const process = startJobProcess({
    program: pathToFileURL(path),
    assignment: ASSIGNMENT,
    onMessage: (message) => messages.push(message),
    onLine: (line) => lines.push(line),
    ...(silenceMs !== undefined && { silenceMs }),
  });
  return { process, messages, lines };
}

describe('the process of a job', () => {
  it('[LAST6] is killed where it does not stop', async () => {
    const {
      process: stubborn,
      messages,
      lines,
    } = await start(`
      process.on('SIGTERM', () => console.error('no'));
      process.once('message', () => process.send({ type: 'stopped' }));
      process.send({ type: 'ready' });
      setInterval(() => {}, 1000);
    `);
    await vi.waitUntil(() => messages.length > 0, 30_000);
    stubborn.stop();
    stubborn.stop();
    expect(await stubborn.gone).toBe('SIGKILL');
    expect(lines).toEqual(['no']);
  });

  it('[LAST6] is killed where it says nothing for too long, and lives while it says something', async () => {
    const { process: silent } = await start('setInterval(() => {}, 1000);', 1000);
    expect(await silent.gone).toBe('silent');
    const { process: busy, messages } = await start(
      `process.once('message', () => {
        let n = 0;
        setInterval(() => {
          process.send({ type: 'failed', error: { code: 'x', message: String(n) } });
          if (++n === 8) process.exit(3);
        }, 1000);
      });
      process.send({ type: 'ready' });`,
      // Longer than it takes to start, shorter than it goes on.
      6000,
    );
    expect(await busy.gone).toBe(3);
    expect(messages).toHaveLength(8);
  });

  it('[AUTH1] does not learn the token', async () => {
    process.env['TOKEN'] = 'a secret of the server';
    try {
      const { process: curious, lines } = await start(
        'console.error(String(process.env.TOKEN)); process.exit();',
      );
      await curious.gone;
      expect(lines).toEqual(['undefined']);
    } finally {
      delete process.env['TOKEN'];
    }
  });
});
