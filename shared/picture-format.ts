/** What a file is, told by its first bytes and never by its name. */

export const PICTURE_FORMATS = ['PNG', 'JPEG', 'WebP', 'AVIF', 'GIF', 'TIFF'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Formats worth naming when they are refused. */
export type OtherFormat = 'HEIC' | 'SVG' | 'PDF' | 'BMP' | 'ICO' | 'Photoshop' | 'JPEG XL' | 'JPEG 2000';

export type DetectedFormat =
  | { readonly accepted: true; readonly format: PictureFormat }
  | { readonly accepted: false; readonly format: OtherFormat | null };

/** Bytes at the start of a file, as Latin-1 text. */
const SIGNATURES: readonly (readonly [string, PictureFormat | OtherFormat])[] = [
  ['\x89PNG\r\n\x1a\n', 'PNG'],
  ['\xff\xd8\xff', 'JPEG'],
  ['GIF87a', 'GIF'],
  ['GIF89a', 'GIF'],
  ['II*\0', 'TIFF'],
  ['MM\0*', 'TIFF'],
  ['II+\0', 'TIFF'],
  ['MM\0+', 'TIFF'],
  ['%PDF', 'PDF'],
  ['8BPS', 'Photoshop'],
  ['\0\0\x01\0', 'ICO'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\0\x0cJXL ', 'JPEG XL'],
  ['\0\0\0\x0cjP  ', 'JPEG 2000'],
];

const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/** So much of a file's start tells its format. */
export const HEAD_BYTES = 1024;

/** Tells the format of a file; `format` is null where it is none that this project has a name for. */
export function detectFormat(bytes: Uint8Array): DetectedFormat {
  const head = String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
  const format = find(head);
  const accepted = PICTURE_FORMATS.find((name) => name === format);
  return accepted === undefined
    ? { accepted: false, format: format as OtherFormat | null }
    : { accepted: true, format: accepted };
}

function find(head: string): PictureFormat | OtherFormat | null {
  for (const [signature, format] of SIGNATURES) if (head.startsWith(signature)) return format;
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'WebP';
  if (head.startsWith('ftyp', 4)) return findBrand(head);
  // Bitmaps have two letters only, so a text may begin with them; their reserved bytes are 0.
  if (head.startsWith('BM') && head.startsWith('\0\0\0\0', 6)) return 'BMP';
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!doctype svg|!--|svg)/i.test(head) && /<svg/i.test(head)) return 'SVG';
  return null;
}

/** AVIF and HEIC share a container that lists its brands: the major one, a version, then the compatible ones. */
function findBrand(head: string): PictureFormat | OtherFormat | null {
  const boxBytes = (head.charCodeAt(2) << 8) | head.charCodeAt(3);
  const brands: string[] = [];
  for (let at = 8; at < boxBytes && at + 4 <= head.length; at += 4) brands.push(head.slice(at, at + 4));
  if (brands.includes('avif') || brands.includes('avis')) return 'AVIF';
  return brands.some((brand) => HEIC_BRANDS.includes(brand)) ? 'HEIC' : null;
}
