/** The process of one job: a crash or an out-of-memory kill of it leaves the server standing. */
import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Assignment, ProcessMessage } from './messages.ts';

/** How long a process may take to stop before it is killed. */
const GRACE_MS = 2000;
/** It reports several times a second; one that says nothing for so long is stuck. */
const SILENCE_MS = 15 * 60 * 1000;

/** How a process ended: its status, the signal that killed it, or that it was killed for its silence. */
export type ProcessEnd = number | NodeJS.Signals | 'silent';

export interface JobProcess {
  readonly pid: number | undefined;
  /** Resolves as soon as it is gone. */
  readonly gone: Promise<ProcessEnd>;
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
  readonly silenceMs?: number;
}

export function startJobProcess(options: JobProcessOptions): JobProcess {
  const { program, assignment, onMessage, onLine, silenceMs = SILENCE_MS } = options;
  // The token is none of its business.
  const { TOKEN: _, ...env } = process.env;
  const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env });
  if (child.pid !== undefined) yieldToServer(child.pid);
  if (child.stderr) createInterface(child.stderr).on('line', onLine);

  let silent = false;
  let doubtful = false;
  const silence = setTimeout(() => {
    // A machine that slept wakes with all timers due, before it has read what came.
    silent = doubtful;
    doubtful = true;
    if (silent) child.kill('SIGKILL');
    else silence.refresh();
  }, silenceMs / 2);
  child.on('message', (message: ProcessMessage) => {
    doubtful = false;
    silence.refresh();
    if (message.type === 'ready') child.send(assignment, () => undefined);
    else onMessage(message);
  });

  let grace: NodeJS.Timeout | undefined;
  const gone = new Promise<ProcessEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(silent ? 'silent' : (code ?? signal ?? 0)));
  }).finally(() => {
    clearTimeout(grace);
    clearTimeout(silence);
  });
  return {
    pid: child.pid,
    gone,
    stop() {
      if (grace !== undefined) return;
      child.kill('SIGTERM');
      grace = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
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
