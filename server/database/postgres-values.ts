/** Values on their way to PostgreSQL and back, as the embedded database takes and gives them. */
import pg from 'pg';

/** OIDs of pg_type. */
const INT8 = 20;
const INT8_ARRAY = 1016;
const TEXT_ARRAY = 1009;

/**
 * The embedded database knows a parameter's type before it writes it; here the statement must tell. An array is one of
 * PostgreSQL's where it is cast to one, as in `$1::uuid[]`, else JSON. Without this pg would write `[]` as `{}`.
 */
export function parametersOf(text: string, values: readonly unknown[]): unknown[] {
  return values.map((value, index) =>
    Array.isArray(value) && !new RegExp(`\\$${index + 1}::\\w+\\[\\]`).test(text)
      ? JSON.stringify(value)
      : value,
  );
}

/** Big integers, and so counts, are numbers as far as numbers are exact. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return integer;
    if (oid === INT8_ARRAY) return integers;
    return parserOf(oid, format);
  }) as typeof pg.types.getTypeParser,
};

/** Of all types, not of the named ones only. */
const parserOf = pg.types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown;

function integer(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

function integers(text: string): unknown {
  const parse = parserOf(TEXT_ARRAY);
  const convert = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(convert) : typeof value === 'string' ? integer(value) : value;
  return convert(parse(text));
}
