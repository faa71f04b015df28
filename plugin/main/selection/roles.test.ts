import type { ImagePaint } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { add, gradientFill } from '../../fake-figma/fake-figma.ts';
import { addHero, names, photo, reportOf } from '../plugin.testing.ts';

describe('a selection', () => {
  it('[DOC25] of a frame without image fill offers the pictures in it, largest first', async () => {
    const { sources, targets } = await reportOf((figma) => {
      const frame = addHero(figma);
      const picture = (name: string, side: number, visible = true): void => {
        const fills = [photo(figma, side)];
        add(figma, 'RECTANGLE', { name, width: side, height: side, parent: frame, fills, visible });
      };
      picture('Small', 50);
      picture('Large', 200);
      picture('Hidden', 300, false);
      const folder = add(figma, 'FRAME', { name: 'Folder', parent: frame, visible: false });
      add(figma, 'RECTANGLE', { name: 'In hidden', parent: folder, fills: [photo(figma, 5)] });
      add(figma, 'TEXT', { name: 'Words', parent: frame });
    }, 'Hero');
    expect(names(sources)).toEqual(['Large', 'Small']);
    expect(names(targets)).toEqual(['Hero']);
  });

  it('[DOC25] of a frame without pictures offers its other fills, or a drawing, but no page of texts', async () => {
    const gradient = await reportOf((figma) => void (addHero(figma).fills = [gradientFill()]), 'Hero');
    expect(gradient.sources).toMatchObject([{ name: 'Hero', rendered: 'gradient' }]);
    const drawing = await reportOf((figma) => void add(figma, 'VECTOR', { parent: addHero(figma) }), 'Hero');
    expect(drawing.sources).toMatchObject([{ name: 'Hero', rendered: 'layer' }]);
    const page = await reportOf((figma) => {
      const frame = addHero(figma);
      add(figma, 'VECTOR', { parent: frame });
      add(figma, 'TEXT', { parent: frame });
    }, 'Hero');
    expect([page.sources, page.hint]).toEqual([[], 'needs-picture']);
    const empty = await reportOf((figma) => void addHero(figma), 'Hero');
    expect([empty.sources, names(empty.targets), empty.hint]).toEqual([[], ['Hero'], 'needs-picture']);
  });

  it('[DOC26] of a picture in a frame fills the frame where it is whole, itself where it is cut', async () => {
    const of = async (size: { width: number; height: number }, options: Partial<ImagePaint> = {}) => {
      const { targets } = await reportOf((figma) => {
        add(figma, 'RECTANGLE', {
          name: 'Photo',
          ...size,
          parent: addHero(figma),
          fills: [photo(figma, 0, options)],
        });
      }, 'Photo');
      return names(targets);
    };
    const [toFrame, inPlace] = [
      ['Hero', 'Photo'],
      ['Photo', 'Hero'],
    ];
    expect(await of({ width: 300, height: 200 })).toEqual(toFrame);
    expect(await of({ width: 300, height: 201 })).toEqual(toFrame);
    expect(await of({ width: 300, height: 300 }, { scaleMode: 'FIT' })).toEqual(toFrame);
    expect(await of({ width: 200, height: 300 }, { rotation: 90 })).toEqual(toFrame);
    expect(await of({ width: 300, height: 300 })).toEqual(inPlace);
    expect(await of({ width: 200, height: 300 })).toEqual(inPlace);
    const imageTransform: ImagePaint['imageTransform'] = [
      [0.5, 0, 0],
      [0, 0.5, 0],
    ];
    expect(await of({ width: 300, height: 200 }, { scaleMode: 'CROP', imageTransform })).toEqual(inPlace);
  });

  it('[DOC26] of pictures without a frame fills themselves, or a plain shape beside them', async () => {
    const free = await reportOf(
      (figma) => void add(figma, 'RECTANGLE', { name: 'Photo', fills: [photo(figma)] }),
      'Photo',
    );
    expect(names(free.targets)).toEqual(['Photo']);
    const beside = await reportOf(
      (figma) => {
        add(figma, 'RECTANGLE', { name: 'Photo', fills: [photo(figma)] });
        add(figma, 'RECTANGLE', { name: 'Place' });
      },
      'Photo',
      'Place',
    );
    expect([names(beside.sources), names(beside.targets)]).toEqual([['Photo'], ['Place']]);
    const words = await reportOf((figma) => void add(figma, 'TEXT', { name: 'Words' }), 'Words');
    expect([names(words.sources), words.targets, words.hint]).toEqual([['Words'], [], 'needs-frame']);
    const plain = await reportOf((figma) => void add(figma, 'RECTANGLE', { name: 'Place' }), 'Place');
    expect([plain.sources, names(plain.targets), plain.hint]).toEqual([[], ['Place'], 'needs-picture']);
  });

  it('[DOC26] of several pictures in one frame fills the frame, or the chosen one', async () => {
    const { sources, targets } = await reportOf(
      (figma) => {
        const parent = addHero(figma);
        add(figma, 'RECTANGLE', { name: 'Left', parent, fills: [photo(figma, 1)] });
        add(figma, 'RECTANGLE', { name: 'Right', parent, fills: [photo(figma, 2)] });
      },
      'Left',
      'Right',
    );
    expect(names(sources)).toEqual(['Right', 'Left']);
    expect(names(targets)).toEqual(['Hero', 'Right', 'Left']);
  });

  it('[DOC26] of a picture in a section stays where it is', async () => {
    const { targets } = await reportOf((figma) => {
      const parent = add(figma, 'SECTION', { name: 'Section', width: 900, height: 900 });
      add(figma, 'RECTANGLE', { name: 'Photo', width: 300, height: 200, parent, fills: [photo(figma)] });
    }, 'Photo');
    expect(names(targets)).toEqual(['Photo', 'Section']);
  });

  it('[DOC27] tells where the layer lies in its target, in groups and turned frames too', async () => {
    const { sources, targets } = await reportOf((figma) => {
      const frame = addHero(figma);
      frame.x = 500;
      const image = add(figma, 'RECTANGLE', {
        name: 'Photo',
        width: 300,
        height: 200,
        fills: [photo(figma)],
      });
      frame.appendChild(image);
      image.x = 40;
      image.y = 30;
      figma.group([image], frame);
      frame.rotation = 20;
    }, 'Photo');
    expect(sources[0]?.placed?.targetId).toBe(targets[0]?.id);
    const { x = 0, y = 0, width = 0, height = 0 } = sources[0]?.placed?.rectangle ?? {};
    expect([x, y, width, height].map((value) => Math.round(value * 1000) / 1000)).toEqual([40, 30, 300, 200]);
    const turned = await reportOf((figma) => {
      const image = add(figma, 'RECTANGLE', { name: 'Photo', parent: addHero(figma), fills: [photo(figma)] });
      image.rotation = 5;
    }, 'Photo');
    expect(turned.sources[0]?.placed).toBeNull();
  });
});
