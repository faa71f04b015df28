/** Checks of values that a plugin writes, with the texts of Figma's own checks. */
import { FigmaError } from './errors.ts';

/** What is wrong with a value, each as one text; `at` is where it stands: "[0].color.r". */
export type Check = (value: unknown, at: string) => readonly string[];

/** Throws `Property "fills" failed validation: …` where a check finds something. */
export function validate(property: string, check: Check, value: unknown): void {
  const problems = check(value, '');
  if (problems.length > 0) {
    throw new FigmaError(`Property "${property}" failed validation: ${problems.join(' ')}`);
  }
}

const nameOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isNaN(value) ? 'nan' : typeof value;
};
const place = (at: string): string => (at === '' ? '' : ` at ${at}`);
const expected = (what: string, value: unknown, at: string): string[] =>
  value === undefined
    ? [`Required value missing${place(at)}`]
    : [`Expected ${what}, received ${nameOf(value)}${place(at)}`];

export const string: Check = (value, at) => (typeof value === 'string' ? [] : expected('string', value, at));
export const boolean: Check = (value, at) =>
  typeof value === 'boolean' ? [] : expected('boolean', value, at);

export const number =
  (min = -Infinity, max = Infinity): Check =>
  (value, at) => {
    if (typeof value !== 'number' || Number.isNaN(value)) return expected('number', value, at);
    if (value < min) return [`Number must be greater than or equal to ${min}${place(at)}`];
    return value > max ? [`Number must be less than or equal to ${max}${place(at)}`] : [];
  };

export const oneOf =
  (...values: readonly string[]): Check =>
  (value, at) =>
    typeof value === 'string' && values.includes(value)
      ? []
      : [
          `Invalid enum value. Expected ${values.map((one) => `'${one}'`).join(' | ')}, ` +
            `received ${typeof value === 'string' ? `'${value}'` : nameOf(value)}${place(at)}`,
        ];

export const nullable =
  (check: Check): Check =>
  (value, at) =>
    value === null ? [] : check(value, at);

export const array =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value)
      ? value.flatMap((one, index) => check(one, `${at}[${index}]`))
      : expected('array', value, at);

export const tuple =
  (...checks: readonly Check[]): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return expected('array', value, at);
    if (value.length !== checks.length) {
      return [`Array must contain exactly ${checks.length} element(s)${place(at)}`];
    }
    return checks.flatMap((check, index) => check(value[index], `${at}[${index}]`));
  };

/** An object that has all of `required`, may have `optional`, and has nothing else. */
export const object =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return expected('object', value, at);
    }
    const fields = value as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(fields).filter((key) => !(key in required) && !(key in optional));
    const of = (key: string, check: Check) => check(fields[key], `${at}.${key}`);
    return [
      ...Object.entries(required).flatMap(([key, check]) => of(key, check)),
      ...Object.entries(optional).flatMap(([key, check]) =>
        fields[key] === undefined ? [] : of(key, check),
      ),
      ...(unknown.length === 0
        ? []
        : [`Unrecognized key(s) in object: ${unknown.map((key) => `'${key}'`).join(', ')}${place(at)}`]),
    ];
  };

/** An object whose `type` says which check it has to pass. */
export const byType =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null) return expected('object', value, at);
    const type = 'type' in value ? value.type : undefined;
    const check = typeof type === 'string' ? checks[type] : undefined;
    if (check) return check(value, at);
    const names = Object.keys(checks).map((name) => `'${name}'`);
    return [`Invalid discriminator value. Expected ${names.join(' | ')}${place(`${at}.type`)}`];
  };

export const number3: Check = tuple(number(), number(), number());
export const transform: Check = tuple(number3, number3);
