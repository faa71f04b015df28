import { isIP } from 'node:net';
import { show } from '../../shared/schema.ts';
import { WebhookError } from './errors.ts';
import { isPublic } from './is-public.ts';

/** Names that every machine gives to itself (RFC 6761, section 6.3). */
const LOCALHOST = /(^|\.)localhost\.?$/;

/**
 * The address of a webhook, without asking anybody. A name that leads to a private address passes here and is refused
 * when the webhook is sent.
 *
 * @throws WebhookError `webhook-url`, `webhook-private`
 */
export function checkWebhookUrl(text: string, { allowPrivate = false } = {}): URL {
  if (!URL.canParse(text)) {
    const message = `webhook: expected an address like https://example.com/hook, got ${show(text)}`;
    throw new WebhookError('webhook-url', message);
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new WebhookError('webhook-url', `webhook: expected https or http, got ${show(url.protocol)}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new WebhookError(
      'webhook-url',
      'webhook: expected an address without name and password; the signature tells the receiver who sent it',
    );
  }
  // URL has brought every way to write an IPv4 address to four decimal numbers.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const closed = isIP(host) === 0 ? LOCALHOST.test(host) : !isPublic(host);
  if (closed && !allowPrivate) throw privateAddress(url.origin);
  return url;
}

export function privateAddress(receiver: string): WebhookError {
  const message = `webhook to ${receiver}: expected a public address, got a private or reserved one; allow private addresses, or give another`;
  return new WebhookError('webhook-private', message);
}
