/** A running server from its settings: folder, lock, token, engine, jobs, sockets; closed in the other order. */
import type { Logger } from 'pino';
import { PanoramaError } from '../shared/errors.ts';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { DiskError, systemCode } from './disk/errors.ts';
import { lockFolder } from './disk/folder-lock.ts';
import { makeFolder } from './disk/make-folder.ts';
import { detectEngine, type DetectedEngine } from './engine/detect.ts';
import { Jobs } from './jobs/jobs.ts';
import { listen } from './listen.ts';
import { createJobLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { readToken } from './token.ts';
import { UndoStack } from './undo-stack.ts';

/** How long requests may take to end when the server stops. */
const CLOSE_GRACE_MS = 1000;

export interface Surroundings {
  readonly version: string;
  readonly hostname: string;
  readonly log: Logger;
  /** Where the bundled programs are, with a slash at its end. */
  readonly programs: URL;
  readonly pageFolder: string;
}

export interface Running {
  readonly port: number;
  readonly token: string;
  readonly engine: DetectedEngine;
  /** Takes nothing more, hands back what runs, and gives everything free. */
  close(): Promise<void>;
}

/** @throws PanoramaError, saying in one line what to change */
export async function serve(config: Config, surroundings: Surroundings): Promise<Running> {
  const { DATA_DIR: dataFolder, MAX_JOBS: jobsAtOnce, MEMORY: memoryBytes } = config;
  const { version, hostname, log, programs, pageFolder } = surroundings;
  const opened = new UndoStack();
  const close = () => opened.undo();
  try {
    const engine = await detectEngine(config.ENGINE);
    opened.push(await takeFolder(dataFolder));
    const token = config.TOKEN ?? (await readToken(dataFolder));
    const metrics = new Metrics();
    const { jobs, close: closeJobs } = await Jobs.open({
      dataFolder,
      programs,
      // Jobs that may choose themselves go on on the CPU where they lose the GPU.
      engine: engine.name === 'cpu' ? 'cpu' : config.ENGINE,
      jobs: jobsAtOnce,
      maxQueued: config.MAX_QUEUE,
      memoryBytes,
      reserveBytes: config.DISK_RESERVE,
      eviction: { keepDays: config.KEEP_DAYS, budgetBytes: config.DISK_BUDGET },
      log: createJobLog(log, metrics),
    });
    opened.push(closeJobs);
    metrics.watch({ counts: () => jobs.counts(), streams: () => jobs.watchers });
    const app = createApp({
      jobs,
      token,
      facts: { version, engine, jobs: jobsAtOnce, memoryBytes },
      hosts: ['localhost', hostname, ...config.ALLOWED_HOSTS],
      rateLimit: config.RATE_LIMIT,
      pageFolder,
      metrics,
      log,
    });
    const { port, close: closeSockets } = await listen(app.fetch, config.HOST, config.PORT);
    // The streams end with the jobs, so the sockets are not waited for before that.
    opened.push(async () => {
      const closed = closeSockets(CLOSE_GRACE_MS);
      await closeJobs();
      await closed;
    });
    return { port, token, engine, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** Makes the folder where there is none, and takes it. Resolves to the lock's undo. */
async function takeFolder(path: string): Promise<() => Promise<void>> {
  try {
    await makeFolder(path, 0o700);
    return await lockFolder(path);
  } catch (error) {
    if (error instanceof PanoramaError) throw error;
    throw new DiskError(
      'not-writable',
      `data folder ${path}: it cannot be written (${systemCode(error)}); choose another with DATA_DIR`,
      error,
    );
  }
}
