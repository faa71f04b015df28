/** What a client asks for: the request's schema, its type and its defaults. */
import * as z from 'zod/mini';
import { RequestError } from './errors.ts';
import { LIMITS, OPTIMIZERS, PRESETS, type TrainingOptions } from './hyperparameters.ts';
import { fields, numberFrom, oneOf, problemsOf, show, wholeNumberFrom } from './schema.ts';

export const MODES = ['extend', 'retarget', 'reimagine'] as const;
export type Mode = (typeof MODES)[number];

export const FORMATS = ['png', 'jpeg', 'webp'] as const;
export type Format = (typeof FORMATS)[number];

/** What a server may be told to train on; `auto` is the best that works there. */
export const ENGINES = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorflow'] as const;
export type EngineChoice = (typeof ENGINES)[number];

/** Frame sides, in pixels. */
export const FRAME_SIDE = { min: 16, max: 8192 } as const;
export const MAX_ZOOM = 100;
export const MAX_VARIANTS = 8;
const MAX_UINT32 = 2 ** 32 - 1;

const trainingSchema = fields({
  epochs: z.optional(oneOf(LIMITS.epochs)),
  maxSize: z.optional(oneOf(LIMITS.maxSize)),
  optimizer: z.optional(oneOf(OPTIMIZERS)),
  learningRate: z.optional(numberFrom(LIMITS.learningRate.min, LIMITS.learningRate.max)),
});

const requestFields = fields({
  width: wholeNumberFrom(FRAME_SIDE.min, FRAME_SIDE.max),
  height: wholeNumberFrom(FRAME_SIDE.min, FRAME_SIDE.max),
  mode: z._default(oneOf(MODES), 'extend'),
  /** Where the photo lies in the room left over: 0 left or top, 1 right or bottom. */
  anchor: z.prefault(
    fields({ x: z._default(numberFrom(0, 1), 0.5), y: z._default(numberFrom(0, 1), 0.5) }),
    {},
  ),
  /** 1 fits the whole photo into the frame; larger crops it, at most until it covers the frame. */
  zoom: z._default(numberFrom(1, MAX_ZOOM), 1),
  preset: z._default(oneOf(PRESETS), 'fast'),
  /** Overrides the preset. */
  training: z.prefault(trainingSchema, {}),
  seed: z._default(wholeNumberFrom(0, MAX_UINT32), 1),
  variants: z._default(wholeNumberFrom(1, MAX_VARIANTS), 1),
  format: z._default(oneOf(FORMATS), 'png'),
});

/** A draft trains nothing and is one picture. */
const draftRule = z.superRefine<z.output<typeof requestFields>>((request, context) => {
  if (request.preset !== 'draft') return;
  for (const [name, value] of Object.entries(request.training)) {
    if (value === undefined) continue;
    const message = `expected none with preset draft, which trains nothing, got ${show(value)}`;
    context.addIssue({ code: 'custom', path: ['training', name], message });
  }
  if (request.variants > 1) {
    const message = `expected 1 with preset draft, which has one picture, got ${request.variants}`;
    context.addIssue({ code: 'custom', path: ['variants'], message });
  }
});

export const panoramaRequestSchema = requestFields.check(draftRule);

/** A request with its defaults filled in. */
export type PanoramaRequest = Readonly<
  Omit<z.output<typeof panoramaRequestSchema>, 'training'> & { training: TrainingOptions }
>;

/** A request as a client writes it: only the size is required. */
export type PanoramaRequestInput = Readonly<
  Omit<z.input<typeof panoramaRequestSchema>, 'training'> & { training?: TrainingOptions | undefined }
>;

export type ParsedRequest =
  | { readonly ok: true; readonly request: PanoramaRequest }
  /** One plain line each: the field, what was expected, what came. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Checks a request from outside and fills in the defaults. Never throws. */
export function parseRequest(value: unknown): ParsedRequest {
  const parsed = panoramaRequestSchema.safeParse(value);
  if (parsed.success) return { ok: true, request: parsed.data };
  return { ok: false, problems: problemsOf(parsed.error, 'request') };
}

/** `parseRequest` for callers that take the request or nothing: throws `RequestError` with all problems. */
export function requireRequest(value: unknown): PanoramaRequest {
  const parsed = parseRequest(value);
  if (!parsed.ok) throw new RequestError(parsed.problems);
  return parsed.request;
}
