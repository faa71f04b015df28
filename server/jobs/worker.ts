/** A worker: takes jobs from the queue as long as it has room for them, and keeps its hold on those that run. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EngineChoice } from '../../shared/request.ts';
import type { Database } from '../database/database.ts';
import type { JobFiles } from './job-files.ts';
import type { JobLog } from './log.ts';
import type { Paces } from './paces.ts';
import type { Delivery, Queue } from './queue.ts';
import type { Claim, Records } from './records.ts';
import { runJob, type StopReason } from './run-job.ts';
import type { Webhooks } from './webhooks.ts';

/** How often a lease is renewed; it holds for ten seconds. */
const RENEW_MS = 2500;
/** Nothing else could be done meanwhile. */
const STORE_PAUSE_MS = 5000;
/** A queue that says nothing is asked all the same. */
const POLL_MS = 1000;

export interface WorkerOptions {
  readonly database: Database;
  readonly records: Records;
  readonly files: JobFiles;
  readonly queue: Queue;
  readonly paces: Paces;
  readonly webhooks: Webhooks;
  /** The bundled `job-program.ts`. */
  readonly program: URL;
  /** Of no other worker that lives: it takes over what an earlier one of its name held. */
  readonly name: string;
  readonly engine: EngineChoice;
  /** Jobs that run at once. */
  readonly jobs: number;
  /** What one may take. */
  readonly memoryBytes: number;
  /** Panoramas of one owner that may run at once, on all workers. */
  readonly perOwner: number;
  /** How long jobs may go on when it stops. */
  readonly drainMs: number;
  readonly log: JobLog;
}

interface Run {
  readonly claim: Claim;
  /** Whether its claim has held. What is told of earlier runs of the job may arrive before. */
  started: boolean;
  readonly stop: (reason: StopReason) => void;
  /** Resolves when its process is gone and the queue knows. */
  readonly over: Promise<void>;
}

export class Worker {
  /** By the claim's run: a job may be delivered here again while its earlier run still ends. */
  private readonly runs = new Map<string, Run>();
  private stopping = false;
  private looped: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  /** Told once, until it answers again. */
  private away = false;

  private constructor(private readonly options: WorkerOptions) {}

  /** Begins to take jobs. Resolves to its undo, which waits for what runs and hands back what does not end in time. */
  static async open(options: WorkerOptions): Promise<{ worker: Worker; close: () => Promise<void> }> {
    const worker = new Worker(options);
    const { database } = options;
    const check = (id: string): void => void worker.check(id);
    const checkAll = (): void => void worker.check(null);
    const undo = [
      await database.listen(
        'panorama_put',
        () => worker.wake(),
        () => worker.wake(),
      ),
      await database.listen('panorama_stopped', check, checkAll),
    ];
    await worker.reclaim();
    worker.looped = worker.loop();
    const close = async (): Promise<void> => {
      await worker.drain();
      await Promise.all(undo.map((stop) => stop().catch(() => undefined)));
    };
    return { worker, close };
  }

  /** How many run now. */
  get running(): number {
    return this.runs.size;
  }

  /** What an earlier process of this name held need not wait until its lease runs out. */
  private async reclaim(): Promise<void> {
    const { database, records, queue, name } = this.options;
    for (const held of await records.heldBy(name)) await queue.add(held, database);
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      const woken = this.woken();
      const delivery = this.runs.size < this.options.jobs ? await this.next() : null;
      if (delivery) this.begin(delivery);
      else await woken;
    }
  }

  /** Resolves when something may have changed since the call, at the latest after a while. */
  private woken(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async next(): Promise<Delivery | null> {
    const { queue, records, memoryBytes, perOwner, log } = this.options;
    try {
      const delivery = await queue.fetch({ perOwner, tooLarge: await records.memoriesOver(memoryBytes) });
      this.away = false;
      return delivery;
    } catch (error) {
      if (!this.away)
        log.warning('worker: the queue does not answer; it is asked again until it does', error);
      this.away = true;
      return null;
    }
  }

  private begin(delivery: Delivery): void {
    const { id } = delivery;
    const claim = { id, run: randomUUID() };
    const controller = new AbortController();
    const onStarted = () => {
      const run = this.runs.get(claim.run);
      if (run) run.started = true;
    };
    const over = this.run(delivery, claim, controller, onStarted).finally(() => {
      this.runs.delete(claim.run);
      this.wake();
    });
    this.runs.set(claim.run, { claim, started: false, stop: (reason) => controller.abort(reason), over });
  }

  private async run(
    delivery: Delivery,
    claim: Claim,
    controller: AbortController,
    onStarted: () => void,
  ): Promise<void> {
    const { database, queue, records, name, log } = this.options;
    const renewal = setInterval(() => {
      delivery.renew().then(
        (held) => held || controller.abort('lost' satisfies StopReason),
        // The database is away: whether the lease is lost will be seen when it is back.
        () => undefined,
      );
    }, RENEW_MS);
    try {
      const end = await runJob(claim, { ...this.options, worker: name, onStarted }, controller.signal);
      clearInterval(renewal);
      // One that was canceled has ended; another's is the other's to end.
      if (end === 'over' || (end === 'lost' && (await records.hasEnded(claim.id)))) await delivery.done();
      if (end === 'waits') await delivery.later();
      if (end === 'store-away') {
        log.warning(`worker: panorama ${claim.id} goes back to the queue: the store is away`);
        await pause(STORE_PAUSE_MS);
      }
      if (end === 'stopped' || end === 'store-away') {
        await database.transaction(async (sql) => {
          const queued = await records.handBack(claim, sql);
          if (queued) await queue.add(queued, sql);
        });
      }
      await records.release(claim);
    } catch (error) {
      // Its lease runs out, and it is delivered again.
      log.warning(`worker: panorama ${claim.id} goes back to the queue`, error);
    } finally {
      clearInterval(renewal);
    }
  }

  /** Stops the runs of a job, or all, whose claim holds no more. */
  private async check(id: string | null): Promise<void> {
    for (const run of [...this.runs.values()]) {
      if (!run.started || (id !== null && run.claim.id !== id)) continue;
      const held = await this.options.records.holds(run.claim).catch(() => true);
      if (!held) run.stop('lost');
    }
  }

  /** Takes no more jobs; resolves when none is left. */
  async drain(): Promise<void> {
    const { drainMs } = this.options;
    this.stopping = true;
    this.wake();
    const allOver = () => Promise.all([...this.runs.values()].map((run) => run.over));
    // It may be taking one at this moment.
    const over = this.looped.then(allOver);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, drainMs)));
    await Promise.race([over, late]);
    clearTimeout(timer);
    const stopAll = () => this.runs.forEach(({ stop }) => stop('server-stops'));
    stopAll();
    await this.looped;
    stopAll();
    await allOver();
  }
}
