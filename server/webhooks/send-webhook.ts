/** Sends one webhook once. Who calls keeps it, and tries again where that may help. */
import { lookup as systemLookup } from 'node:dns';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { checkWebhookUrl } from './check-webhook-url.ts';
import { WebhookError } from './errors.ts';
import { publicOnly } from './public-only.ts';
import { signWebhook } from './sign-webhook.ts';

export interface Sending {
  readonly url: string;
  /** The same at every attempt, so that the receiver takes it once: letters, digits, `_` and `-`. */
  readonly id: string;
  /** `whsec_` and 24 to 64 bytes in base64. */
  readonly secret: string;
  /** JSON; these bytes are signed. */
  readonly body: string;
  /** Of this attempt. */
  readonly now: Date;
  /** Whether receivers in the own network are allowed. */
  readonly allowPrivate: boolean;
  readonly signal?: AbortSignal;
}

/** What tests replace. */
export interface Network {
  readonly lookup?: LookupFunction;
  /** In PEM, instead of the system's authorities. */
  readonly ca?: string;
  /** From the first question for the name to the answer's end. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** So much of an answer is taken, lest the receiver sees a broken connection; none of it is looked at. */
const ANSWER_BYTES = 16 * 1024;

const LONGEST_RETRY_AFTER_SECONDS = 24 * 60 * 60;

/**
 * Sends a webhook as Standard Webhooks 1.0.0 says; returns when the receiver has answered with a status of success.
 *
 * @throws WebhookError; where `signal` aborts, its reason
 */
export async function sendWebhook(sending: Sending, network: Network = {}): Promise<void> {
  const { id, secret, body, now, allowPrivate, signal } = sending;
  const url = checkWebhookUrl(sending.url, { allowPrivate });
  const signature = signWebhook(id, now, body, secret);
  signal?.throwIfAborted();
  const { lookup = systemLookup, ca, timeoutMs = TIMEOUT_MS } = network;
  const request = (url.protocol === 'https:' ? https : http).request(url, {
    method: 'POST',
    // A connection of its own: one that was kept would answer for a name that leads elsewhere by now.
    agent: false,
    lookup: allowPrivate ? lookup : publicOnly(lookup, url.origin),
    ...(ca !== undefined && { ca }),
    ...(signal !== undefined && { signal }),
    headers: {
      ...signature,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'panorama-converter',
    },
  });
  let slow = false;
  const timer = setTimeout(() => {
    slow = true;
    request.destroy();
  }, timeoutMs);
  try {
    request.end(body);
    const response = await answerTo(request);
    await drain(response);
    judge(response, url.origin, now);
  } catch (error) {
    if (error instanceof WebhookError) throw error;
    signal?.throwIfAborted();
    if (slow) {
      const message = `webhook to ${url.origin}: expected an answer within ${timeoutMs / 1000} s, got none; answer first, then work`;
      throw new WebhookError('webhook-slow', message);
    }
    throw away(url.origin, error);
  } finally {
    clearTimeout(timer);
    request.destroy();
  }
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Errors may come after the answer, too: without a listener they would end the process.
    request.on('error', reject);
    // A request to change the protocol is neither an answer nor an error.
    request.once('close', () => reject(new Error('the connection was closed before an answer')));
  });
}

/** The status is there, and counts whatever becomes of the rest. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES) return;
    }
  } catch {
    return;
  }
}

function judge({ statusCode: status = 0, headers }: IncomingMessage, receiver: string, now: Date): void {
  if (status >= 200 && status < 300) return;
  const answer = { status, retryAfterSeconds: retryAfterSeconds(headers['retry-after'], now) };
  const got = `webhook to ${receiver}: expected a status of success, got ${status}`;
  if (status >= 300 && status < 400) {
    throw new WebhookError('webhook-redirected', `${got}; give the address that it leads to`, { answer });
  }
  throw new WebhookError('webhook-refused', `${got}; see the receiver's log`, { answer });
}

/** Seconds, or a date (RFC 9110, section 10.2.3); at most a day. */
function retryAfterSeconds(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const seconds = /^\d+$/.test(header)
    ? Number(header)
    : Math.ceil((Date.parse(header) - now.getTime()) / 1000);
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), LONGEST_RETRY_AFTER_SECONDS);
}

function away(receiver: string, error: unknown): WebhookError {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  const message = `webhook to ${receiver}: no answer${code}; see that its name, port and certificate are right and that it runs`;
  return new WebhookError('webhook-away', message, { cause: error });
}
