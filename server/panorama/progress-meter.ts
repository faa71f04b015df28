/** Turns what is done of each phase into one fraction and a remaining time. */
import { PHASES, type Phase } from '../../shared/protocol.ts';
import type { PanoramaEvent } from './events.ts';

type ProgressEvent = Extract<PanoramaEvent, { type: 'progress' }>;

/** Before so much of the plan is done, its own seconds are the better guess. */
const TRUSTED_SECONDS = 3;
const MIN_INTERVAL_MS = 100;

export class ProgressMeter {
  private readonly done = new Map<Phase, number>();
  private readonly seconds: Record<Phase, number>;
  private lastReportMs = -Infinity;
  private lastScale: number | undefined;
  private readonly startedMs: number;

  /** `seconds` are the plan's; `report` is called at most ten times a second, and at every new phase and scale. */
  constructor(
    seconds: Readonly<Record<Phase, number>>,
    private readonly report: (event: ProgressEvent) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.startedMs = this.nowMs();
    this.seconds = { ...seconds };
  }

  /** A share of the phase need not be done: what is left of it is all of it from now on. */
  leaveOut(phase: Phase, share: number): void {
    this.seconds[phase] *= 1 - share;
  }

  /** `fraction` of the phase is done; earlier phases count as done, but painting, which takes turns with encoding. */
  update(phase: Phase, fraction: number, training?: { scale: number; scales: number }): void {
    const earlier = PHASES.slice(0, PHASES.indexOf(phase));
    const news = !this.done.has(phase) || training?.scale !== this.lastScale;
    this.lastScale = training?.scale;
    for (const item of earlier) if (item !== 'paint' || fraction === 1) this.done.set(item, 1);
    this.done.set(phase, Math.max(this.done.get(phase) ?? 0, fraction));
    const now = this.nowMs();
    if (!news && fraction < 1 && now - this.lastReportMs < MIN_INTERVAL_MS) return;
    this.lastReportMs = now;
    const remaining = this.remaining((now - this.startedMs) / 1000);
    this.report({
      type: 'progress',
      phase,
      fraction: this.fraction(),
      ...training,
      ...(remaining && { remaining }),
    });
  }

  private fraction(): number {
    if (this.done.get('encode') === 1) return 1;
    return this.doneSeconds() / Math.max(this.totalSeconds(), Number.EPSILON);
  }

  private doneSeconds(): number {
    return PHASES.reduce((sum, phase) => sum + this.seconds[phase] * (this.done.get(phase) ?? 0), 0);
  }

  private totalSeconds(): number {
    return PHASES.reduce((sum, phase) => sum + this.seconds[phase], 0);
  }

  /** The plan's remaining seconds at the pace of the job so far; wider the less of it is done. */
  private remaining(elapsedSeconds: number): ProgressEvent['remaining'] {
    const done = this.doneSeconds();
    const total = this.totalSeconds();
    const left = total - done;
    if (this.fraction() === 1) return undefined;
    const pace = (elapsedSeconds + TRUSTED_SECONDS) / (done + TRUSTED_SECONDS);
    const doubt = 0.1 + 0.4 * (left / Math.max(total, Number.EPSILON));
    return { low: left * pace * (1 - doubt / 2), high: left * pace * (1 + doubt) };
  }
}
