import type { FrameNode, GroupNode, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { add, buildDocument, fakeImage, imageFill } from '../../fake-figma/fake-figma.ts';
import type { FillAnswer, FillPicture, PendingFill } from '../../messages.ts';
import {
  begin,
  fill,
  layer,
  names,
  openPlugin,
  opening,
  panorama,
  type OpenPlugin,
} from '../plugin.testing.ts';

const SIZE = { width: 2500, height: 500 };
const PIXELS = { width: 5000, height: 1000 };

const hero = (figma: PluginAPI): FrameNode => {
  const picture = imageFill(figma, fakeImage('png', { width: 60, height: 40 }));
  const frame = add(figma, 'FRAME', { name: 'Hero', ...SIZE, fills: [picture] });
  add(figma, 'FRAME', { name: 'Button', width: 120, height: 40, parent: frame });
  return frame;
};

const parts = (variant: number): FillPicture['parts'] =>
  [
    { x: 0, y: 0, width: 4096, height: 1000 },
    { x: 4096, y: 0, width: 904, height: 1000 },
  ].map((rectangle) => ({ rectangle, bytes: panorama(rectangle, variant) }));

const open = async (build: (figma: PluginAPI) => void = (figma) => void hero(figma)) => {
  const plugin = await openPlugin({ document: await buildDocument(build) });
  const pending = await begin(plugin, { target: 'Hero', scale: 2, pixels: PIXELS });
  return { plugin, pending };
};

const fillTiles = (plugin: OpenPlugin, pending: PendingFill, variant = 1): Promise<FillAnswer> =>
  fill(plugin, pending, { variant, parts: parts(variant) });

const groupIn = (frame: FrameNode): GroupNode => {
  const [group] = frame.children;
  if (group?.type !== 'GROUP') throw new Error('there is no group at the bottom');
  return group;
};

describe('tiles', () => {
  it('[DOC30] lie behind the content, locked, in one group, each at its place', async () => {
    const { plugin, pending } = await open();
    expect(await fillTiles(plugin, pending)).toEqual({ ok: true, nodeId: pending.targetId });
    const frame = await layer(plugin, 'Hero', 'FRAME');
    expect(names([...frame.children])).toEqual(['Panorama', 'Button']);
    const group = groupIn(frame);
    expect(group).toMatchObject({ locked: true, visible: true, x: 0, y: 0, ...SIZE });
    expect(group.children).toMatchObject([
      { name: 'Panorama 1', x: 0, y: 0, width: 2048, height: 500, strokes: [] },
      { name: 'Panorama 2', x: 2048, y: 0, width: 452, height: 500, strokes: [] },
    ]);
    const hashes = parts(1).map(({ bytes }) => plugin.figma.createImage(bytes).hash);
    for (const [i, tile] of group.children.entries()) {
      expect(tile).toMatchObject({
        constraints: { horizontal: 'SCALE', vertical: 'SCALE' },
        fills: [{ type: 'IMAGE', scaleMode: 'CROP', imageHash: hashes[i] }],
      });
    }
    expect(frame.fills).toMatchObject([{ type: 'IMAGE', visible: false }]);
  });

  it('[DOC30] are replaced by the next variant, and by one picture', async () => {
    const { plugin, pending } = await open();
    await fillTiles(plugin, pending, 0);
    await fillTiles(plugin, pending, 2);
    const frame = await layer(plugin, 'Hero', 'FRAME');
    expect(names([...frame.children])).toEqual(['Panorama', 'Button']);
    const single = await begin(plugin, { target: 'Hero', id: 'p2', pixels: SIZE });
    await fill(plugin, single);
    expect(names([...frame.children])).toEqual(['Button']);
    const { hash } = plugin.figma.createImage(panorama(SIZE));
    expect(frame.fills).toMatchObject([{ imageHash: hash, visible: true }]);
    await fillTiles(plugin, pending, 1);
    expect(frame.fills).toMatchObject([{ visible: false }]);
    expect(frame.fills).not.toMatchObject([{ imageHash: hash }]);
  });

  it('[DOC30] are not offered as pictures of the frame', async () => {
    const { plugin, pending } = await open();
    await fillTiles(plugin, pending);
    plugin.user.select(pending.targetId);
    const { sources, targets } = (await opening(plugin)).selection;
    expect(sources).toMatchObject([{ name: 'Hero', kind: 'original' }]);
    expect(targets).toMatchObject([{ filled: true }]);
  });

  it('[DOC17] lie outside of the flow of auto layout, hugging or not, and move nothing', async () => {
    const { plugin, pending } = await open((figma) => {
      const frame = hero(figma);
      frame.layoutMode = 'HORIZONTAL';
      frame.itemSpacing = 2280;
      frame.counterAxisSizingMode = 'FIXED';
      add(figma, 'FRAME', { name: 'Other', parent: frame });
      if (frame.width !== SIZE.width) throw new Error(`the frame is ${frame.width} wide`);
    });
    const other = await layer(plugin, 'Other', 'FRAME');
    const before = [other.x, other.y];
    expect(await fillTiles(plugin, pending)).toMatchObject({ ok: true });
    const frame = await layer(plugin, 'Hero', 'FRAME');
    expect(groupIn(frame)).toMatchObject({ layoutPositioning: 'ABSOLUTE', x: 0, y: 0, ...SIZE });
    expect([other.x, other.y]).toEqual(before);
    expect(frame).toMatchObject(SIZE);
  });

  it('[DOC30] lie straight in a frame that is turned', async () => {
    const { plugin, pending } = await open((figma) => void (hero(figma).rotation = 30));
    await fillTiles(plugin, pending);
    const group = groupIn(await layer(plugin, 'Hero', 'FRAME'));
    expect(group).toMatchObject({ x: 0, y: 0, rotation: 0 });
  });

  it('[DOC15] are refused in instances and shapes, and nothing is changed', async () => {
    for (const kind of ['instance', 'shape']) {
      const { plugin, pending } = await open((figma) => {
        if (kind === 'shape') return void add(figma, 'RECTANGLE', { name: 'Hero', ...SIZE });
        const component = add(figma, 'COMPONENT', { name: 'Card', ...SIZE });
        component.createInstance().name = 'Hero';
      });
      const layers = plugin.figma.currentPage.findAll().length;
      expect(await fillTiles(plugin, pending)).toMatchObject({ ok: false, problem: 'refused' });
      expect(plugin.figma.currentPage.findAll()).toHaveLength(layers);
    }
  });

  it('[DOC22] become a layer of their own as a group that can be moved', async () => {
    const { plugin, pending } = await open();
    plugin.user.remove(pending.targetId);
    const answer = await fill(plugin, pending, { parts: parts(1), into: 'layer' });
    const group = await plugin.figma.getNodeByIdAsync(answer.ok ? answer.nodeId : '');
    expect(group).toMatchObject({ type: 'GROUP', name: 'Hero', locked: false, ...SIZE });
  });
});
