import type { FrameNode, ImagePaint, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import {
  add,
  fakeImage,
  gradientFill,
  imageFill,
  loseImage,
  patternFill,
  videoFill,
} from '../../fake-figma/fake-figma.ts';
import { names, reportOf, select } from '../plugin.testing.ts';
import { readSelection } from './read-selection.ts';

const PHOTO = { width: 600, height: 400 };

/** A fill with a picture of its own. */
const photo = (figma: PluginAPI, seed = 0, options: Partial<ImagePaint> = {}): ImagePaint =>
  imageFill(figma, fakeImage('jpeg', PHOTO, seed), options);

const hero = (figma: PluginAPI): FrameNode => add(figma, 'FRAME', { name: 'Hero', width: 1440, height: 491 });
const nothing = { sources: [], targets: [], several: false };

describe('a selection', () => {
  it('[DOC5] of nothing is told by a hint', async () => {
    const { sources, targets, hint } = await reportOf((figma) => void hero(figma));
    expect({ sources, targets, hint }).toEqual({ sources: [], targets: [], hint: 'nothing' });
  });

  it('[DOC6] of a frame with an image fill gives source and target in one', async () => {
    for (const type of ['FRAME', 'COMPONENT', 'SECTION', 'RECTANGLE', 'ELLIPSE', 'VECTOR'] as const) {
      const report = await reportOf((figma) => {
        add(figma, type, { name: 'Hero', width: 1440, height: 491, fills: [photo(figma)] });
      }, 'Hero');
      const { sources, targets, hint, several } = report;
      expect(names(sources), type).toEqual(['Hero']);
      expect(sources[0]).toMatchObject({
        kind: 'image',
        rendered: null,
        cropped: false,
        missing: false,
        placed: null,
      });
      expect(sources[0]?.thumbnail?.subarray(1, 4), type).toEqual(new TextEncoder().encode('PNG'));
      expect(targets).toEqual([
        {
          id: sources[0]?.nodeId,
          name: 'Hero',
          size: { width: 1440, height: 491 },
          locked: false,
          instanceOf: null,
          isComponent: type === 'COMPONENT',
          takesTiles: ['FRAME', 'COMPONENT', 'SECTION'].includes(type),
          filled: false,
          ownSource: sources[0]?.id,
        },
      ]);
      expect({ hint, several }).toEqual({ hint: null, several: false });
    }
  });

  it('[DOC7] of a frame and image layers puts the layers first, topmost first', async () => {
    const { sources, targets, several } = await reportOf(
      (figma) => {
        const frame = add(figma, 'FRAME', {
          name: 'Hero',
          width: 1440,
          height: 491,
          fills: [photo(figma, 1)],
        });
        add(figma, 'RECTANGLE', { name: 'Low', parent: frame, fills: [photo(figma, 2)] });
        add(figma, 'RECTANGLE', { name: 'High', fills: [photo(figma, 3)] });
        add(figma, 'RECTANGLE', { name: 'Middle', parent: frame, fills: [photo(figma, 4)] });
      },
      'Low',
      'High',
      'Middle',
      'Hero',
    );
    // A selected frame takes its own layers out of the selection.
    expect(names(sources)).toEqual(['High', 'Hero']);
    expect(names(targets)).toEqual(['Hero']);
    expect(several).toBe(false);
  });

  it('[DOC7] sorts layers by what lies on top, across the groups and frames they lie in', async () => {
    const { sources } = await reportOf(
      (figma) => {
        hero(figma);
        const outer = add(figma, 'FRAME', { name: 'Outer', width: 300, height: 300 });
        const inner = add(figma, 'FRAME', { name: 'Inner', parent: outer });
        add(figma, 'RECTANGLE', { name: 'First', parent: inner, fills: [photo(figma, 1)] });
        add(figma, 'RECTANGLE', { name: 'Second', parent: inner, fills: [photo(figma, 2)] });
        add(figma, 'RECTANGLE', { name: 'Third', parent: outer, fills: [photo(figma, 3)] });
        add(figma, 'RECTANGLE', { name: 'Last', fills: [photo(figma, 4)] });
      },
      'Second',
      'Third',
      'First',
      'Last',
      'Hero',
    );
    expect(names(sources)).toEqual(['Last', 'Third', 'Second', 'First']);
  });

  it('[DOC7] of many layers gives twelve sources, each with what it looks like', async () => {
    const all = Array.from({ length: 14 }, (_, i) => `Photo ${i}`);
    const { sources } = await reportOf(
      (figma) => {
        hero(figma);
        for (const [i, name] of all.entries()) add(figma, 'RECTANGLE', { name, fills: [photo(figma, i)] });
      },
      ...all,
      'Hero',
    );
    expect(sources.map(({ thumbnail }) => thumbnail !== null)).toEqual(
      Array.from({ length: 12 }, () => true),
    );
  });

  it('[DOC8] of several frames fills all of them, from a layer or from one of theirs', async () => {
    const build = (figma: PluginAPI): void => {
      add(figma, 'FRAME', { name: 'One', fills: [photo(figma, 1)] });
      add(figma, 'SECTION', { name: 'Two', fills: [photo(figma, 2)] });
      add(figma, 'FRAME', { name: 'Empty' });
      add(figma, 'RECTANGLE', { name: 'Photo', fills: [photo(figma, 3)] });
    };
    const frames = await reportOf(build, 'One', 'Two', 'Empty');
    expect(frames.several).toBe(true);
    expect(names(frames.targets)).toEqual(['Empty', 'Two', 'One']);
    expect(names(frames.sources)).toEqual(['Two', 'One']);
    expect(frames.targets.map(({ ownSource }) => ownSource)).toEqual([
      null,
      ...frames.sources.map(({ id }) => id),
    ]);
    const beside = await reportOf(build, 'Photo', 'Two', 'Empty');
    expect(beside.several).toBe(true);
    expect(names(beside.sources)).toEqual(['Photo', 'Two']);
    expect(names(beside.targets)).toEqual(['Empty', 'Two']);
  });

  it('[DOC8] of more frames than thumbnails still gives each its own', async () => {
    const all = Array.from({ length: 14 }, (_, i) => `Frame ${i}`);
    const { sources, targets } = await reportOf(
      (figma) => {
        for (const [i, name] of all.entries()) add(figma, 'FRAME', { name, fills: [photo(figma, i)] });
      },
      ...all,
    );
    expect(targets.filter(({ ownSource }) => ownSource === null)).toEqual([]);
    expect(sources.filter(({ thumbnail }) => thumbnail !== null)).toHaveLength(12);
    expect(sources).toHaveLength(14);
  });

  it('[DOC9] of several image fills offers the topmost visible one first', async () => {
    const { sources, fake } = await reportOf((figma) => {
      const fills = [photo(figma, 1), photo(figma, 2), photo(figma, 3, { visible: false }), gradientFill()];
      add(figma, 'RECTANGLE', { name: 'Hero', fills });
    }, 'Hero');
    const hashOf = (seed: number): string | null => photo(fake.figma, seed).imageHash;
    expect(sources.map(({ id }) => id.split('/')[3])).toEqual([hashOf(2), hashOf(1)]);
    // The veil over them lies on top: the layer as it is drawn is neither.
    expect(sources.map(({ thumbnail }) => thumbnail)).toEqual([null, null]);
  });

  it('[DOC10] tells a crop', async () => {
    const of = (imageTransform: ImagePaint['imageTransform'], scaleMode: ImagePaint['scaleMode'] = 'CROP') =>
      reportOf((figma) => {
        const fill = photo(figma, 0, { scaleMode, ...(imageTransform && { imageTransform }) });
        add(figma, 'RECTANGLE', { name: 'Hero', fills: [fill] });
      }, 'Hero');
    const half = [
      [0.5, 0, 0.25],
      [0, 1, 0],
    ] as const satisfies ImagePaint['imageTransform'];
    expect((await of([[...half[0]], [...half[1]]])).sources[0]?.cropped).toBe(true);
    expect((await of(undefined)).sources[0]?.cropped).toBe(false);
    expect((await of(undefined, 'FILL')).sources[0]?.cropped).toBe(false);
  });

  it('[DOC11] tells the unrotated size of a rotated layer', async () => {
    const { targets } = await reportOf((figma) => {
      const layer = add(figma, 'RECTANGLE', { name: 'Hero', width: 300, height: 200, fills: [photo(figma)] });
      layer.rotation = 30;
    }, 'Hero');
    expect(targets[0]?.size).toEqual({ width: 300, height: 200 });
  });

  it('[DOC12] offers as drawn what has no bytes of its own', async () => {
    const { sources } = await reportOf(
      async (figma) => {
        hero(figma);
        const dot = add(figma, 'ELLIPSE', { name: 'Dot', visible: false });
        add(figma, 'RECTANGLE', { name: 'Tile', fills: [photo(figma, 1, { scaleMode: 'TILE' })] });
        await add(figma, 'RECTANGLE', { name: 'Pattern' }).setFillsAsync([patternFill(dot)]);
        add(figma, 'RECTANGLE', { name: 'Gradient', fills: [gradientFill()] });
        add(figma, 'RECTANGLE', { name: 'Video', fills: [videoFill()] });
        add(figma, 'VECTOR', { name: 'Vector' });
        add(figma, 'TEXT', { name: 'Text' });
        add(figma, 'RECTANGLE', { name: 'Plain' });
      },
      'Hero',
      'Tile',
      'Pattern',
      'Gradient',
      'Video',
      'Vector',
      'Text',
      'Plain',
    );
    expect(sources.map(({ name, kind, rendered }) => ({ name, kind, rendered }))).toEqual([
      { name: 'Text', kind: 'rendered', rendered: 'text' },
      { name: 'Vector', kind: 'rendered', rendered: 'vector' },
      { name: 'Video', kind: 'rendered', rendered: 'video' },
      { name: 'Gradient', kind: 'rendered', rendered: 'gradient' },
      { name: 'Pattern', kind: 'rendered', rendered: 'pattern' },
      { name: 'Tile', kind: 'rendered', rendered: 'tile' },
    ]);
  });

  it('[DOC12] takes a gradient for a veil where a picture lies below', async () => {
    const { sources } = await reportOf((figma) => {
      add(figma, 'FRAME', { name: 'Hero', fills: [photo(figma, 1, { scaleMode: 'TILE' }), gradientFill()] });
    }, 'Hero');
    expect(sources.map(({ rendered }) => rendered)).toEqual(['tile']);
  });

  it('[DOC14] tells a fractional size as it is', async () => {
    const { targets } = await reportOf((figma) => {
      add(figma, 'FRAME', { name: 'Hero', width: 343.5, height: 120.25, fills: [photo(figma)] });
    }, 'Hero');
    expect(targets[0]?.size).toEqual({ width: 343.5, height: 120.25 });
  });

  it('[DOC15] names the main component of what lies in an instance, a variant by its set', async () => {
    const { fake } = await reportOf((figma) => {
      const card = add(figma, 'COMPONENT', { name: 'Card' });
      add(figma, 'RECTANGLE', { name: 'Photo', parent: card, fills: [photo(figma)] });
      card.createInstance().name = 'A card';
      const small = add(figma, 'COMPONENT', { name: 'Size=S', fills: [photo(figma)] });
      figma.combineAsVariants([small], figma.currentPage).name = 'Banner';
      small.createInstance().name = 'A banner';
    });
    const card = await fake.figma.getNodeByIdAsync(fake.document.named('A card'));
    const inside = card && 'children' in card ? card.children[0] : undefined;
    fake.user.select(inside?.id ?? '');
    const report = await readSelection(fake.figma, 2);
    expect(report.targets).toMatchObject(
      [{ name: 'Photo' }, { name: 'A card' }].map((each) => ({
        ...each,
        instanceOf: 'Card',
        isComponent: false,
        takesTiles: false,
      })),
    );
    select(fake, 'A banner');
    expect((await readSelection(fake.figma, 3)).targets).toMatchObject([
      { name: 'A banner', instanceOf: 'Banner', isComponent: false, takesTiles: false },
    ]);
  });

  it('[DOC16] tells what is, or lies in, a component', async () => {
    const build = (figma: PluginAPI): void => {
      const card = add(figma, 'COMPONENT', { name: 'Size=S', fills: [photo(figma)] });
      add(figma, 'FRAME', { name: 'Slot', parent: card, fills: [photo(figma)] });
      figma.combineAsVariants([card], figma.currentPage).name = 'Card';
    };
    for (const name of ['Size=S', 'Slot', 'Card']) {
      const { targets } = await reportOf(build, name);
      expect(targets[0]).toMatchObject({
        name,
        isComponent: true,
        instanceOf: null,
        takesTiles: name !== 'Card',
      });
    }
  });

  it('[DOC18] of a group offers its pictures for the frame it lies in, or asks for one', async () => {
    const group = (figma: PluginAPI, parent: FrameNode | PluginAPI['currentPage'], fills: ImagePaint[]) => {
      const layers = [
        add(figma, 'RECTANGLE', { name: 'Photo', fills }),
        add(figma, 'TEXT', { name: 'Words' }),
      ];
      figma.group(layers, parent).name = 'Group';
    };
    const framed = await reportOf((figma) => group(figma, hero(figma), [photo(figma)]), 'Group');
    expect([names(framed.sources), names(framed.targets), framed.hint]).toEqual([['Photo'], ['Hero'], null]);
    const free = await reportOf((figma) => group(figma, figma.currentPage, [photo(figma)]), 'Group');
    expect([names(free.sources), names(free.targets), free.hint]).toEqual([['Photo'], [], 'needs-frame']);
    const plain = await reportOf((figma) => group(figma, hero(figma), []), 'Group');
    expect(plain).toMatchObject({ ...nothing, hint: 'no-fills' });
    const beside = await reportOf(
      (figma) => (hero(figma), group(figma, figma.currentPage, [])),
      'Group',
      'Hero',
    );
    expect(beside.sources).toMatchObject([{ name: 'Group', kind: 'rendered', rendered: 'layer' }]);
    expect(names(beside.targets)).toEqual(['Hero']);
  });

  it('[DOC18] of a slice is nothing', async () => {
    const report = await reportOf(
      (figma) => void add(figma, 'SLICE', { name: 'Slice', parent: hero(figma) }),
      'Slice',
    );
    expect(report).toMatchObject({ ...nothing, hint: 'no-fills' });
  });

  it('[DOC19] of a section is like that of a frame', async () => {
    const { sources, targets } = await reportOf((figma) => {
      const section = add(figma, 'SECTION', { name: 'Section', width: 1440, height: 491 });
      add(figma, 'RECTANGLE', { name: 'Photo', parent: section, fills: [photo(figma)] });
    }, 'Section');
    expect(names(sources)).toEqual(['Photo']);
    expect(targets).toMatchObject([{ name: 'Section', takesTiles: true }]);
  });

  it('[DOC20] tells that a layer, or what it lies in, is locked', async () => {
    for (const locked of ['Outer', 'Hero']) {
      const { targets } = await reportOf((figma) => {
        const parent = add(figma, 'FRAME', { name: 'Outer', locked: locked === 'Outer' });
        add(figma, 'FRAME', { name: 'Hero', parent, fills: [photo(figma)], locked: locked === 'Hero' });
      }, 'Hero');
      expect(targets[0]?.locked).toBe(true);
    }
  });

  it('[DOC21] tells that the file has lost a picture', async () => {
    const { fake } = await reportOf((figma) => {
      add(figma, 'FRAME', { name: 'Hero', fills: [photo(figma, 7)] });
      add(figma, 'FRAME', { name: 'Other', fills: [photo(figma, 8)] });
    });
    loseImage(fake.document, photo(fake.figma, 7).imageHash ?? '');
    select(fake, 'Hero', 'Other');
    const { sources } = await readSelection(fake.figma, 2);
    expect(sources.map(({ name, missing }) => ({ name, missing }))).toEqual([
      { name: 'Other', missing: false },
      { name: 'Hero', missing: true },
    ]);
  });

  it('[DOC25] of a frame without image fill offers the pictures in it, largest first', async () => {
    const { sources, targets } = await reportOf((figma) => {
      const frame = hero(figma);
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
    const gradient = await reportOf((figma) => void (hero(figma).fills = [gradientFill()]), 'Hero');
    expect(gradient.sources).toMatchObject([{ name: 'Hero', rendered: 'gradient' }]);
    const drawing = await reportOf((figma) => void add(figma, 'VECTOR', { parent: hero(figma) }), 'Hero');
    expect(drawing.sources).toMatchObject([{ name: 'Hero', rendered: 'layer' }]);
    const page = await reportOf((figma) => {
      const frame = hero(figma);
      add(figma, 'VECTOR', { parent: frame });
      add(figma, 'TEXT', { parent: frame });
    }, 'Hero');
    expect([page.sources, page.hint]).toEqual([[], 'needs-picture']);
    const empty = await reportOf((figma) => void hero(figma), 'Hero');
    expect([empty.sources, names(empty.targets), empty.hint]).toEqual([[], ['Hero'], 'needs-picture']);
  });

  it('[DOC26] of a picture in a frame fills the frame where it is whole, itself where it is cut', async () => {
    const of = async (size: { width: number; height: number }, options: Partial<ImagePaint> = {}) => {
      const { targets } = await reportOf((figma) => {
        add(figma, 'RECTANGLE', {
          name: 'Photo',
          ...size,
          parent: hero(figma),
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
        const parent = hero(figma);
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
      const frame = hero(figma);
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
      const image = add(figma, 'RECTANGLE', { name: 'Photo', parent: hero(figma), fills: [photo(figma)] });
      image.rotation = 5;
    }, 'Photo');
    expect(turned.sources[0]?.placed).toBeNull();
  });
});
