import type { BaseNode, FrameNode, Paint, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { add, buildDocument, gradientFill, loseImage, type FakeDocument } from '../fake-figma/fake-figma.ts';
import { eventually } from '../ui/eventually.testing.ts';
import {
  HERO_SIZE,
  begin,
  fill,
  layer,
  openPlugin,
  panorama,
  photo,
  type OpenPlugin,
  type Wish,
} from './plugin.testing.ts';

const SIZE = HERO_SIZE;

const build = (figma: PluginAPI): void => {
  const hero = add(figma, 'FRAME', { name: 'Hero', ...SIZE, fills: [gradientFill(), photo(figma)] });
  add(figma, 'RECTANGLE', { name: 'Photo', parent: hero, fills: [photo(figma, 1)] });
  add(figma, 'FRAME', { name: 'Other', ...SIZE });
};

/** A plugin whose hero is filled; the source is the photo in it. */
async function filled(wish: Partial<Wish> = {}, document?: FakeDocument): Promise<OpenPlugin> {
  const plugin = await openPlugin({ document: document ?? (await buildDocument(build)) });
  const source = { nodeId: plugin.document.named('Photo'), name: 'Photo' };
  const pending = await begin(plugin, { target: 'Hero', source, hideSource: true, ...wish });
  const answer = await fill(plugin, pending);
  if (!answer.ok) throw new Error(answer.problem);
  await plugin.ask('forget', { ids: [pending.id] });
  await plugin.ask('settle', { id: pending.id });
  return plugin;
}

const hero = (plugin: OpenPlugin): Promise<FrameNode> => layer(plugin, 'Hero', 'FRAME');
const isVisible = async (plugin: OpenPlugin): Promise<boolean> =>
  (await layer(plugin, 'Photo', 'RECTANGLE')).visible;
const looks = (node: FrameNode): unknown => [node.fills, node.children.map(({ visible }) => visible)];
const original = async (): Promise<unknown> => {
  const plugin = await openPlugin({ document: await buildDocument(build) });
  return looks(await hero(plugin));
};

describe('restoring', () => {
  it('[DOC33] gives the selected frame its fills back and takes its traces away', async () => {
    const plugin = await filled();
    plugin.user.select(plugin.document.named('Hero'));
    expect(await isVisible(plugin)).toBe(false);
    expect(await plugin.ask('restore', { nodeIds: null })).toEqual({ restored: 1, failed: [] });
    const frame = await hero(plugin);
    expect(looks(frame)).toEqual(await original());
    expect(frame.getPluginDataKeys()).toEqual([]);
    expect((await layer(plugin, 'Photo', 'RECTANGLE')).getPluginDataKeys()).toEqual([]);
    expect(plugin.reports().at(-1)?.targets).toMatchObject([{ name: 'Hero', filled: false }]);
  });

  it('[DOC36] takes the buttons away', async () => {
    const plugin = await filled();
    await plugin.ask('restore', { nodeIds: [plugin.document.named('Hero')] });
    expect((await hero(plugin)).getRelaunchData()).toEqual({});
  });

  it('[DOC33] is one undo step for all frames', async () => {
    const plugin = await filled();
    const pending = await begin(plugin, { target: 'Other', id: 'p2' });
    await fill(plugin, pending);
    await plugin.ask('settle', { id: 'p2' });
    const laid = [looks(await hero(plugin)), (await layer(plugin, 'Other', 'FRAME')).fills];
    const nodeIds = ['Hero', 'Other'].map((name) => plugin.document.named(name));
    expect(await plugin.ask('restore', { nodeIds })).toEqual({ restored: 2, failed: [] });
    plugin.user.undo();
    expect([looks(await hero(plugin)), (await layer(plugin, 'Other', 'FRAME')).fills]).toEqual(laid);
  });

  it('[DOC33] gives a copy back its own, and leaves the frame it was copied from', async () => {
    for (const tiled of [false, true]) {
      const plugin = await (tiled ? filledWithTiles() : filled());
      const frame = await hero(plugin);
      const laid = looks(frame);
      const copy = frame.clone();
      expect(await plugin.ask('restore', { nodeIds: [copy.id] })).toEqual({ restored: 1, failed: [] });
      expect(looks(copy)).toEqual(await original());
      expect(looks(frame)).toEqual(laid);
      await plugin.ask('restore', { nodeIds: [frame.id] });
      expect(looks(frame)).toEqual(await original());
    }
  });

  it('[DOC32] shows again what was hidden, but not what the user has hidden', async () => {
    const plugin = await filled();
    const { id } = await hero(plugin);
    await plugin.ask('restore', { nodeIds: [id] });
    expect(await isVisible(plugin)).toBe(true);
    const hiding = await buildDocument(build);
    hiding.setProps(hiding.named('Photo'), { visible: false });
    const other = await filled({}, hiding);
    await other.ask('restore', { nodeIds: [other.document.named('Hero')] });
    expect(await isVisible(other)).toBe(false);
  });

  it('[DOC33] brings a style back with the fills that came from it', async () => {
    for (const known of [true, false]) {
      const styles = new Styles(known);
      const document = await buildDocument(build);
      const plugin = await openPlugin({
        document,
        seen: (figma) => styles.on(figma, document.named('Hero')),
      });
      const frame = await hero(plugin);
      const before = frame.fills;
      await fill(plugin, await begin(plugin, { target: 'Hero' }));
      await fill(plugin, await begin(plugin, { target: 'Hero', id: 'p2' }), { variant: 2 });
      expect(styles.current).toBe('');
      await plugin.ask('restore', { nodeIds: [frame.id] });
      // A style that is gone meanwhile leaves its fills.
      expect([frame.fills, styles.current]).toEqual([before, known ? 'S:1' : '']);
    }
  });

  it('[DOC15] in an instance hides the tiles that its component brings', async () => {
    const plugin = await openPlugin({
      document: await buildDocument((figma) => {
        const card = add(figma, 'COMPONENT', { name: 'Card', ...SIZE, fills: [photo(figma)] });
        card.createInstance().name = 'Hero';
      }),
    });
    const pending = await begin(plugin, { target: 'Card' });
    const rectangles = [0, 720].map((x) => ({ x, y: 0, width: 720, height: 491 }));
    const parts = rectangles.map((rectangle) => ({ rectangle, bytes: panorama(rectangle) }));
    expect(await fill(plugin, pending, { parts })).toMatchObject({ ok: true });
    const instance = await layer(plugin, 'Hero', 'INSTANCE');
    expect(await plugin.ask('restore', { nodeIds: [instance.id] })).toEqual({ restored: 1, failed: [] });
    expect(instance.children.map(({ visible }) => visible)).toEqual([false]);
    expect(instance.fills).toMatchObject([{ imageHash: photo(plugin.figma).imageHash, visible: true }]);
    expect((await layer(plugin, 'Card', 'COMPONENT')).children[0]?.visible).toBe(true);
    const single = await begin(plugin, { target: 'Hero', id: 'p2' });
    expect(await fill(plugin, single)).toMatchObject({ ok: true });
    expect(instance.fills).toMatchObject([{ imageHash: plugin.figma.createImage(panorama(SIZE)).hash }]);
  });

  it('[DOC33] tells what holds no panorama, and what is gone', async () => {
    const plugin = await filled();
    const nodeIds = [plugin.document.named('Other'), plugin.document.named('Hero'), '9:9'];
    expect(await plugin.ask('restore', { nodeIds })).toEqual({ restored: 1, failed: ['Other', '9:9'] });
  });

  it('[DOC33] leaves what is locked as it is', async () => {
    const plugin = await filled();
    const frame = await hero(plugin);
    frame.locked = true;
    const laid = looks(frame);
    expect(await plugin.ask('restore', { nodeIds: [frame.id] })).toEqual({ restored: 0, failed: ['Hero'] });
    expect(looks(frame)).toEqual(laid);
    frame.locked = false;
    expect(await plugin.ask('restore', { nodeIds: [frame.id] })).toMatchObject({ restored: 1 });
  });

  it('[DOC33] does not bring back a picture that the file has lost', async () => {
    const plugin = await filled();
    const frame = await hero(plugin);
    const laid = looks(frame);
    loseImage(plugin.document, photo(plugin.figma).imageHash ?? '');
    expect(await plugin.ask('restore', { nodeIds: [frame.id] })).toEqual({ restored: 0, failed: ['Hero'] });
    expect(looks(frame)).toEqual(laid);
  });

  it('[DOC33] tells that an original was too large to keep', async () => {
    const stops = Array.from({ length: 2000 }, (_, i) => ({
      position: i / 2000,
      color: { r: 0.123456789, g: 0, b: 0, a: 1 },
    }));
    const plugin = await openPlugin({
      document: await buildDocument((figma) => {
        add(figma, 'FRAME', {
          name: 'Hero',
          ...SIZE,
          fills: [{ ...gradientFill(), gradientStops: stops } as Paint],
        });
      }),
    });
    await fill(plugin, await begin(plugin, { target: 'Hero' }));
    await fill(plugin, await begin(plugin, { target: 'Hero', id: 'p2' }), { variant: 2 });
    const frame = await hero(plugin);
    expect(await plugin.ask('restore', { nodeIds: [frame.id] })).toEqual({ restored: 0, failed: ['Hero'] });
    expect(frame.fills).toMatchObject([{ type: 'GRADIENT_LINEAR' }, { type: 'IMAGE' }]);
  });

  it('[DOC34] goes back behind a second panorama, with what the user has changed since', async () => {
    const plugin = await filled();
    const frame = await hero(plugin);
    const [first = gradientFill(), ours] = frame.fills as readonly Paint[];
    const veil = { ...gradientFill(), opacity: 0.25 };
    frame.fills = [first, ours ?? first, veil];
    await fill(plugin, await begin(plugin, { target: 'Hero', id: 'p2' }), { variant: 2 });
    const { hash } = plugin.figma.createImage(panorama(SIZE, 2));
    expect(frame.fills).toMatchObject([first, { imageHash: hash }, { opacity: 0.25 }]);
    await plugin.ask('restore', { nodeIds: [frame.id] });
    expect(frame.fills).toMatchObject([
      first,
      { imageHash: photo(plugin.figma).imageHash },
      { opacity: 0.25 },
    ]);
    expect(await isVisible(plugin)).toBe(true);
  });

  it('[DOC34] gives back the older fills also where the user has taken the panorama away', async () => {
    const plugin = await filled();
    const frame = await hero(plugin);
    frame.fills = [];
    await plugin.ask('restore', { nodeIds: [frame.id] });
    expect(looks(frame)).toEqual(await original());
  });

  it('[DOC33] knows only records of its own', async () => {
    for (const text of [
      '',
      'no JSON',
      '{}',
      'null',
      '{"version":2}',
      '{"version":1,"id":7}',
      '{"version":1,"id":"p","mark":"p","variant":1}',
    ]) {
      const plugin = await openPlugin({ document: await buildDocument(build) });
      const frame = await hero(plugin);
      frame.setPluginData('panorama', text);
      expect(await plugin.ask('restore', { nodeIds: [frame.id] }), text).toEqual({
        restored: 0,
        failed: ['Hero'],
      });
    }
  });

  it('[DOC1] without a window tells at the end what was restored, in the user’s language', async () => {
    const ended = async (language: string | null, ...names: string[]): Promise<string | null> => {
      const plugin = await filled();
      plugin.user.closePlugin();
      const storage = new Map<string, unknown>([['panorama-converter.preferences', { language }]]);
      const next = await openPlugin({
        command: 'restore',
        document: plugin.document,
        storage,
        selected: names,
      });
      await eventually(() => next.closed.closed);
      expect(next.iframe.html).toBeNull();
      expect(next.toasts).toEqual([]);
      return next.closed.message;
    };
    expect(await ended(null)).toBe('Select a frame that holds a panorama first.');
    expect(await ended('en', 'Hero')).toBe('The original is back.');
    expect(await ended('ko', 'Hero')).toBe('원본을 되돌렸습니다.');
    expect(await ended('en', 'Hero', 'Other')).toBe('The original is back. Not restored: Other');
  });
});

async function filledWithTiles(): Promise<OpenPlugin> {
  const plugin = await openPlugin({ document: await buildDocument(build) });
  const source = { nodeId: plugin.document.named('Photo'), name: 'Photo' };
  const pending = await begin(plugin, { target: 'Hero', source, hideSource: true });
  const rectangles = [0, 720].map((x) => ({ x, y: 0, width: 720, height: 491 }));
  const parts = rectangles.map((rectangle) => ({ rectangle, bytes: panorama(rectangle) }));
  expect(await fill(plugin, pending, { parts })).toMatchObject({ ok: true });
  return plugin;
}

/** A paint style on one layer: setting fills takes it off. Not part of the fake Figma. */
class Styles {
  current = 'S:1';
  constructor(private readonly known: boolean) {}

  on(figma: PluginAPI, id: string): PluginAPI {
    const styled = (node: BaseNode): BaseNode =>
      new Proxy(node, {
        get: (target, key) => {
          if (key === 'fillStyleId') return this.current;
          if (key === 'setFillStyleIdAsync') return (styleId: string) => this.#set(styleId);
          return Reflect.get(target, key) as unknown;
        },
        set: (target, key, value) => {
          if (key === 'fills') this.current = '';
          return Reflect.set(target, key, value);
        },
      });
    const find = async (wanted: string): Promise<BaseNode | null> => {
      const node = await figma.getNodeByIdAsync(wanted);
      return node && wanted === id ? styled(node) : node;
    };
    return new Proxy(figma, {
      get: (target, key) => (key === 'getNodeByIdAsync' ? find : Reflect.get(target, key)) as unknown,
      set: (target, key, value) => Reflect.set(target, key, value),
    });
  }

  async #set(styleId: string): Promise<void> {
    await Promise.resolve();
    if (!this.known) throw new Error(`there is no style ${styleId}`);
    this.current = styleId;
  }
}
