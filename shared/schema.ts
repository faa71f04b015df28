/** Schemas whose problems read as one plain line: the field, what was expected, what came. */
import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// The small form of zod has no words of its own.
z.config(en());

/** One plain line for each problem: the field, what was expected, what came. `name` is what the whole is called. */
export function problemsOf(error: z.core.$ZodError, name: string): string[] {
  return [...new Set(error.issues.flatMap((issue) => linesOf(issue, name)))];
}

function linesOf(issue: z.core.$ZodIssue, name: string): string[] {
  if (issue.code !== 'unrecognized_keys') return [`${issue.path.join('.') || name}: ${issue.message}`];
  return issue.keys.map(
    (key) => `${printable([...issue.path, key].join('.'))}: ${issue.message}, got this one`,
  );
}

/** An object of exactly these fields. */
export function fields<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, { error: exactly(shape) });
}

/** What is said of an object that has other fields, or of what is no object. */
export function exactly(shape: object): (issue: { code?: string; input?: unknown }) => string {
  return ({ code, input }) =>
    code === 'unrecognized_keys'
      ? `expected only the fields ${Object.keys(shape).join(', ')}`
      : `expected an object, got ${show(input)}`;
}

export function wholeNumberFrom(min: number, max: number) {
  const error = expects(`a whole number from ${min} to ${max}`);
  return z.int({ error }).check(z.minimum(min, { error }), z.maximum(max, { error }));
}

export function numberFrom(min: number, max: number) {
  const error = expects(`a number from ${min} to ${max}`);
  return z.number({ error }).check(z.minimum(min, { error }), z.maximum(max, { error }));
}

export function oneOf<const T extends readonly (string | number)[]>(choices: T) {
  return z.literal(choices, { error: expects(`one of ${choices.join(', ')}`) });
}

function expects(what: string): (issue: { input?: unknown }) => string {
  return ({ input }) => `expected ${what}, got ${show(input)}`;
}

/** A value from outside, short and on one line. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `"${printable(value)}"`;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  return value === null ? 'null' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

const SHOWN_CHARACTERS = 40;

function printable(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}
