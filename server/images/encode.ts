import { sharp, type Sharp } from './sharp.ts';
import type { Format } from '../../shared/request.ts';
import { CHANNELS, type Picture } from './picture.ts';

/**
 * Encodes a picture as PNG (lossless), JPEG (quality 92, full colour resolution) or WebP (quality 90). The files
 * carry no profile, which every reader takes for sRGB, so PNG keeps the pixels bit for bit.
 */
export async function encodePicture(picture: Picture, format: Format): Promise<Uint8Array> {
  const pipeline = sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: CHANNELS },
    limitInputPixels: false,
  });
  return encoded(pipeline, format).toBuffer();
}

/** The pipeline, ending in the format. */
export function encoded(pipeline: Sharp, format: Format): Sharp {
  switch (format) {
    case 'png':
      // Filtered level 2: half of level 6's time for a tenth more bytes, and half the bytes of no filter.
      return pipeline.png({ compressionLevel: 2, adaptiveFiltering: true });
    case 'jpeg':
      return pipeline.jpeg({ quality: 92, chromaSubsampling: '4:4:4' });
    case 'webp':
      return pipeline.webp({ quality: 90, smartSubsample: true });
    default:
      return format satisfies never;
  }
}
