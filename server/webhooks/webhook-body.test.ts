import { describe, expect, it } from 'vitest';
import { ENDED, panorama } from '../../shared/client-server.testing.ts';
import { webhookSchema } from '../../shared/webhook.ts';
import { webhookBody } from './webhook-body.ts';

const AT = new Date('2026-01-02T03:05:05Z');
const PREVIEW = 'data:image/webp;base64,UklGRg==';

describe('webhookBody', () => {
  it.each(['succeeded', 'failed', 'canceled'] as const)(
    '[HOOK12] tells a panorama that has %s as its schema says, without the preview',
    (status) => {
      const { preview: _, ...data } = { ...ENDED.panorama, status };
      const body = webhookBody({ ...ENDED.panorama, status, preview: PREVIEW }, AT);
      expect(body).toEqual({ type: `panorama.${status}`, timestamp: '2026-01-02T03:05:05.000Z', data });
      const text = JSON.stringify(body);
      expect(text).not.toContain(PREVIEW);
      expect(webhookSchema.parse(JSON.parse(text))).toEqual(body);
    },
  );

  it.each(['queued', 'running'] as const)('[HOOK12] tells nothing of one that is %s', (status) => {
    expect(() => webhookBody(panorama({ status }), AT)).toThrow(/^internal: /);
  });
});
