/**
 * What a receiver of webhooks gets, when a panorama has ended: one JSON body, signed as Standard Webhooks 1.0.0 says
 * (https://www.standardwebhooks.com). Receivers check the headers first, then parse by this.
 */
import * as z from 'zod/mini';
import { panoramaSchema } from './protocol.ts';

export const WEBHOOK_TYPES = ['panorama.succeeded', 'panorama.failed', 'panorama.canceled'] as const;

export const webhookSchema = z.object({
  type: z.enum(WEBHOOK_TYPES),
  /** When it ended. The header `webhook-timestamp` is when it was sent. */
  timestamp: z.iso.datetime(),
  /** The panorama as `GET` answers it; the preview, which may be large, is left out. */
  data: z.omit(panoramaSchema, { preview: true }),
});
export type Webhook = z.infer<typeof webhookSchema>;
