/** Turns what is done of each phase into one fraction and a remaining time. */
import { PHASES, type Phase } from '../../shared/protocol.ts';
import type { PanoramaEvent } from './events.ts';

type ProgressEvent = Extract<PanoramaEvent, { type: 'progress' }>;

/** Before so much of the plan is done, its own seconds are the better guess. */
const TRUSTED_SECONDS = 3;
const MIN_INTERVAL_MS = 100;

/** What one phase took and what it was planned to take, in seconds; what was left out is in neither. */
export interface PhaseTime {
  readonly seconds: number;
  readonly planned: number;
}

export class ProgressMeter {
  private readonly done = new Map<Phase, number>();
  private readonly seconds: Record<Phase, number>;
  private lastReportMs = -Infinity;
  private lastScale: number | undefined;
  private readonly startedMs: number;
  private readonly spentMs = new Map<Phase, number>();
  /** What the time since is spent on. */
  private current: { phase: Phase; sinceMs: number } | null = null;
  private found: boolean | null = null;
  private shown = 0;

  /** `seconds` are the plan's; `report` is called at most ten times a second, and at every new phase and scale. */
  constructor(
    seconds: Readonly<Record<Phase, number>>,
    private readonly report: (event: ProgressEvent) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.startedMs = this.nowMs();
    this.seconds = { ...seconds };
  }

  /** Whether the model was complete in the store; null until that is known, and where nothing is trained. */
  get modelFound(): boolean | null {
    return this.found;
  }

  /** What each phase has taken so far. */
  times(): Partial<Record<Phase, PhaseTime>> {
    this.charge(this.current?.phase ?? null);
    const times = [...this.spentMs].map(([phase, ms]) => {
      return [phase, { seconds: ms / 1000, planned: this.seconds[phase] }] as const;
    });
    return Object.fromEntries(times);
  }

  /** What is done from now on belongs to the phase, though there is nothing to report yet. */
  begin(phase: Phase): void {
    if (this.current?.phase !== phase) this.charge(phase);
  }

  /** Ends the time of the current phase and begins that of the next. */
  private charge(next: Phase | null): void {
    const now = this.nowMs();
    if (this.current) {
      const { phase, sinceMs } = this.current;
      this.spentMs.set(phase, (this.spentMs.get(phase) ?? 0) + now - sinceMs);
    }
    this.current = next && { phase: next, sinceMs: now };
  }

  /** A share of the phase need not be done: what is left of it is all of it from now on. */
  leaveOut(phase: Phase, share: number): void {
    if (phase === 'train') this.found = share === 1;
    this.seconds[phase] *= 1 - share;
  }

  /** `fraction` of the phase is done; earlier phases count as done, but painting, which takes turns with encoding. */
  update(phase: Phase, fraction: number, training?: { scale: number; scales: number }): void {
    this.begin(phase);
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
    const now = this.doneSeconds() / Math.max(this.totalSeconds(), Number.EPSILON);
    // Sums of the same numbers may differ in their last bit.
    this.shown = Math.max(this.shown, now);
    return this.shown;
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
