import sharp, { type Metadata, type OutputInfo } from 'sharp';
import { ImageError } from './errors.ts';
import { detectFormat, PICTURE_FORMATS, type PictureFormat } from './format.ts';
import { checkFileSize, MAX_ASPECT_RATIO, MAX_PIXELS, MIN_SIDE } from './limits.ts';
import { CHANNELS, type Picture } from './picture.ts';

const WHITE = '#ffffff';
const ACCEPTED = `a ${PICTURE_FORMATS.slice(0, -1).join(', ')} or ${PICTURE_FORMATS.at(-1)} picture`;
/** The formats in sharp's words, where they differ from ours in lower case. */
const SHARP_FORMAT: Partial<Record<PictureFormat, string>> = { AVIF: 'heif' };

/**
 * Decodes a PNG, JPEG, WebP, AVIF, GIF or TIFF file, known by its content, to upright 8-bit sRGB: the EXIF
 * orientation is applied, any ICC profile and CMYK converted, transparency laid on white, and of an animation
 * or of several pages the first is taken. Limits are checked on the header, before any pixel is decoded.
 *
 * Throws `ImageError` where the file is not such a picture.
 */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  const format = checkFile(bytes);
  const metadata = await readHeader(bytes, format);
  checkHeader(metadata, format);

  const { data, info } = await decodePixels(bytes, metadata).catch((error: unknown) => {
    throw damaged(format, error);
  });
  if (info.channels !== CHANNELS)
    throw new Error(`internal: decode: expected 3 channels, got ${info.channels}`);
  return {
    width: info.width,
    height: info.height,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function checkFile(bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) throw new ImageError('empty', `expected ${ACCEPTED}, got an empty file`);
  checkFileSize(bytes.length);
  const detected = detectFormat(bytes);
  if (detected.accepted) return detected.format;
  if (detected.format === null)
    throw new ImageError('not-a-picture', `expected ${ACCEPTED}, got a file of another kind`);
  throw new ImageError('unsupported-format', `expected ${ACCEPTED}, got ${detected.format}`);
}

async function readHeader(bytes: Uint8Array, format: PictureFormat): Promise<Metadata> {
  let metadata: Metadata;
  try {
    // Without sharp's own limit, so that a size over ours is named.
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
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

async function decodePixels(
  bytes: Uint8Array,
  metadata: Metadata,
): Promise<{ data: Buffer; info: OutputInfo }> {
  let source = bytes;
  if (metadata.hasProfile && metadata.space === 'grey16') {
    // sharp applies no profile to 16-bit grey; it does to 8-bit grey.
    source = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .toColourspace('b-w')
      .keepMetadata()
      .png({ compressionLevel: 1 })
      .toBuffer();
  }
  let pipeline = sharp(source, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    .autoOrient()
    .flatten({ background: WHITE })
    .toColourspace('srgb');
  if (metadata.hasProfile && metadata.space === 'rgb16') {
    // sharp takes 16-bit colours with a profile to Display P3 and leaves them there.
    pipeline = pipeline.withIccProfile('srgb');
  }
  return pipeline.raw().toBuffer({ resolveWithObject: true });
}

function damaged(format: PictureFormat, cause?: unknown): ImageError {
  return new ImageError(
    'damaged',
    `expected a complete ${format} file, got one that is damaged or cut short`,
    cause,
  );
}
