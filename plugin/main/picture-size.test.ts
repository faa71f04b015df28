import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { fakeImage } from '../fake-figma/fake-figma.ts';
import { pictureSize } from './picture-size.ts';

const SIZE = { width: 37, height: 23 };
const picture = () => sharp({ create: { ...SIZE, channels: 3, background: '#446688' } });

describe('the size of a picture', () => {
  it('[DOC29] is told by the headers of real PNG and JPEG files', async () => {
    expect(pictureSize(await picture().png().toBuffer())).toEqual(SIZE);
    expect(pictureSize(await picture().jpeg().toBuffer())).toEqual(SIZE);
    expect(
      pictureSize(
        await picture()
          .jpeg({ progressive: true })
          .withExif({ IFD0: { Artist: 'x' } })
          .toBuffer(),
      ),
    ).toEqual(SIZE);
  });

  it('[DOC29] is found in a part of a larger buffer, and behind filled up markers', () => {
    const png = fakeImage('png', SIZE);
    expect(pictureSize(new Uint8Array([1, 2, 3, ...png]).subarray(3))).toEqual(SIZE);
    const jpeg = fakeImage('jpeg', SIZE);
    expect(pictureSize(Uint8Array.of(...jpeg.subarray(0, 2), 0xff, 0xff, ...jpeg.subarray(2)))).toEqual(SIZE);
  });

  it('[DOC29] is not there in what is neither, or ends too early', async () => {
    expect(pictureSize(fakeImage('gif', SIZE))).toBeNull();
    expect(pictureSize(await picture().webp().toBuffer())).toBeNull();
    for (const format of ['png', 'jpeg'] as const) {
      const whole = fakeImage(format, SIZE);
      const sizeEnds = format === 'png' ? 24 : 17;
      for (let length = 0; length < sizeEnds; length++)
        expect(pictureSize(whole.subarray(0, length))).toBeNull();
    }
    expect(pictureSize(fakeImage('png', { width: 0, height: 5 }))).toBeNull();
    // The picture's own bytes begin before any frame.
    expect(pictureSize(Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2, ...new Uint8Array(20)))).toBeNull();
  });
});
