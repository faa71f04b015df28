import type { FrameNode, ImagePaint, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { add, loseImage } from '../../fake-figma/fake-figma.ts';
import { addHero, names, photo, reportOf, select } from '../plugin.testing.ts';
import { readSelection } from './read-selection.ts';

const nothing = { sources: [], targets: [], several: false };

describe('what is selected', () => {
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
    const framed = await reportOf((figma) => group(figma, addHero(figma), [photo(figma)]), 'Group');
    expect([names(framed.sources), names(framed.targets), framed.hint]).toEqual([['Photo'], ['Hero'], null]);
    const free = await reportOf((figma) => group(figma, figma.currentPage, [photo(figma)]), 'Group');
    expect([names(free.sources), names(free.targets), free.hint]).toEqual([['Photo'], [], 'needs-frame']);
    const plain = await reportOf((figma) => group(figma, addHero(figma), []), 'Group');
    expect(plain).toMatchObject({ ...nothing, hint: 'no-fills' });
    const beside = await reportOf(
      (figma) => (addHero(figma), group(figma, figma.currentPage, [])),
      'Group',
      'Hero',
    );
    expect(beside.sources).toMatchObject([{ name: 'Group', kind: 'rendered', rendered: 'layer' }]);
    expect(names(beside.targets)).toEqual(['Hero']);
  });

  it('[DOC18] of a slice is nothing', async () => {
    const report = await reportOf(
      (figma) => void add(figma, 'SLICE', { name: 'Slice', parent: addHero(figma) }),
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
});
