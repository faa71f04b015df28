/** The parts that the descriptions of several calls share. */
import type { Context } from 'hono';
import * as z from 'zod';
import { errorAnswerSchema } from '../../shared/protocol.ts';
import { exactly, problemsOf } from '../../shared/schema.ts';
import { HttpError } from './http-error.ts';

/** An object of exactly these fields, as a route takes it. */
export function parameters<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, { error: exactly(shape) });
}

export const idParams = parameters({
  id: z.uuid({ error: 'expected a UUID in lower case' }).lowercase(),
});

/** The id of a call that is not validated by its route. @throws HttpError `invalid-id` */
export function idOf(c: Context): string {
  const parsed = idParams.safeParse({ id: c.req.param('id') });
  if (!parsed.success) throw new HttpError('invalid-id', problemsOf(parsed.error, 'id').join('; '));
  return parsed.data.id;
}

/**
 * A schema of shared/ for a route. It is in zod's small form, which the description of routes cannot read: it comes with
 * its own, as JSON schema of what is sent (`input`) or answered.
 */
export function routeSchema<S extends z.core.$ZodType>(
  schema: S,
  io: 'input' | 'output',
): z.ZodType<z.output<S>, z.input<S>> {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io });
  const checked = z.unknown().pipe(schema as z.core.$ZodType<z.output<S>, unknown>);
  return checked.meta(described) as unknown as z.ZodType<z.output<S>, z.input<S>>;
}

export const json = <S extends z.core.$ZodType>(schema: S, description: string) => ({
  content: { 'application/json': { schema: routeSchema(schema, 'output') } },
  description,
});

const error = (description: string) => json(errorAnswerSchema, description);

/** Answers that any call with a token may get. */
export const commonErrors = {
  400: error('The call is wrong: `invalid-id`, `invalid-request`, `invalid-json` …'),
  401: error('`unauthorized`: no token, or another one'),
  429: error('`too-many-requests`: try again after `Retry-After` seconds'),
  500: error('`internal`: a bug; the log says more'),
} as const;

export const notFoundError = { 404: error('`not-found`: there is no panorama of this id') } as const;

export const uploadErrors = {
  408: error('`upload-stalled`: the body stopped coming'),
  409: error('`id-taken`: the id holds another request or photo'),
  413: error('`body-too-large`, or `too-large`: more than 64 MiB or 100 megapixels'),
  415: error('`wrong-content-type`, `unsupported-format`, `not-a-picture`'),
  422: error('`needs-more-memory`: the job cannot fit this server'),
  503: error('`queue-full`, `stopping`: try again after `Retry-After` seconds'),
  507: error('`disk-full`'),
} as const;

export const secured = [{ token: [] }];
