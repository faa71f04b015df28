import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture } from './decode.ts';
import { encodePicture } from './encode.ts';
import { ImageError, type ImageErrorCode } from './errors.ts';
import { attachProfile, linearGreyProfile, pngClaiming } from './crafted-files.testing.ts';
import { MAX_FILE_BYTES } from './limits.ts';
import type { Picture } from './picture.ts';

const EXAMPLE = new URL('../../examples/dandelions.jpg', import.meta.url);
const COLOUR = { r: 200, g: 100, b: 50 };

/** A picture of one colour, ready to be encoded. */
function plain(width = 64, height = 48): Sharp {
  return sharp({ create: { width, height, channels: 3, background: COLOUR } });
}

function transparent(alpha: number): Sharp {
  return sharp({ create: { width: 64, height: 48, channels: 4, background: { ...COLOUR, alpha } } });
}

/** A picture of one grey, with one channel. */
function grey(value: number): Sharp {
  return sharp(Buffer.alloc(64 * 48, value), { raw: { width: 64, height: 48, channels: 1 } });
}

function pixel(picture: Picture, x = 32, y = 24): number[] {
  const at = 3 * (y * picture.width + x);
  return [...picture.data.subarray(at, at + 3)];
}

function expectColour(picture: Picture, expected: readonly number[], tolerance: number): void {
  expect([picture.width, picture.height, picture.data.length]).toEqual([64, 48, 64 * 48 * 3]);
  pixel(picture).forEach((value, i) =>
    expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThanOrEqual(tolerance),
  );
}

async function expectRefused(bytes: Uint8Array, code: ImageErrorCode, text: string): Promise<void> {
  const error: unknown = await decodePicture(bytes).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ImageError);
  if (!(error instanceof ImageError)) return;
  expect([error.code, error.kind]).toEqual([code, 'request']);
  expect(error.message).toContain(text);
  expect(error.message).toMatch(/^photo: expected [^\n]+, got [^\n]+$/);
  expect(error.message).not.toMatch(/vips|Input buffer/i);
}

describe('decodePicture', () => {
  it.each(['png', 'jpeg', 'webp', 'avif', 'gif', 'tiff'] as const)(
    '[IMG5] reads %s by its content',
    async (format) => {
      expectColour(await decodePicture(await plain().toFormat(format).toBuffer()), [200, 100, 50], 4);
    },
  );

  it('[IMG6] turns a picture upright by its EXIF orientation', async () => {
    const halves = plain().composite([
      { input: { create: { width: 32, height: 48, channels: 3, background: '#00f' } }, left: 0, top: 0 },
    ]);
    const source = await sharp(await halves.png().toBuffer())
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const picture = await decodePicture(source);
    expect([picture.width, picture.height]).toEqual([48, 64]);
    expect(pixel(picture, 24, 5)[2]).toBeGreaterThan(240);
    expect(pixel(picture, 24, 60)[0]).toBeGreaterThan(190);
  });

  it('[IMG7] converts an ICC profile to sRGB, at 8 and 16 bits, with and without colour', async () => {
    const displayP3 = await plain().withIccProfile('p3').png().toBuffer();
    const stored = await sharp(displayP3, { ignoreIcc: true }).raw().toBuffer();
    expect([...stored.subarray(0, 3)]).not.toEqual([200, 100, 50]);
    expectColour(await decodePicture(displayP3), [200, 100, 50], 1);

    for (const profile of ['p3', 'srgb']) {
      const deep = await plain().toColourspace('rgb16').withIccProfile(profile).png().toBuffer();
      expect((await sharp(deep).metadata()).depth).toBe('ushort');
      expectColour(await decodePicture(deep), [200, 100, 50], 1);
    }

    const linear = attachProfile(await grey(128).toColourspace('b-w').png().toBuffer(), linearGreyProfile());
    expectColour(await decodePicture(linear), [188, 188, 188], 1);
    const deep = await grey(128).toColourspace('grey16').png().toBuffer();
    expectColour(await decodePicture(attachProfile(deep, linearGreyProfile())), [188, 188, 188], 1);
  });

  it('[IMG8] converts CMYK, with a profile and without', async () => {
    const bare = await plain().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    const tagged = await plain().toColourspace('cmyk').withIccProfile('cmyk').tiff().toBuffer();
    for (const source of [bare, tagged]) {
      expect((await sharp(source).metadata()).space).toBe('cmyk');
      expectColour(await decodePicture(source), [200, 100, 50], 40);
    }
  });

  it('[IMG9] reads grey and 16-bit pictures', async () => {
    expectColour(await decodePicture(await grey(90).toColourspace('b-w').png().toBuffer()), [90, 90, 90], 0);
    expectColour(
      await decodePicture(await grey(90).toColourspace('grey16').png().toBuffer()),
      [90, 90, 90],
      0,
    );
    const deep = await plain().toColourspace('rgb16').png().toBuffer();
    expectColour(await decodePicture(deep), [200, 100, 50], 0);
  });

  it('[IMG10] lays transparency on white, grey and 16-bit too', async () => {
    expectColour(await decodePicture(await transparent(0.5).png().toBuffer()), [227, 177, 152], 1);
    for (const space of ['srgb', 'rgb16', 'b-w', 'grey16']) {
      const source = await transparent(0).toColourspace(space).png().toBuffer();
      expectColour(await decodePicture(source), [255, 255, 255], 0);
    }
  });

  it.each(['gif', 'webp', 'tiff'] as const)(
    '[IMG11] takes the first picture of several (%s)',
    async (format) => {
      const frames = await Promise.all(
        ['#f00', '#00f'].map((background) =>
          sharp({ create: { width: 64, height: 48, channels: 3, background } })
            .png()
            .toBuffer(),
        ),
      );
      const source = await sharp(frames, { join: { animated: true } })
        .toFormat(format)
        .toBuffer();
      expect((await sharp(source).metadata()).pages).toBe(2);
      expectColour(await decodePicture(source), [255, 0, 0], 3);
    },
  );

  it('[IMG12] refuses what is not a picture it reads, whatever its name', async () => {
    await expectRefused(new Uint8Array(0), 'empty', 'got an empty file');
    await expectRefused(
      Buffer.from('Dear diary, BM and PNG\n'.repeat(9)),
      'not-a-picture',
      'PNG, JPEG, WebP',
    );
    await expectRefused(Buffer.alloc(5000), 'not-a-picture', 'another kind');
    const svg = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>';
    await expectRefused(Buffer.from(svg), 'unsupported-format', 'got SVG');
    await expectRefused(Buffer.from('%PDF-1.7\n'), 'unsupported-format', 'got PDF');
    await expectRefused(
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      'unsupported-format',
      'got HEIC',
    );
    await expectRefused(Buffer.from('BM\x46\0\0\0\0\0\0\0\x36\0', 'latin1'), 'unsupported-format', 'got BMP');
  });

  it('[IMG13] refuses a picture that is cut short or damaged, in every format', async () => {
    const photo = sharp(await readFile(EXAMPLE)).resize(400);
    for (const format of ['png', 'jpeg', 'webp', 'avif', 'gif', 'tiff'] as const) {
      const bytes = await photo.clone().toFormat(format).toBuffer();
      await expect(decodePicture(bytes)).resolves.toMatchObject({ width: 400 });
      for (const share of [0.2, 0.6, 0.95]) {
        await expectRefused(bytes.subarray(0, Math.floor(bytes.length * share)), 'damaged', 'cut short');
      }
      await expectRefused(bytes.subarray(0, 16), 'damaged', 'cut short');
    }
  });

  it('[IMG14] refuses too many bytes or pixels before decoding them', async () => {
    const heavy = Buffer.concat([await plain().png().toBuffer(), Buffer.alloc(MAX_FILE_BYTES)]);
    await expectRefused(heavy, 'too-large', 'at most 64 MiB, got 64.1 MiB');
    await expectRefused(pngClaiming(20000, 20000), 'too-large', '20000×20000 (400 megapixels)');
  });

  it('[IMG15] refuses sides under 16 px and shapes beyond 20:1', async () => {
    await expectRefused(await plain(1, 1).png().toBuffer(), 'too-small', 'at least 16 px a side, got 1×1');
    await expectRefused(await plain(15, 300).png().toBuffer(), 'too-small', '15×300');
    await expectRefused(await plain(337, 16).png().toBuffer(), 'too-narrow', '337×16 (21.1:1)');
    await expect(decodePicture(await plain(320, 16).png().toBuffer())).resolves.toMatchObject({ width: 320 });
  });
});

describe('encodePicture', () => {
  it('[IMG16] writes the size asked for in each format, PNG without changing a pixel', async () => {
    const picture = await decodePicture(
      await sharp(await readFile(EXAMPLE))
        .resize(301, 200, { fit: 'fill' })
        .png()
        .toBuffer(),
    );
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      const bytes = await encodePicture(picture, format);
      expect(await sharp(bytes).metadata()).toMatchObject({ format, width: 301, height: 200, channels: 3 });
      const again = await decodePicture(bytes);
      if (format === 'png') expect(Buffer.compare(again.data, picture.data)).toBe(0);
      let difference = 0;
      again.data.forEach((value, i) => (difference += Math.abs(value - (picture.data[i] ?? 0))));
      expect(difference / picture.data.length).toBeLessThan(4);
    }
  });
});
