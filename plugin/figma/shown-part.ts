/** The part of a picture that its layer shows, as a picture of its own. */
import type { Size } from '../../shared/geometry.ts';
import type { SourceBytes, Transform } from '../messages.ts';

export interface Cut {
  /** Pixels of the part, at the picture's own resolution. */
  readonly size: Size;
  /** From the picture's pixels to the part's: a, b, c, d, e, f as a canvas takes them. */
  readonly matrix: readonly [number, number, number, number, number, number];
}

/**
 * How to cut a picture of `size`. `crop` maps the layer's unit square into the picture's; where it lies straight, what
 * reaches beyond the picture is left out. Null where nothing of the picture is visible.
 */
export function cutOf(crop: Transform, size: Size): Cut | null {
  const [[a, c, e], [b, d, f]] = straightened(crop);
  const width = Math.round(Math.hypot(a * size.width, b * size.height));
  const height = Math.round(Math.hypot(c * size.width, d * size.height));
  if (width < 1 || height < 1) return null;
  // From the part's pixels to the picture's, and its inverse.
  const [p, q, r, s] = [
    (a * size.width) / width,
    (b * size.height) / width,
    (c * size.width) / height,
    (d * size.height) / height,
  ];
  const [x, y] = [e * size.width, f * size.height];
  const determinant = p * s - q * r;
  if (Math.abs(determinant) < 1e-9) return null;
  const [ip, iq, ir, is] = [s / determinant, -q / determinant, -r / determinant, p / determinant];
  return { size: { width, height }, matrix: [ip, iq, ir, is, -(ip * x + ir * y), -(iq * x + is * y)] };
}

/** A crop without rotation, held to the picture; any other as it is. */
function straightened(crop: Transform): Transform {
  const [[a, c, e], [b, d, f]] = crop;
  if (Math.abs(b) > 1e-6 || Math.abs(c) > 1e-6) return crop;
  const [width, x] = held(a, e);
  const [height, y] = held(d, f);
  return [
    [width, 0, x],
    [0, height, y],
  ];
}

/** From `start`, `length` long or backwards, within 0 and 1. */
function held(length: number, start: number): [number, number] {
  const from = Math.min(1, Math.max(0, start));
  const to = Math.min(1, Math.max(0, start + length));
  return [to - from, from];
}

/** Turns by quarter turns, clockwise. */
function turned({ width, height }: Size, degrees: number): Cut | null {
  switch (((Math.round(degrees / 90) % 4) + 4) % 4) {
    case 1:
      return { size: { width: height, height: width }, matrix: [0, 1, -1, 0, height, 0] };
    case 2:
      return { size: { width, height }, matrix: [-1, 0, 0, -1, width, height] };
    case 3:
      return { size: { width: height, height: width }, matrix: [0, -1, 1, 0, 0, width] };
    default:
      return null;
  }
}

/** The photo to send: the bytes as they are, unless the layer shows a part of them, or turned. Rejects where they do not open. */
export async function shownPart(document: Document, source: SourceBytes, whole: boolean): Promise<Blob> {
  // Figma's bytes lie in a buffer of their own.
  const file = new Blob([source.bytes as Uint8Array<ArrayBuffer>]);
  const crop = whole ? null : source.crop;
  if (crop === null && source.rotation === 0) return file;
  const picture = await createImageBitmap(file);
  try {
    const cut = crop === null ? turned(picture, source.rotation) : cutOf(crop, picture);
    if (!cut) return file;
    const canvas = document.createElement('canvas');
    canvas.width = cut.size.width;
    canvas.height = cut.size.height;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('internal: no canvas to cut the picture on');
    context.imageSmoothingQuality = 'high';
    context.setTransform(...cut.matrix);
    context.drawImage(picture, 0, 0);
    return await new Promise((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('the picture cannot be cut'))),
        'image/png',
      );
    });
  } finally {
    picture.close();
  }
}
