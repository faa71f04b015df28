import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { backoffMs, patiently, type Patience } from './patience.ts';
import { isAway } from './postgres-errors.ts';

const away = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

const patience = (changes: Partial<Patience> = {}): Patience => ({
  patienceMs: 60_000,
  mayPass: isAway,
  signal: new AbortController().signal,
  ...changes,
});

describe('patience', () => {
  it('[DATA3] tries again what may pass by itself', async () => {
    const work = vi.fn(() => Promise.resolve('done'));
    work.mockRejectedValueOnce(away).mockRejectedValueOnce(away);
    expect(await patiently(work, patience())).toBe('done');
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('[DATA3] gives up what fails for good, and anything once it has no time left or is stopped', async () => {
    const wrong = new Error('wrong');
    const stopped = new AbortController();
    const failing = (error: Error) => vi.fn(() => Promise.reject(error));
    const [forGood, late, beforeStop] = [failing(wrong), failing(away), failing(away)];
    await expect(patiently(forGood, patience())).rejects.toBe(wrong);
    expect(forGood).toHaveBeenCalledTimes(1);
    await expect(patiently(late, patience({ patienceMs: 0 }))).rejects.toBe(away);
    expect(late).toHaveBeenCalledTimes(1);
    beforeStop.mockImplementation(() => {
      stopped.abort();
      return Promise.reject(away);
    });
    await expect(patiently(beforeStop, patience({ signal: stopped.signal }))).rejects.toBe(away);
    expect(beforeStop).toHaveBeenCalledTimes(1);
  });

  it('[DATA3] waits for any time up to a bound that doubles, and for three seconds at most', () => {
    fc.assert(
      fc.property(fc.nat(2000), (attempt) => {
        const waits = Array.from({ length: 20 }, () => backoffMs(attempt));
        expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...waits)).toBeLessThanOrEqual(Math.min(3000, 100 * 2 ** attempt));
        expect(new Set(waits).size).toBeGreaterThan(1);
      }),
    );
  });

  it.each(['08006', '08001', '57P01', '57P02', '57P03', '53300', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND'])(
    '[DATA3] takes %s as passing',
    (code) => {
      expect(isAway(Object.assign(new Error('x'), { code }))).toBe(true);
    },
  );

  it.each(['23505', '57014', '28P01', '3D000', '42501', '53100', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    '[DATA3] does not take %s as passing',
    (code) => {
      expect(isAway(Object.assign(new Error('x'), { code }))).toBe(false);
    },
  );
});
