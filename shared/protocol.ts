/** What the server answers: panoramas, their events, estimates, the server itself, errors. Both ends parse by these. */
import * as z from 'zod/mini';
import { ERROR_KINDS } from './errors.ts';
import { ENGINES, panoramaRequestSchema } from './request.ts';
import { fields, wholeNumberFrom } from './schema.ts';

/** Raised when a client that knows only the older form can no longer be understood. */
export const PROTOCOL_VERSION = 1;

/** What an upload may measure. The server refuses more before it decodes anything. */
export const PHOTO_LIMITS = {
  bytes: 64 * 1024 * 1024,
  pixels: 100_000_000,
  /** Shorter side, in pixels. */
  minSide: 16,
  /** Longer side over shorter side. */
  maxAspectRatio: 20,
} as const;

export const STATUSES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
export type Status = (typeof STATUSES)[number];

/** One order, but that painting and encoding take turns. */
export const PHASES = ['decode', 'draft', 'train', 'sample', 'paint', 'encode'] as const;
export type Phase = (typeof PHASES)[number];

/** The statuses that a panorama never leaves. */
export function hasEnded(status: Status): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'canceled';
}

const secondsSchema = z.object({ low: z.number(), high: z.number() });
const sizeSchema = z.object({ width: z.int().check(z.positive()), height: z.int().check(z.positive()) });

export const errorSchema = z.object({
  code: z.string(),
  /** One line for the user: what was expected, what came, what to do. */
  message: z.string(),
  /** Of a job's error: whether another photo or request may succeed, or the machine failed. */
  kind: z.optional(z.enum(ERROR_KINDS)),
  details: z.optional(z.unknown()),
});
export type ErrorBody = z.infer<typeof errorSchema>;
export const errorAnswerSchema = z.object({ error: errorSchema });

/** A picture that was made. */
export const madeVariantSchema = z.object({
  /** 0 is the draft, the variants count from 1. */
  n: z.int().check(z.nonnegative()),
  ...sizeSchema.shape,
  /** How many times the photo's pixels were enlarged; 1 where they were not. */
  upscaled: z.number(),
});
export type MadeVariant = z.infer<typeof madeVariantSchema>;

export const variantSchema = z.extend(madeVariantSchema, {
  /** From the server's root. */
  url: z.string(),
});
export type Variant = z.infer<typeof variantSchema>;

export const panoramaSchema = z.object({
  id: z.uuid(),
  status: z.enum(STATUSES),
  /** Null until it runs. */
  phase: z.nullable(z.enum(PHASES)),
  progress: z.object({
    /** Of the whole job, weighted by cost: 0 to 1. */
    fraction: z.number(),
    /** Of the training, counted from 1; null outside it. */
    scale: z.nullable(z.int()),
    scales: z.nullable(z.int()),
  }),
  /** 1 is next; null unless queued. */
  queuePosition: z.nullable(z.int()),
  /** Seconds until it has ended, the queue included; null where nothing can be said. */
  remaining: z.nullable(secondsSchema),
  variants: z.array(variantSchema),
  /** The best to show so far, small, as a data URL: the draft, a scale's sample, then the first variant. */
  preview: z.nullable(z.string()),
  error: z.nullable(errorSchema),
  /** The photo, upright. */
  image: sizeSchema,
  request: panoramaRequestSchema,
  createdAt: z.iso.datetime(),
  startedAt: z.nullable(z.iso.datetime()),
  endedAt: z.nullable(z.iso.datetime()),
});
export type Panorama = z.infer<typeof panoramaSchema>;

export const panoramaListSchema = z.object({
  /** Newest first. */
  panoramas: z.array(panoramaSchema),
  /** Where the next page begins; null on the last one. */
  nextCursor: z.nullable(z.string()),
});
export type PanoramaList = z.infer<typeof panoramaListSchema>;

/** A scale was trained. Scales that were in the store already are not told. */
export const scaleEventSchema = z.object({
  scale: z.int().check(z.positive()),
  scales: z.int().check(z.positive()),
  epochs: z.int(),
  losses: z.record(z.string(), z.number()),
  /** A sample of this scale, as a data URL. */
  preview: z.string(),
});
export type ScaleEvent = z.infer<typeof scaleEventSchema>;

/**
 * What the event stream tells, by the event's name. `panorama` is the whole panorama as it is now: the first event
 * of every stream, and again at each change, at most twice a second. The last one has ended.
 */
export type StreamEvent =
  { readonly type: 'panorama'; readonly panorama: Panorama } | ({ readonly type: 'scale' } & ScaleEvent);

/** What can be asked before anything is sent. */
export const estimateQuestionSchema = fields({
  /** The photo's size, upright, in pixels. */
  image: fields({
    width: wholeNumberFrom(PHOTO_LIMITS.minSide, PHOTO_LIMITS.pixels),
    height: wholeNumberFrom(PHOTO_LIMITS.minSide, PHOTO_LIMITS.pixels),
  }),
  request: panoramaRequestSchema,
});
export type EstimateQuestion = z.input<typeof estimateQuestionSchema>;

export const estimateSchema = z.object({
  /** From start to end on this server; less where the photo's model is there already. */
  seconds: secondsSchema,
  /** Until the draft is there. */
  draftSeconds: secondsSchema,
  /** Until it would start. */
  waitSeconds: secondsSchema,
  /** At its peak. */
  memoryBytes: z.number(),
  /** How many times the photo's pixels would be enlarged; 1 where they would not. */
  upscaled: z.number(),
  /** Scales to train; 0 where nothing is trained. */
  scales: z.int(),
});
export type Estimate = z.infer<typeof estimateSchema>;

export const serverInfoSchema = z.object({
  version: z.string(),
  protocol: z.int(),
  engine: z.enum(ENGINES),
  /** What trains, in words: the processor's or the card's name. */
  device: z.string(),
  queued: z.int(),
  running: z.int(),
  limits: z.object({
    /** Jobs that run at once. */
    jobs: z.int(),
    memoryBytes: z.number(),
    photoBytes: z.number(),
    photoPixels: z.number(),
    frameSide: z.object({ min: z.int(), max: z.int() }),
    variants: z.int(),
  }),
});
export type ServerInfo = z.infer<typeof serverInfoSchema>;
