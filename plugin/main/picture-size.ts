/** The size of a PNG or JPEG, told by its header. */
import type { Size } from '../../shared/geometry.ts';

/** The signature, and the chunk that has to come first, whose length is always the same. */
const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];

/** In pixels; null where the bytes are neither, or end before the size. */
export function pictureSize(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (PNG_START.every((byte, i) => bytes[i] === byte)) {
    return view.byteLength < 24 ? null : sizeFrom(view.getUint32(16), view.getUint32(20));
  }
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(view) : null;
}

/** Goes from segment to segment up to the one that starts a frame, long before the picture's own bytes. */
function jpegSize(view: DataView): Size | null {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      // A marker may be filled up with more of these.
      at += 1;
      continue;
    }
    if (startsFrame(marker)) return sizeFrom(view.getUint16(at + 7), view.getUint16(at + 5));
    // Start of the picture's bytes, or its end.
    if (marker === 0xda || marker === 0xd9) return null;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** C0 to CF are frames, but for three that hold tables. */
function startsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function sizeFrom(width: number, height: number): Size | null {
  return width > 0 && height > 0 ? { width, height } : null;
}
