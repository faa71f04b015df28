/** Small pictures to show while, or instead of, the large ones: data URLs of a few kilobytes. */
import { sharp, type Sharp } from './sharp.ts';
import { CHANNELS, type Picture } from './picture.ts';

/** Long side, in pixels. */
const SIDE = 256;

export function thumbnailOf({ width, height, data }: Picture): Promise<string> {
  return encode(sharp(data, { raw: { width, height, channels: CHANNELS }, limitInputPixels: false }));
}

/** Of an encoded picture. */
export function thumbnailOfFile(bytes: Uint8Array): Promise<string> {
  return encode(sharp(bytes, { limitInputPixels: false }));
}

async function encode(picture: Sharp): Promise<string> {
  const small = await picture
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75 })
    .toBuffer();
  return `data:image/webp;base64,${small.toString('base64')}`;
}
