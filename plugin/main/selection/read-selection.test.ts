import type { ImagePaint, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { add, gradientFill, patternFill, videoFill } from '../../fake-figma/fake-figma.ts';
import { addHero, names, photo, reportOf } from '../plugin.testing.ts';

describe('a selection', () => {
  it('[DOC5] of nothing is told by a hint', async () => {
    const { sources, targets, hint } = await reportOf((figma) => void addHero(figma));
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
        addHero(figma);
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
        addHero(figma);
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
        addHero(figma);
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
});
