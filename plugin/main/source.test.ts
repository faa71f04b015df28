import type {
  ImagePaint,
  Paint,
  PluginAPI,
  RectangleNode,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import {
  add,
  fakeImage,
  gradientFill,
  imageFill,
  loseImage,
  patternFill,
  videoFill,
  type FakeFigma,
} from '../fake-figma/fake-figma.ts';
import type { SourceAnswer, SourceBytes } from '../messages.ts';
import { eventually } from '../ui/eventually.testing.ts';
import { pictureSize } from './picture-size.ts';
import { PHOTO_SIZE, names, photo, photoBytes, reportOf } from './plugin.testing.ts';
import { sourceId } from './source-id.ts';
import { readSource } from './source.ts';

/** The bytes of the first source of a selection. */
async function firstOf(
  build: (figma: PluginAPI) => void | Promise<void>,
  ...selected: readonly string[]
): Promise<SourceBytes & { readonly fake: FakeFigma }> {
  const { sources, fake } = await reportOf(build, ...selected);
  return { ...bytesOf(await readSource(fake.figma, sources[0]?.id ?? '')), fake };
}

function bytesOf(answer: SourceAnswer): SourceBytes {
  if (!answer.ok) throw new Error(answer.message);
  return answer.source;
}

describe('the bytes of a source', () => {
  it('[DOC6] are those of its fill, as they are', async () => {
    const { bytes, crop, rotation, size } = await firstOf((figma) => {
      add(figma, 'FRAME', { name: 'Hero', width: 1440, height: 491, fills: [photo(figma)] });
    }, 'Hero');
    expect(bytes).toEqual(photoBytes());
    expect({ crop, rotation, size }).toEqual({ crop: null, rotation: 0, size: { width: 1440, height: 491 } });
  });

  it('[DOC10] come with the crop, or the rotation', async () => {
    const imageTransform: ImagePaint['imageTransform'] = [
      [0.5, 0, 0.1],
      [0, 0.25, 0.2],
    ];
    const of = (options: Partial<ImagePaint>) =>
      firstOf(
        (figma) => void add(figma, 'RECTANGLE', { name: 'Hero', fills: [photo(figma, 0, options)] }),
        'Hero',
      );
    expect((await of({ scaleMode: 'CROP', imageTransform })).crop).toEqual(imageTransform);
    expect((await of({ scaleMode: 'CROP' })).crop).toBeNull();
    expect((await of({ scaleMode: 'FILL', imageTransform })).crop).toBeNull();
    expect((await of({ scaleMode: 'FIT', rotation: -90 })).rotation).toBe(270);
    expect((await of({ scaleMode: 'FILL', rotation: 180 })).rotation).toBe(180);
  });

  it('[DOC11] of a rotated layer are the fill’s, or drawn unrotated', async () => {
    const turned = (figma: PluginAPI, fills: readonly Paint[]) => {
      add(figma, 'RECTANGLE', { name: 'Hero', width: 2000, height: 1000, fills }).rotation = 45;
    };
    const image = await firstOf((figma) => turned(figma, [photo(figma)]), 'Hero');
    expect(image.bytes).toEqual(photoBytes());
    expect(image.size).toEqual({ width: 2000, height: 1000 });
    const gradient = await firstOf((figma) => turned(figma, [gradientFill()]), 'Hero');
    expect(pictureSize(gradient.bytes)).toEqual({ width: 2000, height: 1000 });
  });

  it('[DOC12] are drawn where there are none, from 1024 to 4096 px on the longest side', async () => {
    const of = async (width: number, height: number) => {
      const { bytes } = await firstOf(
        (figma) => void add(figma, 'RECTANGLE', { name: 'Hero', width, height, fills: [gradientFill()] }),
        'Hero',
      );
      return pictureSize(bytes);
    };
    expect(await of(256, 128)).toEqual({ width: 1024, height: 512 });
    expect(await of(2000, 1000)).toEqual({ width: 2000, height: 1000 });
    expect(await of(1024, 8192)).toEqual({ width: 512, height: 4096 });
  });

  it('[DOC12] of one paint are drawn without what lies over it, and leave no trace', async () => {
    const paints = {
      tile: (figma: PluginAPI) => photo(figma, 0, { scaleMode: 'TILE', scalingFactor: 1 }),
      gradient: () => gradientFill(),
      video: () => videoFill(),
      pattern: (figma: PluginAPI) =>
        patternFill(figma.currentPage.findOne(({ name }) => name === 'Dot') ?? figma.createFrame()),
    };
    for (const [rendered, paint] of Object.entries(paints)) {
      const { sources, fake } = await reportOf(async (figma) => {
        add(figma, 'ELLIPSE', { name: 'Dot' });
        const frame = add(figma, 'FRAME', { name: 'Hero', width: 1200, height: 600 });
        add(figma, 'TEXT', { name: 'Words', parent: frame });
        await frame.setFillsAsync([paint(figma)]);
      }, 'Hero');
      expect(sources[0]?.rendered).toBe(rendered);
      const layers = fake.figma.currentPage.findAll().length;
      const { bytes, size } = bytesOf(await readSource(fake.figma, sources[0]?.id ?? ''));
      expect(pictureSize(bytes)).toEqual({ width: 1200, height: 600 });
      expect(size).toEqual({ width: 1200, height: 600 });
      expect(fake.figma.currentPage.findAll()).toHaveLength(layers);
      expect(fake.document.steps).toBe(0);
      expect(names([...fake.figma.currentPage.selection])).toEqual(['Hero']);
    }
  });

  it('[DOC12] of one paint leave no trace either where the plugin is closed meanwhile', async () => {
    const { sources, fake } = await reportOf(
      (figma) => void add(figma, 'FRAME', { name: 'Hero', fills: [gradientFill(), gradientFill()] }),
      'Hero',
    );
    const { document } = fake;
    const layers = () => document.get(document.currentPage).children.length;
    expect(layers()).toBe(1);
    let draws = false;
    const drawingOn = (node: RectangleNode): RectangleNode =>
      new Proxy(node, {
        get(target, key) {
          if (key !== 'exportAsync') return Reflect.get(target, key) as unknown;
          return () => {
            draws = true;
            return new Promise(() => undefined);
          };
        },
      });
    const slow = new Proxy(fake.figma, {
      get: (target, key) =>
        key === 'createRectangle'
          ? () => drawingOn(target.createRectangle())
          : (Reflect.get(target, key) as unknown),
    });
    void readSource(slow, sources[0]?.id ?? '');
    await eventually(() => draws);
    expect(layers()).toBe(2);
    fake.user.closePlugin();
    expect(layers()).toBe(1);
  });

  it('[DOC12] of vectors and texts are the layer as Figma draws it', async () => {
    for (const type of ['VECTOR', 'TEXT'] as const) {
      const { bytes } = await firstOf(
        async (figma) => {
          await figma.loadFontAsync({ family: 'Inter', style: 'Regular' });
          add(figma, 'FRAME', { name: 'Hero', width: 1440, height: 491 });
          const layer = add(figma, type, {
            name: 'Art',
            fills: [gradientFill()].slice(type === 'TEXT' ? 1 : 0),
          });
          if (layer.type === 'TEXT') layer.characters = 'Panorama';
          layer.strokes = [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }];
        },
        'Art',
        'Hero',
      );
      const { width = 0, height = 0 } = pictureSize(bytes) ?? {};
      expect(Math.max(width, height)).toBe(1024);
    }
  });

  it('[DOC12] that Figma does not draw are told', async () => {
    const { fake } = await reportOf((figma) => {
      add(figma, 'FRAME', { name: 'Hidden', visible: false });
    });
    const id = sourceId({ kind: 'layer', nodeId: fake.document.named('Hidden') });
    expect(await readSource(fake.figma, id)).toMatchObject({ ok: false, problem: 'not-rendered' });
  });

  it('[DOC13] of a GIF are its own', async () => {
    const gif = fakeImage('gif', PHOTO_SIZE);
    const { bytes } = await firstOf((figma) => {
      add(figma, 'RECTANGLE', { name: 'Hero', fills: [imageFill(figma, gif)] });
    }, 'Hero');
    expect(bytes).toEqual(gif);
  });

  it('[DOC21] that the file has lost are told, and so is a layer that is gone', async () => {
    const { sources, fake } = await reportOf((figma) => {
      add(figma, 'RECTANGLE', { name: 'Hero', fills: [photo(figma)] });
    }, 'Hero');
    const id = sources[0]?.id ?? '';
    loseImage(fake.document, photo(fake.figma).imageHash ?? '');
    expect(await readSource(fake.figma, id)).toMatchObject({ ok: false, problem: 'missing' });
    const node = await fake.figma.getNodeByIdAsync(fake.document.named('Hero'));
    if (node?.type === 'RECTANGLE') node.fills = [];
    expect(await readSource(fake.figma, id)).toMatchObject({ ok: false, problem: 'gone' });
    node?.remove();
    for (const gone of [id, 'nonsense', 'image/1:2', 'paint//0/x', '']) {
      expect(await readSource(fake.figma, gone), gone).toMatchObject({ ok: false, problem: 'gone' });
    }
  });

  it('[DOC9] follow a fill to where it lies now', async () => {
    const { sources, fake } = await reportOf((figma) => {
      add(figma, 'RECTANGLE', { name: 'Hero', fills: [photo(figma)] });
    }, 'Hero');
    const node = await fake.figma.getNodeByIdAsync(fake.document.named('Hero'));
    if (node?.type === 'RECTANGLE')
      node.fills = [gradientFill(), imageFill(fake.figma, photoBytes(9)), photo(fake.figma)];
    expect(bytesOf(await readSource(fake.figma, sources[0]?.id ?? '')).bytes).toEqual(photoBytes());
  });
});
