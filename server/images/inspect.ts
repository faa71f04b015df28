/** What a picture is, by its first bytes and its header: no pixel is decoded. */
import { open } from 'node:fs/promises';
import { sharp, type Metadata } from './sharp.ts';
import type { Size } from '../../shared/geometry.ts';
import { ImageError } from './errors.ts';
import {
  detectFormat,
  HEAD_BYTES,
  PICTURE_FORMATS,
  type PictureFormat,
} from '../../shared/picture-format.ts';
import { checkFileSize, MAX_ASPECT_RATIO, MAX_PIXELS, MIN_SIDE } from './limits.ts';

const ACCEPTED = `a ${PICTURE_FORMATS.slice(0, -1).join(', ')} or ${PICTURE_FORMATS.at(-1)} picture`;
/** The formats in sharp's words, where they differ from ours in lower case. */
const SHARP_FORMAT: Partial<Record<PictureFormat, string>> = { AVIF: 'heif' };

export interface Inspected {
  readonly format: PictureFormat;
  readonly metadata: Metadata;
}

/** Checks a file in memory. Throws `ImageError` where it is not a picture of the accepted formats and sizes. */
export async function inspect(bytes: Uint8Array): Promise<Inspected> {
  return inspectSource(bytes, bytes, bytes.length);
}

/** Checks a file on the disk and tells its size, upright, in pixels. Throws `ImageError` as `inspect` does. */
export async function inspectPicture(path: string): Promise<Size> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    const { size } = await file.stat();
    const { metadata } = await inspectSource(path, head.subarray(0, bytesRead), size);
    const { width, height } = metadata.autoOrient;
    return { width, height };
  } finally {
    await file.close();
  }
}

async function inspectSource(
  source: Uint8Array | string,
  head: Uint8Array,
  sizeBytes: number,
): Promise<Inspected> {
  const format = checkFile(head, sizeBytes);
  const metadata = await readHeader(source, format);
  checkHeader(metadata, format);
  return { format, metadata };
}

function checkFile(head: Uint8Array, sizeBytes: number): PictureFormat {
  if (sizeBytes === 0) throw new ImageError('empty', `expected ${ACCEPTED}, got an empty file`);
  checkFileSize(sizeBytes);
  const detected = detectFormat(head);
  if (detected.accepted) return detected.format;
  if (detected.format === null)
    throw new ImageError('not-a-picture', `expected ${ACCEPTED}, got a file of another kind`);
  throw new ImageError('unsupported-format', `expected ${ACCEPTED}, got ${detected.format}`);
}

async function readHeader(source: Uint8Array | string, format: PictureFormat): Promise<Metadata> {
  let metadata: Metadata;
  try {
    // Without sharp's own limit, so that a size over ours is named.
    metadata = await sharp(source, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw damaged(format, error);
  }
  // Keeps a crafted file from reaching a decoder that its first bytes did not announce.
  if (metadata.format !== (SHARP_FORMAT[format] ?? format.toLowerCase())) throw damaged(format);
  return metadata;
}

function checkHeader(metadata: Metadata, format: PictureFormat): void {
  const { width, height } = metadata.autoOrient;
  const size = `${width}×${height}`;
  if (width * height > MAX_PIXELS) {
    const got = `${size} (${Math.ceil((width * height) / 1e6)} megapixels)`;
    throw new ImageError('too-large', `expected at most ${MAX_PIXELS / 1e6} megapixels, got ${got}`);
  }
  if (Math.min(width, height) < MIN_SIDE) {
    throw new ImageError('too-small', `expected at least ${MIN_SIDE} px a side, got ${size}`);
  }
  if (Math.max(width, height) > MAX_ASPECT_RATIO * Math.min(width, height)) {
    const got = `${size} (${(Math.max(width, height) / Math.min(width, height)).toFixed(1)}:1)`;
    throw new ImageError('too-narrow', `expected sides of at most ${MAX_ASPECT_RATIO}:1, got ${got}`);
  }
  if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') {
    const got = `a ${format} of ${metadata.depth} samples`;
    throw new ImageError('unsupported-format', `expected 8 or 16 bits a channel, got ${got}`);
  }
}

export function damaged(format: PictureFormat, cause?: unknown): ImageError {
  return new ImageError(
    'damaged',
    `expected a complete ${format} file, got one that is damaged or cut short`,
    cause,
  );
}
