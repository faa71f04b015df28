import { describe, expect, it } from 'vitest';
import { add, buildDocument, createFakeFigma, type FakeDocument } from '../fake-figma/fake-figma.ts';
import type { PendingFill } from '../messages.ts';
import { begin, fill, layer, openPlugin, opening, type OpenPlugin } from './plugin.testing.ts';
import { asText } from './stored.ts';

const KEY = 'pending-1';

const heroes = (): Promise<FakeDocument> =>
  buildDocument((figma) => {
    const hero = add(figma, 'FRAME', { name: 'Hero', width: 1440, height: 491 });
    hero.x = 100;
    hero.y = -50;
    add(figma, 'FRAME', { name: 'Card', width: 343.5, height: 120 });
  });

const reopen = async ({ document, storage, user, closed }: OpenPlugin): Promise<OpenPlugin> => {
  if (!closed.closed) user.closePlugin();
  return openPlugin({ document, storage });
};

const ids = (fills: readonly PendingFill[]): string[] => fills.map(({ id }) => id);

/** Puts a list into the document as it would be found there. */
async function leave(document: FakeDocument, text: string, key = KEY): Promise<void> {
  const { figma } = createFakeFigma({ document });
  figma.root.setPluginData(key, text);
  figma.closePlugin();
  await Promise.resolve();
}

const listIn = (document: FakeDocument): string =>
  createFakeFigma({ document }).figma.root.getPluginData(KEY);

describe('panoramas on their way', () => {
  it('[DOC23] are found when the plugin is opened again, oldest first, with the place of their target', async () => {
    const plugin = await openPlugin({ document: await heroes() });
    const first = await begin(plugin, { target: 'Hero', id: 'p1' });
    const second = await begin(plugin, { target: 'Card', id: 'p2', pixels: { width: 344, height: 120 } });
    expect(first).toMatchObject({
      id: 'p1',
      name: 'Hero',
      place: { x: 100, y: -50, width: 1440, height: 491 },
      pageId: plugin.figma.currentPage.id,
    });
    expect(second.place).toMatchObject({ width: 343.5, height: 120 });
    const { pending } = await opening(await reopen(plugin));
    expect(pending).toEqual([first, second]);
  });

  it('[DOC23] are begun for what is there, one by one', async () => {
    const plugin = await openPlugin({ document: await heroes() });
    const {
      place: _place,
      pageId: _pageId,
      name: _name,
      ...start
    } = await begin(plugin, { target: 'Hero', id: 'p1' });
    const begun = await plugin.ask('begin', {
      fills: [
        { ...start, id: 'p2', targetId: '9:9' },
        start,
        { ...start, id: 'p3', targetId: plugin.figma.currentPage.id },
      ],
    });
    expect(begun.map((each) => each?.id ?? null)).toEqual([null, 'p1', null]);
    expect(ids((await opening(plugin)).pending)).toEqual(['p1']);
  });

  it('[DOC23] are gone when they are forgotten, but can be laid again as long as the plugin is open', async () => {
    const plugin = await openPlugin({ document: await heroes() });
    const pending = await begin(plugin, { target: 'Hero', id: 'p1' });
    await begin(plugin, { target: 'Card', id: 'p2' });
    await plugin.ask('forget', { ids: ['p1', 'unknown'] });
    expect(ids((await opening(plugin)).pending)).toEqual(['p2']);
    expect(await fill(plugin, pending, { variant: 2 })).toMatchObject({ ok: true });
    const next = await reopen(plugin);
    expect(ids((await opening(next)).pending)).toEqual(['p2']);
    expect(await fill(next, pending)).toMatchObject({ ok: false, problem: 'refused' });
  });

  it('[DOC24] do not come back when a fill is undone', async () => {
    const plugin = await openPlugin({ document: await heroes() });
    const pending = await begin(plugin, { target: 'Hero', id: 'p1' });
    await fill(plugin, pending);
    await plugin.ask('forget', { ids: ['p1'] });
    await plugin.ask('settle', { id: 'p1' });
    plugin.user.undo();
    expect(listIn(plugin.document)).toContain('p1');
    expect((await opening(await reopen(plugin))).pending).toEqual([]);
  });

  it('[DOC24] are waited for again where one is begun anew', async () => {
    const plugin = await openPlugin({ document: await heroes() });
    await plugin.ask('forget', { ids: ['p1'] });
    await begin(plugin, { target: 'Hero', id: 'p1' });
    expect(ids((await opening(plugin)).pending)).toEqual(['p1']);
  });

  it('[DOC23] are the newest fifty, in no more than Figma keeps', async () => {
    const plugin = await openPlugin({ document: await heroes() });
    for (let i = 0; i < 52; i++) {
      const name = '파노라마'.repeat(500);
      await begin(plugin, { target: 'Hero', id: `p${i}`, source: { nodeId: '1:1', name } });
    }
    const { pending } = await opening(await reopen(plugin));
    expect(pending.length).toBeGreaterThan(20);
    expect(pending.at(-1)?.id).toBe('p51');
    const short = await openPlugin({ document: await heroes() });
    for (let i = 0; i < 52; i++) await begin(short, { target: 'Hero', id: `p${i}` });
    expect(ids((await opening(await reopen(short))).pending)).toEqual(
      Array.from({ length: 50 }, (_, i) => `p${i + 2}`),
    );
  });

  it('[DOC23] are told from what is damaged, or of another document', async () => {
    const plugin = await openPlugin({ document: await heroes() });
    const whole = await begin(plugin, { target: 'Hero', id: 'p1' });
    plugin.user.closePlugin();
    const { document } = plugin;
    const broken: unknown[] = [
      null,
      'text',
      [],
      {},
      { ...whole, id: 7 },
      { ...whole, pixels: { width: 0, height: 5 } },
      { ...whole, pixels: 'large' },
      { ...whole, place: { x: 0, y: 0 } },
      { ...whole, source: null },
      { ...whole, source: { nodeId: '1:1', name: 'x', id: 3 } },
      { ...whole, hideSource: 'yes' },
      { ...whole, scale: Number.NaN },
      { ...whole, pageId: '99:1' },
    ];
    await leave(document, asText({ version: 1, fills: [...broken, whole] }));
    const next = await openPlugin({ document });
    expect((await opening(next)).pending).toEqual([whole]);
    next.user.closePlugin();
    for (const text of [
      '',
      'no JSON',
      '{}',
      'null',
      '[]',
      asText({ version: 2, fills: [whole] }),
      asText({ version: 1, fills: {} }),
    ]) {
      await leave(document, text);
      const plugin = await openPlugin({ document });
      expect((await opening(plugin)).pending).toEqual([]);
      plugin.user.closePlugin();
    }
  });

  it('[DOC23] of another version stay as they are', async () => {
    const document = await heroes();
    const text = asText({ version: 2, fills: ['of its own kind'] });
    await leave(document, text, 'pending-2');
    const plugin = await openPlugin({ document });
    await begin(plugin, { target: 'Hero' });
    await plugin.ask('forget', { ids: ['p1'] });
    expect(plugin.figma.root.getPluginData('pending-2')).toBe(text);
    expect(plugin.figma.root.getPluginData(KEY)).toBe('');
  });

  it('[DOC39] are begun for a layer of a page that is not open, which stays so', async () => {
    const document = await buildDocument((figma) => {
      const page = figma.createPage();
      page.name = 'Second';
      page.appendChild(add(figma, 'FRAME', { name: 'Away', width: 1440, height: 491 }));
    });
    const plugin = await openPlugin({ document });
    const pending = await begin(plugin, { target: 'Away' });
    expect(pending.pageId).toBe(document.named('Second'));
    expect(await fill(plugin, pending)).toMatchObject({ ok: true });
    expect((await layer(plugin, 'Away', 'FRAME')).fills).toHaveLength(2);
    expect(plugin.figma.currentPage.name).toBe('Page 1');
  });
});
