import { describe, expect, it } from 'vitest';
import { continueAtBorder } from './layout-border.ts';
import { drawn, pixel } from '../images/pictures.testing.ts';

describe('continueAtBorder', () => {
  const photo = { x: 100, y: 0, width: 100, height: 100 };
  const frame = { width: 300, height: 100 };
  const source = drawn(100, 100, (x) => [40 + x, 100, 100]);
  const layout = drawn(150, 50, () => [220, 20, 20]);

  it('[PAINT12] leads a layout from the photo’s border into its own drawing', async () => {
    const led = await continueAtBorder(layout, source, frame, photo, 0);
    expect([led.width, led.height]).toEqual([150, 50]);
    expect(pixel(led, 75, 25)[1]).toBe(100);
    // Right at the border: the photo's own tone on either side.
    expect(Math.abs(pixel(led, 49, 25)[0]! - 40)).toBeLessThanOrEqual(4);
    expect(Math.abs(pixel(led, 100, 25)[0]! - 139)).toBeLessThanOrEqual(4);
    let last = 0;
    for (let x = 101; x < 125; x++) {
      const share = 100 - pixel(led, x, 25)[1]!;
      expect(share).toBeGreaterThanOrEqual(last);
      last = share;
    }
    expect(pixel(led, 125, 25)).toEqual([220, 20, 20]);
    expect(pixel(led, 20, 25)).toEqual([220, 20, 20]);
  });

  it('[PAINT12] reaches farther where the photo’s rows mean little, and leaves its input alone', async () => {
    const before = layout.data.slice();
    const led = await continueAtBorder(layout, source, frame, photo, 1);
    expect(pixel(led, 125, 25)[1]).toBeGreaterThan(30);
    expect(layout.data).toEqual(before);
  });
});
