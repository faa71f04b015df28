import { sharp, type Metadata, type OutputInfo } from './sharp.ts';
import { damaged, inspect } from './inspect.ts';
import { MAX_PIXELS } from './limits.ts';
import { CHANNELS, type Picture } from './picture.ts';

const WHITE = '#ffffff';

/**
 * Decodes a PNG, JPEG, WebP, AVIF, GIF or TIFF file, known by its content, to upright 8-bit sRGB: the EXIF
 * orientation is applied, any ICC profile and CMYK converted, transparency laid on white, and of an animation
 * or of several pages the first is taken. Limits are checked on the header, before any pixel is decoded.
 *
 * Throws `ImageError` where the file is not such a picture.
 */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  const { format, metadata } = await inspect(bytes);
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
