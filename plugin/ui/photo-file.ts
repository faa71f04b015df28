/** What a file is and whether it can become a panorama, told before anything is sent. */
import type { Size } from '../../shared/geometry.ts';
import { PHOTO_LIMITS } from '../../shared/protocol.ts';

export type PhotoFormat = 'PNG' | 'JPEG' | 'WebP' | 'AVIF' | 'GIF' | 'TIFF';

/** Formats worth naming when they are refused. */
export type ForeignFormat = 'HEIC' | 'SVG' | 'PDF' | 'BMP' | 'Photoshop' | 'JPEG XL';

/** Why a file is not taken. */
export type PhotoProblem =
  | { readonly type: 'empty' }
  /** The file is larger than the server takes. */
  | { readonly type: 'too-heavy'; readonly bytes: number }
  /** Null where the format has no name here. */
  | { readonly type: 'foreign'; readonly format: ForeignFormat | null }
  /** A photo by its first bytes, but it does not open. */
  | { readonly type: 'damaged' }
  | { readonly type: 'too-many-pixels'; readonly size: Size }
  | { readonly type: 'too-small'; readonly size: Size }
  | { readonly type: 'too-narrow'; readonly size: Size };

/** So much of a file's start tells its format. */
export const HEAD_BYTES = 1024;

/** Bytes at the start of a file, as Latin-1 text. */
const SIGNATURES: readonly (readonly [string, PhotoFormat | ForeignFormat])[] = [
  ['\x89PNG\r\n\x1a\n', 'PNG'],
  ['\xff\xd8\xff', 'JPEG'],
  ['GIF87a', 'GIF'],
  ['GIF89a', 'GIF'],
  ['II*\0', 'TIFF'],
  ['MM\0*', 'TIFF'],
  ['%PDF', 'PDF'],
  ['8BPS', 'Photoshop'],
  ['BM', 'BMP'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\0\x0cJXL ', 'JPEG XL'],
];
const PHOTO_FORMATS: readonly string[] = ['PNG', 'JPEG', 'WebP', 'AVIF', 'GIF', 'TIFF'];
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/** What a chooser of files offers. */
export const ACCEPTED_TYPES = 'image/png,image/jpeg,image/webp,image/avif,image/gif,image/tiff';

/** Tells a file's format by its first bytes and never by its name. */
export function formatOf(head: Uint8Array): PhotoFormat | ForeignFormat | null {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  for (const [signature, format] of SIGNATURES) if (text.startsWith(signature)) return format;
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'WebP';
  if (text.startsWith('ftyp', 4)) return brandOf(text);
  return /^\s*</.test(text) && /<svg/i.test(text) ? 'SVG' : null;
}

export function isPhotoFormat(format: PhotoFormat | ForeignFormat | null): format is PhotoFormat {
  return format !== null && PHOTO_FORMATS.includes(format);
}

/** AVIF and HEIC share a container that lists its brands. */
function brandOf(text: string): PhotoFormat | ForeignFormat | null {
  const boxBytes = (text.charCodeAt(2) << 8) | text.charCodeAt(3);
  const brands: string[] = text.slice(8, boxBytes).match(/[\s\S]{4}/g) ?? [];
  if (brands.includes('avif') || brands.includes('avis')) return 'AVIF';
  return brands.some((brand) => HEIC_BRANDS.includes(brand)) ? 'HEIC' : null;
}

/** What is wrong with a file of this many bytes, before it is read. */
export function problemOfBytes(bytes: number): PhotoProblem | null {
  if (bytes === 0) return { type: 'empty' };
  return bytes > PHOTO_LIMITS.bytes ? { type: 'too-heavy', bytes } : null;
}

/** What is wrong with a photo of this size. */
export function problemOfSize(size: Size): PhotoProblem | null {
  const short = Math.min(size.width, size.height);
  const long = Math.max(size.width, size.height);
  if (short < PHOTO_LIMITS.minSide) return { type: 'too-small', size };
  if (long > short * PHOTO_LIMITS.maxAspectRatio) return { type: 'too-narrow', size };
  return size.width * size.height > PHOTO_LIMITS.pixels ? { type: 'too-many-pixels', size } : null;
}
