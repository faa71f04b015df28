/** The report's pictures: each made small once, however often the report is written. */
import { decodePicture } from '../../images/decode.ts';
import { thumbnail } from '../report/thumbnails.ts';
import type { View } from './kept.ts';

/** The picture of a view as a data URL. */
export type ImageOf = (view: View) => Promise<string>;

/** For a report of so many pictures. */
export function createThumbnails(count: number): ImageOf {
  const made = new WeakMap<View, Promise<string>>();
  return (view) => {
    const image =
      made.get(view) ??
      decodePicture(Buffer.from(view.image, 'base64')).then((picture) => thumbnail(picture, count));
    made.set(view, image);
    return image;
  };
}
