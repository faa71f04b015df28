/** Pictures for a report that must stay small enough to be mailed. */
import { encodePicture } from '../../images/encode.ts';
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';

/** Bytes that all pictures of a report may take together, and what a pixel takes as WebP at most times. */
const BUDGET_BYTES = 9_500_000;
const BYTES_PER_PIXEL = 0.32;

/** The picture as a data URL, made smaller where `count` of them would exceed the report's budget. */
export async function thumbnail(picture: Picture, count: number): Promise<string> {
  const pixels = BUDGET_BYTES / count / BYTES_PER_PIXEL;
  const scale = Math.min(1, Math.sqrt(pixels / (picture.width * picture.height)));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const small = await resample(picture, side(picture.width), side(picture.height));
  return `data:image/webp;base64,${Buffer.from(await encodePicture(small, 'webp')).toString('base64')}`;
}
