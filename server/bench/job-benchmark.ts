/** Seconds of the whole main job by phase, as a user starts it: the command line in a process of its own. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EngineChoice } from '../../shared/request.ts';
import { BenchmarkError } from './errors.ts';

export interface JobResult {
  /** From the start of the process. */
  readonly draftSeconds: number;
  readonly totalSeconds: number;
  /** Seconds in each phase, in order. */
  readonly phases: ReadonlyMap<string, number>;
  /** Peak resident memory in MiB; null where the system does not tell. */
  readonly peakMebibytes: number | null;
}

const POLL_MS = 100;

/**
 * Runs `panorama PHOTO --size SIZE --engine ENGINE` with its models and result in `folder`.
 *
 * @throws BenchmarkError where it fails
 */
export async function benchmarkJob(
  photo: string,
  size: string,
  engine: EngineChoice,
  folder: string,
): Promise<JobResult> {
  const cli = fileURLToPath(new URL('cli.js', import.meta.url));
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const child = spawn(
    process.execPath,
    [cli, photo, '--size', size, '--engine', engine, '--out', join(folder, 'panorama.png'), '--json'],
    {
      env: { ...process.env, DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let peak: number | null = null;
  const poll = setInterval(() => {
    void peakMemory(child.pid).then((mebibytes) => (peak = mebibytes ?? peak));
  }, POLL_MS);
  const phases = new Map<string, number>();
  let draftSeconds = NaN;
  let phase = 'start';
  let since = 0;
  const enter = (next: string): void => {
    phases.set(phase, (phases.get(phase) ?? 0) + elapsed() - since);
    [phase, since] = [next, elapsed()];
  };
  try {
    for await (const line of createInterface(child.stdout)) {
      const event = JSON.parse(line) as { type: string; phase?: string; n?: number; message?: string };
      if (event.type === 'error') throw new BenchmarkError(event.message ?? 'job: it failed');
      if (event.type === 'variant' && event.n === 0) draftSeconds = elapsed();
      if (event.type === 'progress' && event.phase && event.phase !== phase) enter(event.phase);
    }
  } finally {
    clearInterval(poll);
  }
  enter('end');
  return { draftSeconds, totalSeconds: elapsed(), phases, peakMebibytes: peak };
}

/** Linux alone keeps a process's high-water mark where others can read it. */
async function peakMemory(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return kibibytes ? Math.round(Number(kibibytes) / 1024) : null;
}
