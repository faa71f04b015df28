/** Numbers, sizes and times as the user's language writes them. */
import type { Size } from '../../shared/geometry.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** Above this many of a unit the next one is used. */
const FEW_SECONDS = 90;
const FEW_MINUTES = 90 * MINUTE;

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Formats by `locale`, a BCP 47 tag. */
export class Formats {
  readonly #locale: string;

  constructor(locale: string) {
    this.#locale = locale;
  }

  number(value: number, digits = 0): string {
    return new Intl.NumberFormat(this.#locale, { maximumFractionDigits: digits }).format(value);
  }

  /** 0.25 as 25 %. */
  percent(fraction: number): string {
    return new Intl.NumberFormat(this.#locale, { style: 'percent', maximumFractionDigits: 0 }).format(
      fraction,
    );
  }

  /** 1440 × 491; pixels carry no separators. */
  size({ width, height }: Size): string {
    return `${width} × ${height}`;
  }

  /** A MB is 2^20 bytes, as the server counts. */
  bytes(bytes: number): string {
    const [value, unit] =
      bytes < 2 ** 20
        ? [Math.max(1, Math.round(bytes / 2 ** 10)), 'kilobyte']
        : bytes < 2 ** 30
          ? [bytes / 2 ** 20, 'megabyte']
          : [bytes / 2 ** 30, 'gigabyte'];
    const digits = unit !== 'kilobyte' && value < 10 ? 1 : 0;
    return new Intl.NumberFormat(this.#locale, { style: 'unit', unit, maximumFractionDigits: digits }).format(
      value,
    );
  }

  /** A range of seconds in the unit that suits its end: 2–4 sec, 1–2 min, 3–5 hr. */
  seconds({ low, high }: Range): string {
    const [unit, size] =
      high < FEW_SECONDS
        ? (['second', 1] as const)
        : high < FEW_MINUTES
          ? (['minute', MINUTE] as const)
          : (['hour', HOUR] as const);
    const from = Math.max(1, rounded(low / size));
    const to = Math.max(from, rounded(high / size));
    const format = new Intl.NumberFormat(this.#locale, { style: 'unit', unit, unitDisplay: 'short' });
    return from === to ? format.format(from) : format.formatRange(from, to);
  }

  /** How long ago a moment is, or its date where it is long ago. */
  ago(moment: Date, now: Date): string {
    const seconds = (moment.getTime() - now.getTime()) / 1000;
    const relative = new Intl.RelativeTimeFormat(this.#locale, { numeric: 'auto', style: 'short' });
    const passed = -seconds;
    if (passed < MINUTE) return relative.format(0, 'second');
    if (passed < HOUR) return relative.format(Math.trunc(seconds / MINUTE), 'minute');
    if (passed < 24 * HOUR) return relative.format(Math.trunc(seconds / HOUR), 'hour');
    return new Intl.DateTimeFormat(this.#locale, { month: 'short', day: 'numeric' }).format(moment);
  }

  /** A moment in full. */
  moment(moment: Date): string {
    return new Intl.DateTimeFormat(this.#locale, { dateStyle: 'medium', timeStyle: 'short' }).format(moment);
  }
}

/** As coarse as an estimate is. */
function rounded(value: number): number {
  if (value < 20) return Math.round(value);
  return value < 100 ? Math.round(value / 5) * 5 : Math.round(value / 10) * 10;
}
