/** Figures for Prometheus. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Status } from '../shared/protocol.ts';
import type { JobReport } from './panorama/make-panorama.ts';

export interface Gauges {
  readonly counts: () => Promise<{ queued: number; running: number }>;
  readonly streams: () => number;
  /** In this process's care. */
  readonly running: () => number;
  /** That take jobs now. */
  readonly workers: () => number;
}

export class Metrics {
  private readonly registry = new Registry();
  private readonly ended: Counter<'status' | 'code'>;
  private readonly phases: Histogram<'phase'>;
  private readonly models: Counter<'found'>;
  private readonly peak: Gauge;
  private readonly crashes: Counter;
  private readonly webhooks: Counter<'sent'>;
  private readonly requests: Histogram<'method' | 'status'>;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.ended = new Counter({
      name: 'panorama_ended_total',
      help: 'Panoramas that have ended, by status and error code',
      labelNames: ['status', 'code'],
      registers,
    });
    this.phases = new Histogram({
      name: 'panorama_phase_seconds',
      help: 'What each phase of a finished job took',
      labelNames: ['phase'],
      buckets: [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000],
      registers,
    });
    this.models = new Counter({
      name: 'panorama_models_total',
      help: 'Trained models that a finished job needed, by whether they were found in the store',
      labelNames: ['found'],
      registers,
    });
    this.peak = new Gauge({
      name: 'panorama_job_peak_bytes',
      help: 'Peak memory of the last finished job',
      registers,
    });
    this.crashes = new Counter({
      name: 'panorama_crashes_total',
      help: "Jobs' processes that ended unasked",
      registers,
    });
    this.webhooks = new Counter({
      name: 'panorama_webhooks_total',
      help: 'Attempts to send a webhook, by whether they succeeded',
      labelNames: ['sent'],
      registers,
    });
    this.requests = new Histogram({
      name: 'panorama_http_seconds',
      help: 'Requests that were answered, by method and status',
      labelNames: ['method', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
      registers,
    });
  }

  /** Read whenever the figures are. */
  watch({ counts, streams, running, workers }: Gauges): void {
    const registers = [this.registry];
    new Gauge({
      name: 'panorama_jobs',
      help: 'Jobs that wait and that run',
      labelNames: ['status'],
      registers,
      async collect() {
        // Figures are most wanted when the database is away.
        const { queued, running: taken } = await counts().catch(() => ({ queued: NaN, running: NaN }));
        this.set({ status: 'queued' }, queued);
        this.set({ status: 'running' }, taken);
      },
    });
    new Gauge({
      name: 'panorama_event_streams',
      help: 'Event streams that are open',
      registers,
      collect() {
        this.set(streams());
      },
    });
    new Gauge({
      name: 'panorama_running_jobs',
      help: 'Jobs that run in the care of this process',
      registers,
      collect() {
        this.set(running());
      },
    });
    new Gauge({
      name: 'panorama_workers',
      help: 'Workers that take jobs now',
      registers,
      collect() {
        this.set(workers());
      },
    });
  }

  jobEnded(status: Status, code: string | null): void {
    this.ended.inc({ status, code: code ?? '' });
  }

  jobDone({ phases, modelFound }: JobReport, peakBytes: number): void {
    for (const [phase, { seconds }] of Object.entries(phases)) this.phases.observe({ phase }, seconds);
    if (modelFound !== null) this.models.inc({ found: String(modelFound) });
    this.peak.set(peakBytes);
  }

  webhookSent(sent: boolean): void {
    this.webhooks.inc({ sent: String(sent) });
  }

  jobCrashed(): void {
    this.crashes.inc();
  }

  requestAnswered(method: string, status: number, seconds: number): void {
    this.requests.observe({ method, status: String(status) }, seconds);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
