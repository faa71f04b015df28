/** The run told in words: one line redrawn on a terminal, one line per step elsewhere. */
import type { Phase } from '../../shared/protocol.ts';
import type { Step } from './job.ts';

export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Progress {
  update(step: Step): void;
  /** A line that stays, above the bar where there is one. */
  note(text: string): void;
  /** Takes the bar away. */
  end(): void;
}

const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  decode: 'reading',
  draft: 'draft',
  train: 'training',
  sample: 'sampling',
  paint: 'painting',
  encode: 'writing',
};

const BAR_CELLS = 24;
const MIN_BAR_CELLS = 4;
const NAME_CELLS = 12;
/** As in "   50%  60–100 min left". */
const WORDS_CELLS = 23;
const REDRAW_MS = 100;
const DEFAULT_COLUMNS = 80;
const CLEAR_LINE = '\r\x1b[2K';

/** A bar that names phase, scale, share and the time that is left. `now` is in milliseconds. */
export function createBar(output: TextOutput, now: () => number): Progress {
  let line = '';
  let step = '';
  let drawnAt = -Infinity;
  return {
    update(event) {
      const moved = stepName(event) !== step;
      if (!moved && now() - drawnAt < REDRAW_MS) return;
      step = stepName(event);
      drawnAt = now();
      line = barLine(event, (output.columns || DEFAULT_COLUMNS) - 1);
      output.write(CLEAR_LINE + line);
    },
    note(text) {
      output.write(`${line === '' ? '' : CLEAR_LINE}${text}\n${line}`);
    },
    end() {
      if (line !== '') output.write(CLEAR_LINE);
      line = '';
      step = '';
    },
  };
}

/** One plain line whenever the phase or the scale changes. */
export function createLines(output: TextOutput): Progress {
  let step = '';
  return {
    update(event) {
      if (stepName(event) === step) return;
      step = stepName(event);
      const facts = [];
      if (event.type === 'progress') facts.push(percentage(event.fraction));
      const remaining = remainingOf(event);
      if (remaining) facts.push(remainingTime(remaining));
      output.write(`${step}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}\n`);
    },
    note: (text) => output.write(`${text}\n`),
    end() {},
  };
}

export const silence: Progress = { update() {}, note() {}, end() {} };

/** In at most `columns`; where they are few the bar gives way to the words. */
function barLine(event: Step, columns: number): string {
  const name = stepName(event).padEnd(NAME_CELLS);
  const remaining = remainingOf(event);
  const left = remaining ? `  ${remainingTime(remaining)}` : '';
  const fraction = event.type === 'progress' ? event.fraction : 0;
  const words = `  ${percentage(fraction).padStart(4)}${left}`;
  // Room for the longest words, so that the bar keeps its length while the time gets shorter.
  const cells = Math.min(BAR_CELLS, columns - NAME_CELLS - 2 - WORDS_CELLS);
  if (cells < MIN_BAR_CELLS) return `${name}${words}`.slice(0, columns);
  const filled = Math.round(share(fraction) * cells);
  return `${name}  ${'█'.repeat(filled)}${'░'.repeat(cells - filled)}${words}`.slice(0, columns);
}

function stepName(step: Step): string {
  switch (step.type) {
    case 'progress': {
      const name = PHASE_NAMES[step.phase];
      const counted = step.scale !== undefined && step.scales !== undefined;
      return counted ? `${name} ${step.scale}/${step.scales}` : name;
    }
    case 'sending':
      return 'sending';
    case 'queued':
      return step.position === null ? 'queued' : `queued ${ordinal(step.position)}`;
    default:
      return step satisfies never;
  }
}

const ENDINGS = { one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' } as const;
const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });

function ordinal(n: number): string {
  return `${n}${ENDINGS[ORDINALS.select(n)]}`;
}

function remainingOf(step: Step) {
  return step.type === 'sending' ? undefined : step.remaining;
}

function percentage(fraction: number): string {
  return `${Math.floor(share(fraction) * 100)}%`;
}

function share(fraction: number): number {
  return Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
}

const UNITS = [
  { name: 's', seconds: 1, upTo: 100 },
  { name: 'min', seconds: 60, upTo: 100 * 60 },
  { name: 'h', seconds: 3600, upTo: Infinity },
] as const;

/** A range of seconds in whole units: "20–30 s left". Beyond ten units it is rounded outwards to fives. */
export function remainingTime({ low, high }: { readonly low: number; readonly high: number }): string {
  const unit = UNITS.find(({ upTo }) => high <= upTo) ?? UNITS[2];
  const from = rounded(low / unit.seconds, Math.floor);
  const to = Math.max(1, rounded(high / unit.seconds, Math.ceil));
  return from < to ? `${from}–${to} ${unit.name} left` : `${to} ${unit.name} left`;
}

function rounded(value: number, round: (value: number) => number): number {
  return Math.max(0, value > 10 ? 5 * round(value / 5) : round(value));
}
