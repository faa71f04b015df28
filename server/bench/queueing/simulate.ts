/**
 * The discrete-event simulation: jobs arrive, wait, are taken by a free worker and leave. Nothing here is random.
 *
 * A worker does one job at a time and is never interrupted. A model is trained once: while a job trains it, others that
 * need it wait in the queue, without a worker, and those behind them may pass.
 */
import { EventQueue } from './event-queue.ts';
import type { Job, Served } from './job.ts';
import { WaitingLine } from './waiting-line.ts';

export interface Fleet {
  readonly workers: number;
  /** How many jobs of one token may run at once; null for any number. */
  readonly tokenLimit: number | null;
}

type Event =
  | { readonly type: 'model-trained'; readonly model: number }
  | { readonly type: 'job-ended'; readonly job: Job };

/** Serves every job, in whatever order; the jobs come in the order of their arrival. */
export function simulate(jobs: readonly Job[], fleet: Fleet): Served[] {
  const simulation = new Simulation(fleet);
  for (const job of jobs) {
    simulation.runUntil(job.arrivalSeconds);
    simulation.arrive(job);
  }
  simulation.runUntil(Infinity);
  return simulation.served;
}

class Simulation {
  readonly served: Served[] = [];
  private readonly events = new EventQueue<Event>();
  private readonly waiting = new WaitingLine();
  private readonly running = new Map<number, number>();
  private readonly models = new Map<number, 'training' | 'trained'>();
  private busy = 0;

  constructor(private readonly fleet: Fleet) {}

  /** All events up to and at this time. */
  runUntil(seconds: number): void {
    for (;;) {
      const now = this.events.nextSeconds;
      const event = now <= seconds ? this.events.take() : null;
      if (!event) return;
      if (event.type === 'model-trained') this.models.set(event.model, 'trained');
      else {
        this.busy--;
        this.running.set(event.job.token, this.runningOf(event.job) - 1);
      }
      this.startAll(now);
    }
  }

  arrive(job: Job): void {
    this.waiting.add(job);
    this.startAll(job.arrivalSeconds);
  }

  private startAll(now: number): void {
    while (this.busy < this.fleet.workers) {
      const job = this.waiting.take((next) => this.mayStart(next));
      if (!job) return;
      this.start(job, now);
    }
  }

  private mayStart(job: Job): boolean {
    const { tokenLimit } = this.fleet;
    if (tokenLimit !== null && this.runningOf(job) >= tokenLimit) return false;
    return job.model === null || this.models.get(job.model) !== 'training';
  }

  private start(job: Job, startSeconds: number): void {
    const { model, beforeSeconds, trainingSeconds, afterSeconds } = job;
    this.busy++;
    this.running.set(job.token, this.runningOf(job) + 1);
    let endSeconds = startSeconds + beforeSeconds;
    const trained = model !== null && !this.models.has(model);
    if (trained) {
      endSeconds += trainingSeconds;
      this.models.set(model, 'training');
      this.events.add(endSeconds, { type: 'model-trained', model });
    }
    endSeconds += afterSeconds;
    this.events.add(endSeconds, { type: 'job-ended', job });
    this.served.push({ job, startSeconds, endSeconds, trained });
  }

  private runningOf({ token }: Job): number {
    return this.running.get(token) ?? 0;
  }
}
