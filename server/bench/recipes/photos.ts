/** The photos that recipes are compared on. */
import { basename, extname, join } from 'node:path';
import type { Rectangle } from '../../../shared/geometry.ts';
import { readPhoto } from '../../cli/files.ts';
import { decodePicture } from '../../images/decode.ts';
import { CHANNELS, createPicture, type Picture } from '../../images/picture.ts';

export interface PhotoSource {
  /** Also in names of files. */
  readonly name: string;
  readonly path: string;
  /** Only this part of it, in its pixels; null for all. */
  readonly part: Rectangle | null;
}

/** Of three the horizon; the fourth is a part of one of them that has none. */
export function examplePhotos(folder: string): PhotoSource[] {
  const whole = ['mountain-pass', 'autumn-meadow', 'dandelions'].map((name) =>
    photoAt(join(folder, `${name}.jpg`)),
  );
  const grass = { x: 900, y: 375, width: 700, height: 525 };
  return [...whole, { name: 'grass', path: join(folder, 'dandelions.jpg'), part: grass }];
}

export function photoAt(path: string): PhotoSource {
  return { name: basename(path, extname(path)), path, part: null };
}

/** Throws `FileError` or `ImageError` where there is no such picture. */
export async function loadPhoto({ path, part }: PhotoSource): Promise<Picture> {
  const picture = await decodePicture(await readPhoto(path));
  return part ? cut(picture, part) : picture;
}

function cut({ width, data }: Picture, part: Rectangle): Picture {
  const picture = createPicture(part.width, part.height);
  const row = part.width * CHANNELS;
  for (let y = 0; y < part.height; y++) {
    const start = ((part.y + y) * width + part.x) * CHANNELS;
    picture.data.set(data.subarray(start, start + row), y * row);
  }
  return picture;
}
