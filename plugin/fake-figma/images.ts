/** Pictures: their formats and sizes by their first bytes, and their hashes. */
import { assert } from './errors.ts';
import type { Size } from './geometry.ts';
import { joined, uint32 } from './png.ts';

export const MOST_PIXELS = 4096;

const uint16 = (bytes: Uint8Array, at: number, little = false): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint16(at, little);
const startsWith = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

/** Null where it is no PNG, JPEG or GIF. */
export function imageSize(bytes: Uint8Array): Size | null {
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47) && bytes.length >= 24) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (startsWith(bytes, 0x47, 0x49, 0x46, 0x38) && bytes.length >= 10) {
    return { width: uint16(bytes, 6, true), height: uint16(bytes, 8, true) };
  }
  return startsWith(bytes, 0xff, 0xd8, 0xff) ? jpegSize(bytes) : null;
}

/** From the frame header: the markers C0 to CF without C4, C8 and CC. */
function jpegSize(bytes: Uint8Array): Size | null {
  for (let at = 2; at + 9 <= bytes.length; at += 2 + uint16(bytes, at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return null;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: uint16(bytes, at + 7), height: uint16(bytes, at + 5) };
    }
  }
  return null;
}

/** Throws for what `createImage` does not take. */
export function checkImage(bytes: Uint8Array): void {
  const size = imageSize(bytes);
  assert(size !== null, 'Image type is unsupported');
  assert(Math.max(size.width, size.height) <= MOST_PIXELS, 'Image is too large');
}

/** 40 hexadecimal digits that are the same for the same bytes. */
export function hashOf(bytes: Uint8Array): string {
  const lanes = Uint32Array.of(1, 2, 3, 4, 5).map((seed) => (0x811c9dc5 ^ seed) >>> 0);
  for (let at = 0; at < bytes.length; at++) {
    const lane = at % lanes.length;
    lanes[lane] = Math.imul((lanes[lane] ?? 0) ^ (bytes[at] ?? 0), 0x01000193) + at;
  }
  const mixed = lanes.map((lane, index) => Math.imul(lane ^ (lanes[(index + 1) % 5] ?? 0), 0x85ebca6b));
  return [...mixed].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The least that has a format's header and a size; no decoder would take it. `seed` makes it another picture. */
export function fakeImage(format: 'png' | 'jpeg' | 'gif', { width, height }: Size, seed = 0): Uint8Array {
  const sizes = { big: [width >> 8, width & 255], bigHeight: [height >> 8, height & 255] };
  if (format === 'png') {
    const start = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
    return Uint8Array.of(...start, ...uint32(width), ...uint32(height), 8, 6, 0, 0, 0, seed);
  }
  if (format === 'gif') {
    const little = [width & 255, width >> 8, height & 255, height >> 8];
    return Uint8Array.of(...new TextEncoder().encode('GIF89a'), ...little, 0, 0, 0, seed);
  }
  return joined([
    Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, seed),
    Uint8Array.of(0xff, 0xc0, 0, 11, 8, ...sizes.bigHeight, ...sizes.big, 1, 1, 0x11, 0, 0xff, 0xd9),
  ]);
}
