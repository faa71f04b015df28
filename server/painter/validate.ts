import { CHANNELS, type Picture } from '../images/picture.ts';
import { clipToFrame } from '../../shared/geometry.ts';
import type { PaintRequest } from './paint.ts';
import { PainterError, type PainterErrorCode } from './painter-error.ts';

/** The field holds source positions in 16 bits. */
const LARGEST_SIDE = 65535;

/** Throws a `PainterError` that says in one line what is wrong with the request, if anything is. */
export function validate({ layout, source, frame, photo, keep }: PaintRequest): void {
  validatePicture(layout, 'layout', 'invalid-layout');
  validatePicture(source, 'source', 'invalid-source');
  for (const [name, size, code] of [
    ['frame', frame, 'invalid-frame'],
    ['photo', photo, 'invalid-placement'],
  ] as const) {
    if (!isSide(size.width) || !isSide(size.height)) {
      throw new PainterError(
        code,
        `paint: ${name} must measure 1 to ${LARGEST_SIDE} whole pixels a side, got ${size.width}×${size.height}`,
      );
    }
  }
  if (!Number.isSafeInteger(photo.x) || !Number.isSafeInteger(photo.y)) {
    throw new PainterError(
      'invalid-placement',
      `paint: photo must lie at whole pixels, got ${photo.x}, ${photo.y}`,
    );
  }
  if (keep && !clipToFrame(photo, frame)) {
    throw new PainterError(
      'invalid-placement',
      `paint: a kept photo must meet the frame ${frame.width}×${frame.height}, got ${photo.width}×${photo.height} at ${photo.x}, ${photo.y}`,
    );
  }
}

/** Throws a `PainterError` with `code` unless the picture has a size and as many bytes as that needs, and bytes only. */
export function validatePicture(picture: Picture, name: string, code: PainterErrorCode): void {
  const { width, height, data } = picture;
  if (!isSide(width) || !isSide(height)) {
    throw new PainterError(
      code,
      `paint: ${name} must measure 1 to ${LARGEST_SIDE} whole pixels a side, got ${width}×${height}`,
    );
  }
  // A caller without types may bring floats, and they may be no numbers.
  if (!((data as unknown) instanceof Uint8Array)) {
    throw new PainterError(code, `paint: ${name} must hold its pixels in a Uint8Array, got ${kindOf(data)}`);
  }
  const expected = width * height * CHANNELS;
  if (data.length !== expected) {
    throw new PainterError(
      code,
      `paint: ${name} of ${width}×${height} must hold ${expected} bytes, got ${data.length}`,
    );
  }
}

function isSide(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= LARGEST_SIDE;
}

function kindOf(value: unknown): string {
  return value === undefined ? 'nothing' : Object.prototype.toString.call(value).slice('[object '.length, -1);
}
