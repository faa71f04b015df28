import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipToFrame, placePhoto, type Rectangle, type Size } from '../../shared/geometry.ts';
import { CHANNELS, type Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { draftLayout } from './draft-layout.ts';
import { paint, type PaintRequest } from './paint.ts';
import { landscape } from './pictures.testing.ts';

const side = (max: number) => fc.integer({ min: 1, max });
const size = (max: number) => fc.record({ width: side(max), height: side(max) });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const placements = fc.record({
  source: size(60),
  frame: size(100),
  anchor: fc.record({ x: share, y: share }),
  zoom: fc.double({ min: 1, max: 4, noNaN: true }),
});

async function extend(source: Picture, frame: Size, photo: Rectangle): Promise<Picture> {
  return paint({
    layout: await draftLayout(source, frame, photo, 'extend'),
    source,
    frame,
    photo,
    keep: true,
    // To start more takes longer than these small pictures.
    threads: 1,
  });
}

/** A request of 150×60 that keeps a photo of 70×60. */
async function request(overrides: Partial<PaintRequest> = {}): Promise<PaintRequest> {
  const source = landscape(70, 60);
  const frame = { width: 150, height: 60 };
  const photo = { x: 40, y: 0, width: 70, height: 60 };
  const layout = await draftLayout(source, frame, photo, 'extend');
  return { layout, source, frame, photo, keep: true, ...overrides };
}

function cut(picture: Picture, { x, y, width, height }: Rectangle): Uint8Array {
  const result = new Uint8Array(width * height * CHANNELS);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * picture.width + x) * CHANNELS;
    result.set(picture.data.subarray(from, from + width * CHANNELS), row * width * CHANNELS);
  }
  return result;
}

describe('paint', () => {
  it('[PAINT1] [PAINT2] [PAINT3] gives the exact size, keeps the photo bit for bit and paints every pixel', async () => {
    await fc.assert(
      fc.asyncProperty(placements, async ({ source: sourceSize, frame, anchor, zoom }) => {
        const source = landscape(sourceSize.width, sourceSize.height);
        const { photo } = placePhoto(source, frame, anchor, zoom);
        const result = await extend(source, frame, photo);
        expect([result.width, result.height]).toEqual([frame.width, frame.height]);
        expect(result.data.length).toBe(frame.width * frame.height * CHANNELS);
        const kept = clipToFrame(photo, frame)!;
        const expected = await resample(source, photo.width, photo.height);
        const inPhoto = { ...kept, x: kept.x - photo.x, y: kept.y - photo.y };
        expect(cut(result, kept)).toEqual(cut(expected, inPhoto));
        // The source has no value under 60: an unpainted pixel would be 0.
        expect(result.data.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(5);
      }),
      { numRuns: 14 },
    );
  });

  it('[PAINT1] [PAINT3] paints any frame from a photo that is not kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        placements,
        fc.constantFrom('retarget' as const, 'reimagine' as const),
        async (placement, mode) => {
          const { frame, anchor, zoom } = placement;
          const source = landscape(placement.source.width, placement.source.height);
          const { photo } = placePhoto(source, frame, anchor, zoom);
          const layout = await draftLayout(source, frame, photo, mode);
          const result = await paint({
            ...{ layout, source, frame, photo, keep: false },
            quality: 'draft',
            threads: 1,
          });
          expect(result.data.length).toBe(frame.width * frame.height * CHANNELS);
          expect(result.data.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(5);
        },
      ),
      { numRuns: 9 },
    );
  });

  it.each([
    ['10:1', { width: 700, height: 70 }, { width: 93, height: 70 }],
    ['1:10', { width: 60, height: 600 }, { width: 60, height: 45 }],
    ['wider and taller', { width: 140, height: 150 }, { width: 60, height: 40 }],
    ['much larger than a thin photo', { width: 260, height: 130 }, { width: 130, height: 3 }],
  ])('[PAINT1] [PAINT3] paints a frame of %s', async (_name, frame, photoSize) => {
    const source = landscape(80, 60);
    const x = (frame.width - photoSize.width) >> 1;
    const y = (frame.height - photoSize.height) >> 1;
    const result = await extend(source, frame, { x, y, ...photoSize });
    expect([result.width, result.height]).toEqual([frame.width, frame.height]);
    expect(result.data.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(5);
  });

  it('[PAINT2] leaves a photo that covers the frame as it is', async () => {
    const source = landscape(40, 30);
    const result = await extend(source, { width: 20, height: 30 }, { x: -7, y: 0, width: 40, height: 30 });
    expect(result.data).toEqual(cut(source, { x: 7, y: 0, width: 20, height: 30 }));
  });

  it('[PAINT4] gives the same pixels for the same request', async () => {
    const first = await paint(await request());
    const second = await paint(await request());
    expect(second.data).toEqual(first.data);
  });

  it('[PAINT4] leaves its inputs alone', async () => {
    const asked = await request();
    const layout = asked.layout.data.slice();
    const source = asked.source.data.slice();
    await paint(asked);
    expect(asked.layout.data).toEqual(layout);
    expect(asked.source.data).toEqual(source);
  });

  it('[PAINT5] rejects at once with the reason of a signal that is aborted already', async () => {
    const reason = new Error('stop');
    await expect(paint(await request({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  });

  it('[PAINT5] notices a signal within a fraction of a second, and lets timers run', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const source = landscape(400, 300);
    const frame = { width: 4000, height: 300 };
    const photo = { x: 0, y: 0, width: 400, height: 300 };
    const layout = await draftLayout(source, frame, photo, 'extend');
    const asked = await request({ source, frame, photo, layout, signal: controller.signal });
    let abortedAt = 0;
    const painting = paint(asked);
    setTimeout(() => {
      abortedAt = performance.now();
      controller.abort(reason);
    }, 100);
    await expect(painting).rejects.toBe(reason);
    expect(performance.now() - abortedAt).toBeLessThan(500);
  });

  it('[PAINT6] tells its progress, rising to 1', async () => {
    const fractions: number[] = [];
    await paint(await request({ onProgress: (fraction) => fractions.push(fraction) }));
    expect(fractions.length).toBeGreaterThan(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1);
  });

  it('[PAINT8] paints above the photo with its upper part and below it with its lower part', async () => {
    const source = landscape(60, 60);
    const frame = { width: 60, height: 180 };
    const result = await extend(source, frame, { x: 0, y: 60, width: 60, height: 60 });
    // Red exceeds blue in the photo's lower half only.
    const warm = (from: number, to: number) => {
      let count = 0;
      for (let i = from * 60; i < to * 60; i++) if (result.data[i * 3]! > result.data[i * 3 + 2]!) count++;
      return count / ((to - from) * 60);
    };
    expect(warm(0, 60)).toBe(0);
    expect(warm(120, 180)).toBe(1);
  });

  it.each<[string, string, Partial<PaintRequest>]>([
    ['invalid-layout', 'no width', { layout: { width: 0, height: 2, data: new Uint8Array(0) } }],
    ['invalid-layout', 'too few bytes', { layout: { width: 2, height: 2, data: new Uint8Array(11) } }],
    ['invalid-source', 'too many bytes', { source: { width: 2, height: 2, data: new Uint8Array(16) } }],
    ['invalid-source', 'half a pixel', { source: { width: 1.5, height: 2, data: new Uint8Array(9) } }],
    ['invalid-frame', 'no height', { frame: { width: 10, height: 0 } }],
    ['invalid-frame', 'not a number', { frame: { width: NaN, height: 10 } }],
    ['invalid-placement', 'no size', { photo: { x: 0, y: 0, width: 0, height: 4 } }],
    ['invalid-placement', 'between pixels', { photo: { x: 0.5, y: 0, width: 4, height: 4 } }],
    ['invalid-placement', 'outside the frame', { photo: { x: 150, y: 0, width: 70, height: 60 } }],
  ])('[PAINT7] refuses with %s: %s', async (code, _what, overrides) => {
    const error: unknown = await paint(await request(overrides)).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'PainterError', code });
    expect((error as Error).message).toMatch(/^paint: [^\n]+$/);
  });
});
