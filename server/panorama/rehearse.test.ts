import { describe, expect, it } from 'vitest';
import { requireRequest } from '../../shared/request.ts';
import type { Picture } from '../images/picture.ts';
import { drawn } from '../images/pictures.testing.ts';
import { draftLayout } from '../painter/draft-layout.ts';
import { landscape } from '../painter/pictures.testing.ts';
import { planPanorama } from './plan.ts';
import { rehearse } from './rehearse.ts';

const SOURCE = landscape(160, 120);
const SIGNAL = new AbortController().signal;

function plan(width: number, height: number) {
  return planPanorama(SOURCE, requireRequest({ width, height }));
}

/** Layouts that end up as different paintings: one led on from the photo, and stripes in several rhythms. */
async function layouts(count: number): Promise<Picture[]> {
  const { frame, photo } = plan(320, 120);
  const led = await draftLayout(SOURCE, frame, photo, 'extend');
  const { width, height, data } = led;
  const striped = Array.from({ length: count - 1 }, (_, n) =>
    drawn(width, height, (x, y) =>
      (x >> (n + 1)) % 2 ? [250, 90, 60] : [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)],
    ),
  );
  return [led, ...striped];
}

describe('rehearsal', () => {
  it('[RANK10] orders the first few by how they look painted, not by the order given', async () => {
    const [a, b, c] = (await layouts(3)) as [Picture, Picture, Picture];
    const order = await rehearse([a, b, c], SOURCE, plan(320, 120), SIGNAL, () => undefined);
    const other = await rehearse([c, a, b], SOURCE, plan(320, 120), SIGNAL, () => undefined);
    expect(new Set(order)).toEqual(new Set([a, b, c]));
    expect(other.map((layout) => order.indexOf(layout))).toEqual([0, 1, 2]);
  });

  it('[RANK10] looks at six and leaves the others behind them, in their order', async () => {
    const given = await layouts(8);
    const shares: number[] = [];
    const order = await rehearse(given, SOURCE, plan(320, 120), SIGNAL, (share) => void shares.push(share));
    expect(new Set(order.slice(0, 6))).toEqual(new Set(given.slice(0, 6)));
    expect(order.slice(6)).toEqual(given.slice(6));
    expect(shares).toEqual([1, 2, 3, 4, 5, 6].map((n) => n / 6));
  });

  it('[RANK10] leaves the order alone where a small painting would show little', async () => {
    const given = await layouts(3);
    const painted = () => expect.unreachable('nothing is painted');
    expect(await rehearse(given, SOURCE, plan(1600, 120), SIGNAL, painted)).toEqual(given);
    expect(await rehearse(given, SOURCE, plan(90, 60), SIGNAL, painted)).toEqual(given);
    expect(await rehearse(given.slice(0, 1), SOURCE, plan(320, 120), SIGNAL, painted)).toEqual(
      given.slice(0, 1),
    );
  });

  it('[RANK8] a rehearsal stops at the signal', async () => {
    const reason = new Error('enough');
    await expect(
      rehearse(await layouts(3), SOURCE, plan(320, 120), AbortSignal.abort(reason), () => undefined),
    ).rejects.toBe(reason);
  });
});
