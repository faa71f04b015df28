import { describe, expect, it, vi } from 'vitest';
import { PHOTO_LIMITS } from '../../../shared/protocol.ts';
import { FakeHost, pngFile } from '../fake-host.testing.ts';
import { detectFormat } from '../../../shared/picture-format.ts';
import { problemOfBytes, problemOfSize } from '../photo-file.ts';
import { tiffSize } from '../tiff-size.ts';
import { PhotoChoice } from './photo.ts';

const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A TIFF that is its directory alone. */
function tiff(entries: [tag: number, type: number, value: number][], little: boolean): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(8 + 2 + entries.length * 12));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, entries.length, little);
  entries.forEach(([tag, type, value], i) => {
    const at = 10 + i * 12;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, 1, little);
    if (type === 3) view.setUint16(at + 8, value, little);
    else view.setUint32(at + 8, value, little);
  });
  return view.buffer;
}

describe('the photo', () => {
  it('[UI6] a file is known by its first bytes', () => {
    const files: [string, ReturnType<typeof detectFormat>['format']][] = [
      ['\x89PNG\r\n\x1a\n....', 'PNG'],
      ['\xff\xd8\xff\xe0', 'JPEG'],
      ['RIFF\x10\0\0\0WEBPVP8 ', 'WebP'],
      ['GIF89a', 'GIF'],
      ['II*\0', 'TIFF'],
      ['\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', 'AVIF'],
      ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'HEIC'],
      ['%PDF-1.7', 'PDF'],
      ['8BPS\0\x01', 'Photoshop'],
      ['<?xml version="1.0"?>\n<svg xmlns="x">', 'SVG'],
      ['hello', null],
      ['', null],
    ];
    for (const [head, format] of files) expect(detectFormat(latin1(head)).format, head).toBe(format);
  });

  it('[UI6] weight and size are held to what the server takes', () => {
    expect(problemOfBytes(0)?.type).toBe('empty');
    expect(problemOfBytes(PHOTO_LIMITS.bytes)).toBeNull();
    expect(problemOfBytes(PHOTO_LIMITS.bytes + 1)?.type).toBe('too-heavy');
    const sizes: [number, number, string | undefined][] = [
      [16, 16, undefined],
      [15, 400, 'too-small'],
      [320, 16, undefined],
      [321, 16, 'too-narrow'],
      [10_000, 10_000, undefined],
      [10_001, 10_000, 'too-many-pixels'],
    ];
    for (const [width, height, type] of sizes) expect(problemOfSize({ width, height })?.type).toBe(type);
  });

  it('[UI7] a good file is taken with its size, whatever it is called', async () => {
    const choice = new PhotoChoice(new FakeHost());
    await choice.choose({ blob: pngFile(), name: 'notes.txt' });
    expect(choice.photo.value).toMatchObject({ name: 'notes.txt', size: { width: 1600, height: 1200 } });
    expect(choice.photo.value?.url).toMatch(/^blob:/);
    expect(choice.problem.value).toBeNull();
  });

  it('[UI7] a wrong file is told and leaves the photo before it; the next good one takes the word back', async () => {
    const host = new FakeHost();
    const choice = new PhotoChoice(host);
    await choice.choose({ blob: pngFile(), name: 'first' });
    await choice.choose({ blob: new Blob(['text']), name: 'second' });
    expect(choice.problem.value).toEqual({ type: 'foreign', format: null });
    expect(choice.photo.value?.name).toBe('first');
    host.size = { width: 4, height: 4 };
    await choice.choose({ blob: pngFile(), name: 'third' });
    expect(choice.problem.value?.type).toBe('too-small');
    host.size = null;
    await choice.choose({ blob: pngFile(), name: 'fourth' });
    expect(choice.problem.value).toEqual({ type: 'damaged' });
    host.size = { width: 400, height: 300 };
    await choice.choose({ blob: pngFile(), name: 'fifth' });
    expect(choice.problem.value).toBeNull();
    expect(choice.photo.value?.name).toBe('fifth');
  });

  it('[UI7] of several files chosen in a row the last one counts', async () => {
    const host = new FakeHost();
    const waiting: (() => void)[] = [];
    host.measure = () => new Promise((resolve) => waiting.push(() => resolve({ width: 100, height: 100 })));
    const free = vi.spyOn(URL, 'revokeObjectURL');
    const choice = new PhotoChoice(host);
    const slow = choice.choose({ blob: pngFile(), name: 'slow' });
    const quick = choice.choose({ blob: pngFile(), name: 'quick' });
    while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    waiting[1]?.();
    await quick;
    waiting[0]?.();
    await slow;
    expect(choice.photo.value?.name).toBe('quick');
    expect(choice.reading.value).toBe(false);
    expect(free).toHaveBeenCalledTimes(1);
    expect(free).not.toHaveBeenCalledWith(choice.photo.value?.url);
    free.mockRestore();
  });

  it('[UI8] a TIFF, which browsers do not open, gives its upright size', async () => {
    for (const little of [true, false]) {
      const plain = tiff(
        [
          [256, 3, 640],
          [257, 4, 480],
        ],
        little,
      );
      expect(tiffSize(plain)).toEqual({ width: 640, height: 480 });
      expect(
        tiffSize(
          tiff(
            [
              [256, 3, 640],
              [257, 3, 480],
              [274, 3, 6],
            ],
            little,
          ),
        ),
      ).toEqual({
        width: 480,
        height: 640,
      });
      expect(tiffSize(plain.slice(0, 20))).toBeNull();
    }
    expect(tiffSize(tiff([[256, 3, 0]], true))).toBeNull();
    const host = new FakeHost();
    host.size = null;
    const choice = new PhotoChoice(host);
    await choice.choose({
      blob: new Blob([
        tiff(
          [
            [256, 3, 640],
            [257, 3, 480],
          ],
          true,
        ),
      ]),
      name: 'a.tif',
    });
    expect(choice.photo.value).toMatchObject({ size: { width: 640, height: 480 }, url: null });
  });
});
