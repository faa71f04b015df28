/** A running server from its settings: folder, lock, token, engine, jobs, sockets; closed in the other order. */
import type { Logger } from 'pino';
import { PanoramaError } from '../shared/errors.ts';
import { createApp } from './app.ts';
import { openBlobs } from './blobs/open-blobs.ts';
import type { Config } from './config.ts';
import { DiskError, systemCode } from './disk/errors.ts';
import { lockFolder } from './disk/folder-lock.ts';
import { makeFolder } from './disk/make-folder.ts';
import { detectEngine, type DetectedEngine } from './engine/detect.ts';
import { Jobs } from './jobs/jobs.ts';
import { listen } from './listen.ts';
import { createJobLog } from './log.ts';
import { Metrics } from './metrics.ts';
import type { WebhookSettings } from './jobs/webhooks.ts';
import { HttpError } from './routes/http-error.ts';
import type { WebhookRule } from './routes/panoramas.ts';
import { readToken, readTokens, Tokens } from './tokens.ts';
import { UndoStack } from './undo-stack.ts';
import { checkWebhookUrl } from './webhooks/check-webhook-url.ts';

/** How long requests may take to end when the server stops. */
const CLOSE_GRACE_MS = 1000;
const UNLIMITED = 1_000_000;
/** Most of a scale's training, which would be done again. */
const WORKER_DRAIN_SECONDS = 20;

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
  /** Null where a file names the tokens. */
  readonly token: string | null;
  /** Null where no jobs are taken. */
  readonly engine: DetectedEngine | null;
  /** How long jobs may go on when it closes. */
  readonly drainMs: number;
  /** Takes nothing more, hands back what runs, and gives everything free. */
  close(): Promise<void>;
}

/** @throws PanoramaError, saying in one line what to change */
export async function serve(config: Config, surroundings: Surroundings): Promise<Running> {
  const { DATA_DIR: dataFolder, ROLE: role, MEMORY: memoryBytes } = config;
  const { version, hostname, log, programs, pageFolder } = surroundings;
  const opened = new UndoStack();
  const close = () => opened.undo();
  try {
    const engine = role === 'api' ? null : await detectEngine(config.ENGINE);
    opened.push(await takeFolder(dataFolder));
    const token = config.TOKEN ?? (config.TOKENS === null ? await readToken(dataFolder) : null);
    const tokens = config.TOKENS === null ? Tokens.one(token ?? '') : await readTokens(config.TOKENS, token);
    const secret = config.WEBHOOK_SECRET;
    const webhooks = secret === null ? null : { secret, allowPrivate: config.WEBHOOK_PRIVATE === 'yes' };
    const drainMs = (config.DRAIN_SECONDS ?? (role === 'worker' ? WORKER_DRAIN_SECONDS : 0)) * 1000;
    const metrics = new Metrics();
    const { jobs, close: closeJobs } = await Jobs.open({
      dataFolder,
      programs,
      databaseUrl: config.DATABASE_URL,
      blobs: await openBlobs(config.BLOBS ?? dataFolder, process.env),
      worker: engine && {
        name: config.WORKER_NAME ?? `${hostname}-${process.pid}`,
        version,
        engine: engine.name,
        device: engine.device,
        // Jobs that may choose themselves go on on the CPU where they lose the GPU.
        choice: engine.name === 'cpu' ? 'cpu' : config.ENGINE,
        jobs: config.MAX_JOBS,
        memoryBytes,
        perOwner: config.MAX_JOBS_PER_TOKEN || UNLIMITED,
        drainMs,
      },
      api:
        role === 'worker'
          ? null
          : {
              maxQueued: config.MAX_QUEUE,
              maxQueuedPerOwner: config.MAX_QUEUE_PER_TOKEN || UNLIMITED,
              reserveBytes: config.DISK_RESERVE,
              eviction: { keepDays: config.KEEP_DAYS, budgetBytes: config.DISK_BUDGET },
              webhooks,
            },
      log: createJobLog(log, metrics),
    });
    opened.push(closeJobs);
    metrics.watch({
      counts: () => jobs.counts(),
      streams: () => jobs.watchers,
      running: () => jobs.running,
      workers: () => jobs.workers.length,
    });
    const app = createApp({
      jobs,
      tokens,
      version,
      webhooks: webhookRule(webhooks),
      serves: role !== 'worker',
      hosts: ['localhost', hostname, ...config.ALLOWED_HOSTS],
      rateLimit: config.RATE_LIMIT,
      pageFolder,
      metrics,
      log,
    });
    const { port, close: closeSockets } = await listen(app.fetch, config.HOST, config.PORT);
    // The streams end with the jobs, so the sockets are not waited for before that. Probes are answered while jobs end.
    opened.push(async () => {
      await jobs.drain();
      const closed = closeSockets(CLOSE_GRACE_MS);
      await closeJobs();
      await closed;
    });
    return { port, token, engine, drainMs, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

function webhookRule(settings: WebhookSettings | null): WebhookRule {
  return (url) => {
    if (url === null) return;
    if (settings) checkWebhookUrl(url, settings);
    else {
      throw new HttpError(
        'webhooks-off',
        'webhook: this server sends none; whoever runs it turns them on with WEBHOOK_SECRET',
      );
    }
  };
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
