/** A number that is typed: the text as it stands, and what it means. */
import { computed, signal } from '@preact/signals';

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export type NumberValue =
  | { readonly state: 'empty' }
  | { readonly state: 'wrong' }
  | { readonly state: 'number'; readonly value: number };

export class NumberField {
  readonly rule: NumberRule;
  readonly #text = signal('');

  readonly text = computed(() => this.#text.value);
  readonly value = computed<NumberValue>(() => parse(this.#text.value, this.rule));
  /** The number, or null where there is none or a wrong one. */
  readonly number = computed(() => (this.value.value.state === 'number' ? this.value.value.value : null));

  constructor(rule: NumberRule, value: number | null = null) {
    this.rule = rule;
    this.set(value);
  }

  /** As the user types. */
  type(text: string): void {
    this.#text.value = text;
  }

  set(value: number | null | undefined): void {
    this.#text.value = value === null || value === undefined ? '' : String(value);
  }

  /** Up or down by `amount`, to a multiple of it where it is more than one; from `start` where there is no number. */
  step(amount: number, start: number): void {
    const { min, max } = this.rule;
    const from = this.number.value ?? start;
    const unit = Math.abs(amount);
    const next = amount > 0 ? (Math.floor(from / unit) + 1) * unit : (Math.ceil(from / unit) - 1) * unit;
    this.set(Math.min(max, Math.max(min, next)));
  }
}

function parse(text: string, { min, max, whole }: NumberRule): NumberValue {
  // Some keyboards have only a comma.
  const plain = text.trim().replace(',', '.');
  if (plain === '') return { state: 'empty' };
  const value = /^\d*\.?\d+(e-?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  const right = value >= min && value <= max && (!whole || Number.isInteger(value));
  return right ? { state: 'number', value } : { state: 'wrong' };
}
