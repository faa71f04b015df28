import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { WebhookError } from './errors.ts';
import { retryDelaySeconds } from './retry-delay.ts';
import { readWebhookSecret, signWebhook } from './sign-webhook.ts';

const secretOf = (key: Uint8Array) => `whsec_${Buffer.from(key).toString('base64')}`;

describe('signWebhook', () => {
  it('[HOOK1] signs any body as the reference does', () => {
    const key = fc.uint8Array({ minLength: 24, maxLength: 64 });
    const text = fc.string({ unit: 'grapheme' });
    const time = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(key, fc.uuid(), time, text, (bytes, id, now, body) => {
        const headers = signWebhook(id, now, body, secretOf(bytes));
        expect(headers['webhook-signature']).toBe(new Webhook(secretOf(bytes)).sign(id, now, body));
        expect(headers['webhook-timestamp']).toBe(String(Math.floor(now.getTime() / 1000)));
      }),
    );
  });

  it('[HOOK1] signs no id that could be read in two ways', () => {
    for (const id of ['', 'a.1', 'a b', 'a\r\nx: y']) {
      expect(() => signWebhook(id, new Date(), '', secretOf(new Uint8Array(24)))).toThrow(/^internal: /);
    }
  });
});

describe('readWebhookSecret', () => {
  it('[HOOK2] reads 24 to 64 bytes of base64', () => {
    for (const length of [24, 25, 32, 64]) {
      const key = Buffer.alloc(length, 0xfb);
      expect(readWebhookSecret(secretOf(key))).toEqual(key);
    }
  });

  const good = Buffer.alloc(25, 0xfb).toString('base64');
  it.each([
    ['too short', secretOf(new Uint8Array(23))],
    ['too long', secretOf(new Uint8Array(65))],
    ['empty', ''],
    ['without a prefix', good],
    ['of another prefix', `whsk_${good}`],
    ['without padding', `whsec_${good.replaceAll('=', '')}`],
    ['of the other base64', `whsec_${good.replaceAll('+', '-').replaceAll('/', '_')}`],
    ['with spaces', `whsec_ ${good}`],
    ['with a line break', `whsec_${good}\n`],
  ])('[HOOK2] refuses a secret %s and does not repeat it', (_name, secret) => {
    try {
      readWebhookSecret(secret);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error;
      expect(error).toMatchObject({ code: 'webhook-secret', kind: 'request', retry: false });
      expect(error.message).toBe(
        'webhook secret: expected whsec_ and 24 to 64 bytes in base64, got something else',
      );
    }
  });
});

describe('retryDelaySeconds', () => {
  it('[HOOK11] waits longer after each of ten attempts, over three days', () => {
    const attempts = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const shortest = attempts.map((attempt) => retryDelaySeconds(attempt, () => 0) ?? NaN);
    expect(shortest).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(retryDelaySeconds(10)).toBeNull();
  });

  it('[HOOK11] adds up to a fifth by chance', () => {
    expect(retryDelaySeconds(2, () => 0.5)).toBeCloseTo(330);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), (attempt) => {
        const least = retryDelaySeconds(attempt, () => 0) ?? NaN;
        const delay = retryDelaySeconds(attempt) ?? NaN;
        expect(delay).toBeGreaterThanOrEqual(least);
        expect(delay).toBeLessThan(least * 1.2);
      }),
    );
    const delays = new Set(Array.from({ length: 20 }, () => retryDelaySeconds(9)));
    expect(delays.size).toBeGreaterThan(1);
  });
});
