import { describe, expect, it } from 'vitest';
import { buildDocument, type FakeDocument } from '../../fake-figma/fake-figma.ts';
import { addHero, begin, fill, openPlugin, panorama, photo, type OpenPlugin } from '../plugin.testing.ts';

describe('a panorama as a layer of its own', () => {
  const lay = async (document: FakeDocument, change: (plugin: OpenPlugin, id: string) => void) => {
    const plugin = await openPlugin({ document });
    const pending = await begin(plugin, { target: 'Hero', scale: 2, pixels: { width: 2880, height: 982 } });
    change(plugin, pending.targetId);
    const answer = await fill(plugin, pending, { into: 'layer' });
    if (!answer.ok) throw new Error(answer.problem);
    const node = await plugin.figma.getNodeByIdAsync(answer.nodeId);
    if (node?.type !== 'RECTANGLE') throw new Error('it is no rectangle');
    return { plugin, pending, node };
  };
  const placed = () =>
    buildDocument((figma) => {
      const frame = addHero(figma, [photo(figma)]);
      frame.x = 300;
      frame.y = 200;
    });

  it('[DOC22] lies where the deleted target was, selected and in view', async () => {
    const { plugin, node } = await lay(await placed(), ({ user }, id) => user.remove(id));
    expect([node.x, node.y, node.width, node.height]).toEqual([300, 200, 1440, 491]);
    expect(node.fills).toMatchObject([
      { imageHash: plugin.figma.createImage(panorama({ width: 2880, height: 982 })).hash, scaleMode: 'CROP' },
    ]);
    expect(plugin.figma.currentPage.selection).toEqual([node]);
    const { x, y, width, height } = plugin.figma.viewport.bounds;
    expect(x <= 300 && y <= 200 && x + width >= 1740 && y + height >= 691).toBe(true);
  });

  it('[DOC22] lies beside a target of another size, and is replaced by the next variant', async () => {
    const { plugin, pending, node } = await lay(await placed(), ({ user }, id) => user.resize(id, 1000, 700));
    expect([node.x, node.y]).toEqual([1340, 200]);
    node.x = 2000;
    const answer = await fill(plugin, pending, { variant: 2, into: 'layer' });
    const next = await plugin.figma.getNodeByIdAsync(answer.ok ? answer.nodeId : '');
    expect(node.removed).toBe(true);
    expect(next).toMatchObject({ x: 2000, y: 200, name: 'Hero' });
  });

  it('[DOC22] lies on its own page', async () => {
    const document = await buildDocument((figma) => {
      const page = figma.createPage();
      page.name = 'Second';
      page.appendChild(addHero(figma));
    });
    const { plugin, node } = await lay(document, ({ user }, id) => user.remove(id));
    expect(node.parent?.name).toBe('Second');
    expect(plugin.figma.currentPage.name).toBe('Second');
  });
});
