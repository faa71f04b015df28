import { describe, expect, it } from 'vitest';
import { createPicture } from '../images/picture.ts';
import type { Picture } from '../images/picture.ts';
import { draftLayout } from './draft-layout.ts';
import { paint } from './paint.ts';
import { validate } from './validate.ts';

const SIZE = { width: 4, height: 3 };
const FLOATS = new Float32Array(36).fill(NaN);
const REQUEST = {
  layout: createPicture(8, 3),
  source: createPicture(4, 3),
  frame: { width: 8, height: 3 },
  photo: { x: 0, y: 0, ...SIZE },
  keep: true,
};
/** As from a caller without types. */
const holding = (data: unknown): Picture => ({ ...SIZE, data }) as Picture;

describe('validate', () => {
  it.each([
    [FLOATS, 'Float32Array'],
    [new Uint16Array(36), 'Uint16Array'],
    [Uint8ClampedArray.from(FLOATS), 'Uint8ClampedArray'],
    [Array.from(FLOATS), 'Array'],
    [FLOATS.buffer, 'ArrayBuffer'],
    ['pixels', 'String'],
    [{ length: 36 }, 'Object'],
    [null, 'Null'],
    [undefined, 'nothing'],
  ])('[PAINT7] refuses pixels that are no bytes: %o', (data, kind) => {
    for (const name of ['layout', 'source'] as const) {
      expect(() => validate({ ...REQUEST, [name]: holding(data) })).toThrow(
        expect.objectContaining({
          name: 'PainterError',
          code: `invalid-${name}`,
          message: `paint: ${name} must hold its pixels in a Uint8Array, got ${kind}`,
        }),
      );
    }
  });

  it('[PAINT7] takes any bytes, a Buffer too', () => {
    expect(() => validate({ ...REQUEST, layout: holding(Buffer.alloc(36, 9)) })).not.toThrow();
  });

  it('[PAINT7] refuses floats before anything is drawn from them', async () => {
    const layout = holding(FLOATS);
    await expect(paint({ ...REQUEST, layout })).rejects.toMatchObject({ code: 'invalid-layout' });
    await expect(draftLayout(layout, REQUEST.frame, REQUEST.photo, 'extend')).rejects.toMatchObject({
      code: 'invalid-source',
    });
  });
});
