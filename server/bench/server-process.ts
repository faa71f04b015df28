/** The server as a process of its own, for what is measured or proved from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { PanoramaClient } from '../../shared/client.ts';

const PROGRAM = fileURLToPath(new URL('main.js', import.meta.url));
const TOKEN = 'a-token-for-this-run-only';
const READY_MS = 30_000;

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly client: PanoramaClient;
  /** From its start until it took calls. */
  readonly readyMs: number;
  /** The processes of its jobs that live. */
  jobs(): Promise<number[]>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Starts the bundled server on a data folder and waits until it is ready. `settings` are further flags. */
export async function startServerProcess(
  dataFolder: string,
  port: number,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<ServerProcess> {
  const start = performance.now();
  const flags = {
    host: '127.0.0.1',
    port,
    'data-dir': dataFolder,
    token: TOKEN,
    'rate-limit': 0,
    'log-level': 'error',
    ...settings,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() - start > READY_MS) {
      throw new Error('the server did not start');
    }
    await pause(20);
  }
  const pid = child.pid ?? 0;
  return {
    child,
    pid,
    url,
    token: TOKEN,
    client: new PanoramaClient({ url, token: TOKEN }),
    readyMs: performance.now() - start,
    jobs: () => childrenOf(pid),
    async kill(signal) {
      child.kill(signal);
      await gone;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Linux tells them; elsewhere there are none to be found. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Resident memory, in MiB. */
export async function residentMebibytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) / 1024;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
