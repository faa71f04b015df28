/** One training after another: in this process, or in one of its own, which a crash does not spread from. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { PanoramaError } from '../../../shared/errors.ts';
import { explain } from '../../cli/outcome.ts';
import { writeWhole } from '../../disk/write-whole.ts';
import { CompiledEngine } from '../../engine/compiled.ts';
import { encodePicture } from '../../images/encode.ts';
import type { Picture } from '../../images/picture.ts';
import type { Outcome } from './kept.ts';
import { loadPhoto } from './photos.ts';
import { pictureName } from './sheets.ts';
import type { Task } from './tasks.ts';
import { train } from './training.ts';

/** Does one task at a time. */
export interface Worker {
  /** Writes the best layout into the folder, too. Rejects where the task could not be done. */
  run(task: Task): Promise<Outcome>;
  /** Ends it, whatever it is at. */
  stop(): void;
}

export class WorkerError extends PanoramaError<'worker-failed'> {}

/** With this argument the program is a worker. */
export const WORKER_ARGUMENT = 'worker';

type Answer = { readonly outcome: Outcome } | { readonly failure: string };

/** A worker in this process. */
export function createWorker(folder: string): Worker {
  const stopped = new AbortController();
  const photos = new Map<string, Promise<Picture>>();
  return {
    async run(task) {
      const photo = photos.get(task.photo.name) ?? loadPhoto(task.photo);
      photos.set(task.photo.name, photo);
      const engine = new CompiledEngine('cpu', { threads: task.threads });
      try {
        const { outcome, picture } = await train(task, await photo, engine, stopped.signal);
        if (picture) {
          const file = await encodePicture(picture, 'png');
          await writeWhole(join(folder, pictureName(task)), file, 'a layout');
        }
        return outcome;
      } finally {
        await engine.close();
      }
    },
    stop: () => stopped.abort(),
  };
}

/** A worker in a process of its own: `program` started with `WORKER_ARGUMENT`. */
export function forkWorker(program: string, folder: string, threads: number): Worker {
  const child = fork(program, [WORKER_ARGUMENT, folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // libvips' threads would take the other workers' cores.
    env: { ...process.env, VIPS_CONCURRENCY: String(threads) },
  });
  const gone = new Promise<never>((_, reject) => {
    const failed = (how: string): void =>
      reject(
        new WorkerError('worker-failed', 'machine', `a training's process ${how}; start again to go on`),
      );
    child.on('error', (error) => failed(`could not be started (${error.message})`));
    child.on('exit', (status, signal) => failed(`ended by ${signal ?? `status ${status}`}`));
  });
  // It ends after its last task, too, when nobody waits for it.
  gone.catch(() => undefined);
  return {
    async run(task) {
      const answered = new Promise<Answer>((resolve) =>
        child.once('message', resolve as (m: unknown) => void),
      );
      child.send(task, () => undefined);
      const answer = await Promise.race([answered, gone]);
      if ('failure' in answer) throw new WorkerError('worker-failed', 'machine', answer.failure);
      return answer.outcome;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

/** The worker's own side: does what it is sent until its parent is gone. */
export function serve(folder: string): void {
  const worker = createWorker(folder);
  // A terminal's Ctrl-C goes to the whole group; the parent ends its workers itself.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
  process.on('disconnect', () => process.exit());
  const answer = (message: Answer): void => void process.send?.(message);
  process.on('message', (task: Task) => {
    worker.run(task).then(
      (outcome) => answer({ outcome }),
      (error: unknown) => answer({ failure: explain(error, false, []).message }),
    );
  });
}
