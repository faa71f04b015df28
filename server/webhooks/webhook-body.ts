import type { Panorama } from '../../shared/protocol.ts';
import type { Webhook } from '../../shared/webhook.ts';

/** What is told of `panorama`, which ended at `at`. */
export function webhookBody({ preview: _, ...data }: Panorama, at: Date): Webhook {
  return { type: typeOf(data.status), timestamp: at.toISOString(), data };
}

function typeOf(status: Panorama['status']): Webhook['type'] {
  switch (status) {
    case 'succeeded':
    case 'failed':
    case 'canceled':
      return `panorama.${status}`;
    case 'queued':
    case 'running':
      throw new Error(`internal: webhook: expected a panorama that has ended, got one that is ${status}`);
    default:
      return status satisfies never;
  }
}
