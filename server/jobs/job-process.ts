/** The process of one job: a crash or an out-of-memory kill of it leaves the server standing. */
import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Assignment, ProcessMessage } from './messages.ts';

/** How long a process may take to stop before it is killed. */
const GRACE_MS = 2000;

export interface JobProcess {
  readonly pid: number | undefined;
  /** How it ended: its status or signal, as soon as it is gone. */
  readonly gone: Promise<number | NodeJS.Signals>;
  /** Asks it to stop, and kills it where it does not. */
  stop(): void;
}

export interface JobProcessOptions {
  /** The bundled `job-program.ts`. */
  readonly program: URL;
  readonly assignment: Assignment;
  readonly onMessage: (message: ProcessMessage) => void;
  /** What it writes to its standard error, line by line. */
  readonly onLine: (line: string) => void;
}

export function startJobProcess({ program, assignment, onMessage, onLine }: JobProcessOptions): JobProcess {
  // The token is none of its business.
  const { TOKEN: _, ...env } = process.env;
  const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env });
  if (child.pid !== undefined) yieldToServer(child.pid);
  if (child.stderr) createInterface(child.stderr).on('line', onLine);

  child.on('message', (message: ProcessMessage) => {
    if (message.type === 'ready') child.send(assignment, () => undefined);
    else onMessage(message);
  });

  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal ?? 0));
  }).finally(() => clearTimeout(timer));
  return {
    pid: child.pid,
    gone,
    stop() {
      if (timer !== undefined) return;
      child.kill('SIGTERM');
      timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    },
  };
}

/** Training takes every core: requests are answered first. */
function yieldToServer(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed everywhere; the job runs all the same.
  }
}
