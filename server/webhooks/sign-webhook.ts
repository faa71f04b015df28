/** Signatures of Standard Webhooks 1.0.0, symmetric (https://www.standardwebhooks.com). */
import { createHmac } from 'node:crypto';
import { WebhookError } from './errors.ts';

const PREFIX = 'whsec_';
const KEY_BYTES = { min: 24, max: 64 } as const;

/**
 * The key of a secret, `whsec_` and 24 to 64 bytes in base64.
 *
 * @throws WebhookError `webhook-secret`, without the secret in its text
 */
export function readWebhookSecret(secret: string): Buffer {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(base64, 'base64');
  // Receivers' decoders are stricter than Buffer's.
  const exact = key.toString('base64') === base64;
  if (!exact || key.length < KEY_BYTES.min || key.length > KEY_BYTES.max) {
    const expected = `${PREFIX} and ${KEY_BYTES.min} to ${KEY_BYTES.max} bytes in base64`;
    throw new WebhookError('webhook-secret', `webhook secret: expected ${expected}, got something else`);
  }
  return key;
}

/**
 * The headers that sign `body`, UTF-8, as sent at `now`.
 *
 * @throws WebhookError `webhook-secret`
 */
export function signWebhook(id: string, now: Date, body: string, secret: string): Record<string, string> {
  // A full stop separates what is signed: an id with one could be read as another id with another time.
  if (!/^[\w-]+$/.test(id)) throw new Error('internal: webhook id: expected letters, digits, _ and -');
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = createHmac('sha256', readWebhookSecret(secret)).update(`${id}.${timestamp}.${body}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature.digest('base64')}`,
  };
}
