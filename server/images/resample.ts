import { sharp } from './sharp.ts';
import { CHANNELS, type Picture } from './picture.ts';

/**
 * The picture at another size, in pixels; the proportions need not stay. Shrinking is antialiased (Lanczos-3),
 * enlarging is cubic. The same size gives the same pixels.
 */
export async function resample(picture: Picture, width: number, height: number): Promise<Picture> {
  if (width === picture.width && height === picture.height) return picture;
  const { data, info } = await sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: CHANNELS },
    limitInputPixels: false,
  })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== CHANNELS || info.width !== width || info.height !== height) {
    throw new Error(
      `internal: resample: expected ${width}×${height}×${CHANNELS}, got ${info.width}×${info.height}×${info.channels}`,
    );
  }
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
