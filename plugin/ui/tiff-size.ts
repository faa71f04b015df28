/** The size of a TIFF, read from its first directory: browsers do not open TIFFs, the server does. */
import type { Size } from '../../shared/geometry.ts';

const WIDTH = 256;
const HEIGHT = 257;
const ORIENTATION = 274;
/** Orientations from here on lie on their side. */
const FIRST_SIDEWAYS = 5;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** The size as it is seen upright, in pixels; null where the file has none or is cut off. */
export function tiffSize(bytes: ArrayBuffer): Size | null {
  const view = new DataView(bytes);
  try {
    const little = view.getUint16(0) === 0x4949;
    const start = view.getUint32(4, little);
    const found = new Map<number, number>();
    for (let i = 0; i < view.getUint16(start, little); i++) {
      const entry = start + 2 + i * ENTRY_BYTES;
      const short = view.getUint16(entry + 2, little) === SHORT;
      const value = short ? view.getUint16(entry + 8, little) : view.getUint32(entry + 8, little);
      found.set(view.getUint16(entry, little), value);
    }
    const width = found.get(WIDTH) ?? 0;
    const height = found.get(HEIGHT) ?? 0;
    if (width < 1 || height < 1) return null;
    const sideways = (found.get(ORIENTATION) ?? 1) >= FIRST_SIDEWAYS;
    return sideways ? { width: height, height: width } : { width, height };
  } catch {
    // The directory lies beyond the end.
    return null;
  }
}
