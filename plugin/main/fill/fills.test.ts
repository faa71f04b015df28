import type { ImagePaint, Paint } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { gradientFill } from '../../fake-figma/fake-figma.ts';
import type { PanoramaRecord } from '../record.ts';
import { panoramaPaint, withInvisible, withPanorama, withoutPanorama } from './fills.ts';

const image = (imageHash: string): ImagePaint => ({ type: 'IMAGE', scaleMode: 'FILL', imageHash });
const white: Paint = { type: 'SOLID', color: { r: 1, g: 1, b: 1 } };

/** The record of a panorama `ours` that was laid over fills of a style. */
const recordOf = (
  fills: readonly Paint[],
  replaced: number | null,
  changes: Partial<PanoramaRecord> = {},
): PanoramaRecord => ({
  id: 'p1',
  variant: 1,
  mark: 'p1',
  imageHash: 'ours',
  replaced,
  original: { fills, styleId: 'S:1' },
  picture: null,
  source: { nodeId: '1:1', name: 'Photo' },
  pixels: { width: 4, height: 3 },
  scale: 1,
  ...changes,
});
const now = (fills: readonly Paint[]) => ({ fills, styleId: '' });

describe('the fills before a panorama', () => {
  it('[DOC34] are the older ones with their style, where nothing was changed since', () => {
    const before = [white, image('photo'), gradientFill()];
    const laid = [white, panoramaPaint('ours'), gradientFill()];
    const cleared = withoutPanorama(now(laid), recordOf(before, 1));
    expect(cleared).toMatchObject({
      original: { fills: before, styleId: 'S:1' },
      replaced: 1,
      incomplete: false,
    });
    expect(withPanorama(cleared, 1, 'next')).toMatchObject([
      white,
      { imageHash: 'next' },
      { type: 'GRADIENT_LINEAR' },
    ]);
  });

  it('[DOC34] keep what the user has done since, and what was set on the panorama', () => {
    const laid = [image('new'), { ...panoramaPaint('ours'), opacity: 0.5 }, gradientFill()];
    const cleared = withoutPanorama(now(laid), recordOf([image('photo')], 0));
    expect(cleared.original).toEqual({ fills: [image('new'), image('photo'), gradientFill()], styleId: '' });
    expect(withPanorama(cleared, cleared.replaced, 'next')[1]).toMatchObject({
      imageHash: 'next',
      opacity: 0.5,
    });
  });

  it('[DOC34] have nothing in the place of a panorama that was added', () => {
    const laid = [white, panoramaPaint('ours'), gradientFill()];
    const cleared = withoutPanorama(now(laid), recordOf([white], null));
    expect(cleared).toMatchObject({ original: { fills: [white, gradientFill()] }, replaced: null });
    expect(withPanorama(cleared, null, 'next')).toMatchObject([
      white,
      { imageHash: 'next' },
      { type: 'GRADIENT_LINEAR' },
    ]);
  });

  it('[DOC34] are what is there where the panorama is not any more', () => {
    const cleared = withoutPanorama(now([image('new')]), recordOf([image('photo')], 0));
    expect(cleared).toEqual({
      original: now([image('new')]),
      incomplete: false,
      replaced: null,
      ours: null,
      at: null,
    });
    expect(withPanorama(cleared, null, 'next')).toMatchObject([{ imageHash: 'new' }, { imageHash: 'next' }]);
  });

  it('[DOC34] are known to be incomplete where the replaced one could not be kept', () => {
    const cleared = withoutPanorama(now([white, panoramaPaint('ours')]), recordOf([], 1, { original: null }));
    expect(cleared.incomplete).toBe(true);
  });

  it('[DOC34] are those that tiles stand for, made visible again', () => {
    const before = [white, image('photo')];
    const tiles = { imageHash: null };
    const laid = [white, { ...image('photo'), visible: false }, gradientFill()];
    const cleared = withoutPanorama(now(laid), recordOf(before, 1, tiles));
    expect(cleared.original.fills).toEqual([white, image('photo'), gradientFill()]);
    expect(withInvisible(cleared, cleared.replaced)).toEqual(laid);
    const plain = withoutPanorama(now([white]), recordOf([white], null, tiles));
    expect(plain.original).toEqual({ fills: [white], styleId: 'S:1' });
  });
});
