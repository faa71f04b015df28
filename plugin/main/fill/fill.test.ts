import type {
  FrameNode,
  Paint,
  PluginAPI,
  SceneNode,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { add, buildDocument, fakeImage, gradientFill, patternFill } from '../../fake-figma/fake-figma.ts';
import { eventually } from '../../ui/eventually.testing.ts';
import {
  HERO_SIZE,
  addHero,
  begin,
  fill,
  layer,
  openPlugin,
  opening,
  panorama,
  photo,
  photoBytes,
  type OpenPlugin,
} from '../plugin.testing.ts';

const SIZE = HERO_SIZE;

const hero = (figma: PluginAPI, fills: readonly Paint[] = [photo(figma)]): FrameNode => addHero(figma, fills);

const open = async (build: (figma: PluginAPI) => void | Promise<void> = (figma) => void hero(figma)) =>
  openPlugin({ document: await buildDocument(build) });

const fillsOf = async (plugin: OpenPlugin, name = 'Hero'): Promise<readonly Paint[]> => {
  const node = await plugin.figma.getNodeByIdAsync(plugin.document.named(name));
  return node && 'fills' in node && typeof node.fills !== 'symbol' ? node.fills : [];
};

/** The hashes of a layer's image fills, other paints by their types. */
const paintsOf = async (plugin: OpenPlugin, name = 'Hero'): Promise<string[]> =>
  (await fillsOf(plugin, name)).map((paint) =>
    paint.type === 'IMAGE' ? (paint.imageHash ?? '') : paint.type,
  );

const hashOf = (plugin: OpenPlugin, variant = 1, size = SIZE): string =>
  plugin.figma.createImage(panorama(size, variant)).hash;

/** All that can be seen of a document. */
const everything = ({ figma }: OpenPlugin): unknown =>
  [...figma.currentPage.findAll()].map((node) => [
    node.id,
    node.name,
    node.visible,
    'fills' in node ? node.fills : null,
    node.getPluginDataKeys().map((key) => node.getPluginData(key)),
    node.getRelaunchData(),
  ]);

describe('filling', () => {
  it('[DOC6] puts the panorama in the place of the frame’s picture, pixel by pixel', async () => {
    const plugin = await open();
    const pending = await begin(plugin, { target: 'Hero' });
    expect(await fill(plugin, pending)).toEqual({ ok: true, nodeId: pending.targetId });
    expect(await fillsOf(plugin)).toMatchObject([
      {
        type: 'IMAGE',
        scaleMode: 'CROP',
        imageHash: hashOf(plugin),
        imageTransform: [
          [1, 0, 0],
          [0, 1, 0],
        ],
        visible: true,
      },
    ]);
  });

  it('[DOC9] replaces only the topmost visible picture, and keeps what was set on it', async () => {
    const filters = { exposure: 0.5, contrast: -0.25 };
    const plugin = await open((figma) => {
      const top = photo(figma, 2, { opacity: 0.5, blendMode: 'MULTIPLY', filters });
      hero(figma, [photo(figma, 1), top, photo(figma, 3, { visible: false }), gradientFill()]);
    });
    const before = await fillsOf(plugin);
    await fill(plugin, await begin(plugin, { target: 'Hero' }));
    const after = await fillsOf(plugin);
    expect(after).toHaveLength(4);
    expect([after[0], after[2], after[3]]).toEqual([before[0], before[2], before[3]]);
    expect(after[1]).toMatchObject({
      imageHash: hashOf(plugin),
      opacity: 0.5,
      blendMode: 'MULTIPLY',
      filters,
    });
  });

  it('[DOC9] replaces the fill that was sent, where that is another one', async () => {
    const plugin = await openPlugin({
      document: await buildDocument((figma) => void hero(figma, [photo(figma, 1), photo(figma, 2)])),
      selected: ['Hero'],
    });
    const { sources } = (await opening(plugin)).selection;
    const lower = sources[1];
    if (!lower) throw new Error('there is one picture only');
    const { nodeId, name, id } = lower;
    await fill(plugin, await begin(plugin, { target: 'Hero', source: { nodeId, name, id } }));
    expect(await paintsOf(plugin)).toEqual([hashOf(plugin), photo(plugin.figma, 2).imageHash]);
  });

  it('[DOC9] replaces a gradient that was sent, and lays itself over plain colours', async () => {
    const gradient = await openPlugin({
      document: await buildDocument((figma) => void hero(figma, [gradientFill()])),
      selected: ['Hero'],
    });
    const [source] = (await opening(gradient)).selection.sources;
    if (!source) throw new Error('there is no source');
    const { nodeId, name, id } = source;
    await fill(gradient, await begin(gradient, { target: 'Hero', source: { nodeId, name, id } }));
    expect(await paintsOf(gradient)).toEqual([hashOf(gradient)]);
    const plain = await open((figma) => void hero(figma, [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }]));
    await fill(plain, await begin(plain, { target: 'Hero' }));
    expect(await paintsOf(plain)).toEqual(['SOLID', hashOf(plain)]);
  });

  it('[DOC9] leaves patterns beside it as they are', async () => {
    const plugin = await open(async (figma) => {
      const dot = add(figma, 'ELLIPSE', { name: 'Dot' });
      await hero(figma).setFillsAsync([patternFill(dot), photo(figma)]);
    });
    await fill(plugin, await begin(plugin, { target: 'Hero' }));
    expect(await paintsOf(plugin)).toEqual(['PATTERN', hashOf(plugin)]);
  });

  it('[DOC14] takes a fractional size at its rounded pixels', async () => {
    const plugin = await open(
      (figma) => void add(figma, 'FRAME', { name: 'Card', width: 343.5, height: 120.2 }),
    );
    const pixels = { width: 1031, height: 361 };
    const pending = await begin(plugin, { target: 'Card', scale: 3, pixels });
    expect(await fill(plugin, pending)).toMatchObject({ ok: true });
    const other = await begin(plugin, {
      target: 'Card',
      id: 'p2',
      scale: 3,
      pixels: { width: 1030, height: 361 },
    });
    expect(await fill(plugin, other)).toEqual({
      ok: false,
      problem: 'resized',
      size: { width: 343.5, height: 120.2 },
      pixels,
    });
  });

  it('[DOC15] overrides the fill of an instance and of what lies in it', async () => {
    const plugin = await open((figma) => {
      const card = add(figma, 'COMPONENT', { name: 'Card', ...SIZE, fills: [photo(figma)] });
      add(figma, 'RECTANGLE', { name: 'Photo', ...SIZE, parent: card, fills: [photo(figma)] });
      card.createInstance().name = 'A card';
    });
    const instance = await layer(plugin, 'A card', 'INSTANCE');
    const [inner] = instance.children;
    if (inner?.type !== 'RECTANGLE') throw new Error('the instance is empty');
    await fill(plugin, await begin(plugin, { target: 'A card' }));
    const start = await begin(plugin, { target: 'A card', id: 'p2' });
    const [pending] = await plugin.ask('begin', { fills: [{ ...start, targetId: inner.id }] });
    if (!pending) throw new Error('it was not begun');
    expect(await fill(plugin, pending)).toMatchObject({ ok: true });
    expect([instance.fills, inner.fills]).toMatchObject([
      [{ imageHash: hashOf(plugin) }],
      [{ imageHash: hashOf(plugin) }],
    ]);
    expect(await paintsOf(plugin, 'Card')).toEqual([photo(plugin.figma).imageHash]);
    expect(instance.children).toHaveLength(1);
  });

  it('[DOC19] fills a section', async () => {
    const plugin = await open(
      (figma) => void add(figma, 'SECTION', { name: 'Hero', ...SIZE, fills: [photo(figma)] }),
    );
    expect(await fill(plugin, await begin(plugin, { target: 'Hero' }))).toMatchObject({ ok: true });
    expect(await paintsOf(plugin)).toEqual([hashOf(plugin)]);
  });

  it('[DOC17] moves nothing in auto layout', async () => {
    const plugin = await open((figma) => {
      const frame = hero(figma);
      frame.layoutMode = 'HORIZONTAL';
      frame.primaryAxisSizingMode = 'FIXED';
      add(figma, 'FRAME', { name: 'Button', parent: frame });
    });
    const { x, y } = await layer(plugin, 'Button', 'FRAME');
    expect(await fill(plugin, await begin(plugin, { target: 'Hero' }))).toMatchObject({ ok: true });
    const button = await layer(plugin, 'Button', 'FRAME');
    expect([button.x, button.y]).toEqual([x, y]);
  });

  it('[DOC20] leaves a locked layer alone unless that was agreed to', async () => {
    const plugin = await open((figma) => {
      const outer = add(figma, 'FRAME', { name: 'Outer', ...SIZE, locked: true });
      outer.appendChild(hero(figma));
    });
    const before = everything(plugin);
    const kept = await begin(plugin, { target: 'Hero' });
    expect(await fill(plugin, kept)).toEqual({ ok: false, problem: 'locked' });
    expect(everything(plugin)).toEqual(before);
    const agreed = await begin(plugin, { target: 'Hero', id: 'p2', unlocked: true });
    expect(await fill(plugin, agreed)).toMatchObject({ ok: true });
    expect((await layer(plugin, 'Outer', 'FRAME')).locked).toBe(true);
  });

  it('[DOC22] tells that the target was resized or deleted', async () => {
    const plugin = await open();
    const pending = await begin(plugin, { target: 'Hero' });
    plugin.user.resize(pending.targetId, 1000, 491);
    expect(await fill(plugin, pending)).toEqual({
      ok: false,
      problem: 'resized',
      size: { width: 1000, height: 491 },
      pixels: { width: 1000, height: 491 },
    });
    plugin.user.remove(pending.targetId);
    expect(await fill(plugin, pending)).toEqual({ ok: false, problem: 'deleted' });
  });

  it('[DOC29] checks the bytes first, and changes nothing where they are others', async () => {
    const plugin = await open();
    const pending = await begin(plugin, { target: 'Hero' });
    const before = everything(plugin);
    const [left, right] = [
      { x: 0, y: 0, width: 720, height: 491 },
      { x: 720, y: 0, width: 720, height: 491 },
    ];
    const bytes = panorama(left);
    const whole = { x: 0, y: 0, ...SIZE };
    const wrong = { ok: false, problem: 'wrong-size' } as const;
    const answers = [
      [
        [{ rectangle: whole, bytes: panorama({ width: 1439, height: 491 }) }],
        { ...wrong, got: { width: 1439, height: 491 }, expected: SIZE },
      ],
      [[{ rectangle: whole, bytes: fakeImage('gif', SIZE) }], { ...wrong, got: null, expected: SIZE }],
      [[{ rectangle: whole, bytes: new Uint8Array() }], { ...wrong, got: null, expected: SIZE }],
      [[], { ...wrong, got: null, expected: SIZE }],
      [[{ rectangle: left, bytes }], { ...wrong, got: { width: 720, height: 491 }, expected: SIZE }],
      [
        [
          { rectangle: left, bytes },
          { rectangle: left, bytes },
        ],
        { ...wrong, expected: SIZE },
      ],
      [
        [
          { rectangle: left, bytes },
          { rectangle: { ...right, x: 721 }, bytes },
        ],
        { ...wrong, got: { width: 1441, height: 491 } },
      ],
      [
        [
          { rectangle: { ...left, x: -1 }, bytes },
          { rectangle: right, bytes },
        ],
        wrong,
      ],
      [
        [
          { rectangle: left, bytes },
          { rectangle: { ...right, x: 719 }, bytes },
        ],
        wrong,
      ],
    ] as const;
    for (const [parts, answer] of answers)
      expect(await fill(plugin, pending, { parts })).toMatchObject(answer);
    expect(everything(plugin)).toEqual(before);
    const jpeg = [{ rectangle: whole, bytes: fakeImage('jpeg', SIZE) }];
    expect(await fill(plugin, pending, { parts: jpeg })).toMatchObject({ ok: true });
  });

  it('[DOC35] tells what Figma refuses, and that it knows no such panorama', async () => {
    const size = { width: 4097, height: 100 };
    const plugin = await open(
      (figma) => void add(figma, 'FRAME', { name: 'Hero', ...size, fills: [photo(figma)] }),
    );
    const pending = await begin(plugin, { target: 'Hero', pixels: size });
    const before = everything(plugin);
    const answer = await fill(plugin, pending);
    expect(answer).toMatchObject({ ok: false, problem: 'refused' });
    expect('message' in answer && answer.message).toMatch(/^[^\n]*too large[^\n]*$/);
    expect(await fill(plugin, { ...pending, id: 'unknown' })).toMatchObject({
      ok: false,
      problem: 'refused',
    });
    expect(everything(plugin)).toEqual(before);
  });

  it('[DOC35] leaves everything as it is where Figma takes the picture but not the fill', async () => {
    let refuses = false;
    const refusing = (node: SceneNode): SceneNode =>
      new Proxy(node, {
        set(target, key, value) {
          if (refuses && key === 'fills') throw new Error('in set_fills: no');
          return Reflect.set(target, key, value);
        },
      });
    const size = { width: 5000, height: 100 };
    const plugin = await openPlugin({
      document: await buildDocument(
        (figma) => void add(figma, 'FRAME', { name: 'Hero', ...size, fills: [photo(figma)] }),
      ),
      seen: (figma) =>
        new Proxy(figma, {
          get(target, key) {
            if (key !== 'getNodeByIdAsync') return Reflect.get(target, key) as unknown;
            return async (id: string) => {
              const node = await target.getNodeByIdAsync(id);
              return node?.type === 'FRAME' ? refusing(node) : node;
            };
          },
        }),
    });
    const pending = await begin(plugin, { target: 'Hero', pixels: size });
    const parts = [0, 2500].map((x) => {
      const half = { width: 2500, height: 100 };
      return { rectangle: { x, y: 0, ...half }, bytes: panorama(half, x) };
    });
    const before = everything(plugin);
    refuses = true;
    const answer = await fill(plugin, pending, { parts });
    expect(answer).toEqual({ ok: false, problem: 'refused', message: 'in set_fills: no' });
    expect(everything(plugin)).toEqual(before);
    refuses = false;
    expect(await fill(plugin, pending, { parts })).toMatchObject({ ok: true });
  });

  it('[DOC31] is one undo step with draft, result and variants', async () => {
    const plugin = await open((figma) => {
      const frame = hero(figma);
      add(figma, 'RECTANGLE', { name: 'Photo', parent: frame, fills: [photo(figma, 1)] });
    });
    const before = everything(plugin);
    const source = { nodeId: plugin.document.named('Photo'), name: 'Photo' };
    const pending = await begin(plugin, { target: 'Hero', source, hideSource: true });
    for (const variant of [0, 1, 2]) await fill(plugin, pending, { variant });
    await plugin.ask('forget', { ids: ['p1'] });
    await plugin.ask('settle', { id: 'p1' });
    expect(await paintsOf(plugin)).toEqual([hashOf(plugin, 2)]);
    plugin.user.undo();
    expect(everything(plugin)).toEqual(before);
    plugin.user.redo();
    expect(await paintsOf(plugin)).toEqual([hashOf(plugin, 2)]);
  });

  it('[DOC31] is a step of its own for each frame, whoever settles when', async () => {
    const plugin = await open((figma) => {
      hero(figma);
      add(figma, 'FRAME', { name: 'Other', ...SIZE });
    });
    const first = await begin(plugin, { target: 'Hero' });
    const second = await begin(plugin, { target: 'Other', id: 'p2' });
    await fill(plugin, first);
    await fill(plugin, second);
    await plugin.ask('settle', { id: 'p1' });
    await plugin.ask('settle', { id: 'p2' });
    plugin.user.undo();
    expect(await paintsOf(plugin)).toEqual([hashOf(plugin)]);
    expect(await paintsOf(plugin, 'Other')).toEqual(['SOLID']);
    plugin.user.undo();
    expect(await paintsOf(plugin)).toEqual([photo(plugin.figma).imageHash]);
  });

  it('[DOC32] hides the source’s layer only where it lies in the target and that is wanted', async () => {
    const build = async (hideSource: boolean, inside = true): Promise<boolean> => {
      const plugin = await open((figma) => {
        const frame = hero(figma);
        add(figma, 'RECTANGLE', {
          name: 'Photo',
          fills: [photo(figma, 1)],
          ...(inside && { parent: frame }),
        });
      });
      const source = { nodeId: plugin.document.named('Photo'), name: 'Photo' };
      await fill(plugin, await begin(plugin, { target: 'Hero', source, hideSource }));
      return (await layer(plugin, 'Photo', 'RECTANGLE')).visible;
    };
    expect(await build(true)).toBe(false);
    expect(await build(false)).toBe(true);
    expect(await build(true, false)).toBe(true);
  });

  it('[DOC36] leaves buttons on the frame', async () => {
    const plugin = await open();
    await fill(plugin, await begin(plugin, { target: 'Hero' }), { description: 'x'.repeat(2000) });
    const { restore, resize } = (await layer(plugin, 'Hero', 'FRAME')).getRelaunchData();
    expect([restore, resize]).toEqual(['', 'x'.repeat(1000)]);
  });

  it('[DOC28] is told with the selection: the original first, the panorama not at all', async () => {
    const plugin = await openPlugin({
      document: await buildDocument((figma) => void hero(figma)),
      selected: ['Hero'],
    });
    const before = (await opening(plugin)).selection;
    await fill(plugin, await begin(plugin, { target: 'Hero' }));
    await eventually(() => plugin.reports().length > 0);
    const after = plugin.reports()[0];
    expect(after?.targets).toMatchObject([{ name: 'Hero', filled: true, ownSource: after?.sources[0]?.id }]);
    expect(after?.sources).toMatchObject([{ name: 'Hero', kind: 'original', missing: false, placed: null }]);
    const bytes = photoBytes();
    // An id of before the panorama still leads to the picture.
    for (const id of [after?.sources[0]?.id, before.sources[0]?.id]) {
      expect(await plugin.ask('readSource', { sourceId: id ?? '' })).toMatchObject({
        ok: true,
        source: { bytes, size: SIZE },
      });
    }
  });

  it('[DOC28] made of another layer offers that layer’s picture, also when the layer is gone', async () => {
    const plugin = await open((figma) => {
      hero(figma, []);
      add(figma, 'RECTANGLE', { name: 'Photo', width: 60, height: 40, fills: [photo(figma, 5)] });
    });
    const nodeId = plugin.document.named('Photo');
    await fill(plugin, await begin(plugin, { target: 'Hero', source: { nodeId, name: 'Photo' } }));
    plugin.user.remove(nodeId);
    plugin.user.select(plugin.document.named('Hero'));
    const { sources } = (await opening(plugin)).selection;
    expect(sources).toMatchObject([{ name: 'Photo', kind: 'original' }]);
    expect(await plugin.ask('readSource', { sourceId: sources[0]?.id ?? '' })).toMatchObject({
      source: { bytes: photoBytes(5), size: { width: 60, height: 40 } },
    });
  });

  it('[DOC28] made of a drawing offers the panorama where nothing else is', async () => {
    const plugin = await open((figma) => {
      hero(figma, []);
      add(figma, 'VECTOR', { name: 'Art' });
    });
    const source = { nodeId: plugin.document.named('Art'), name: 'Art' };
    await fill(plugin, await begin(plugin, { target: 'Hero', source }));
    plugin.user.select(plugin.document.named('Hero'));
    expect((await opening(plugin)).selection.sources).toMatchObject([{ name: 'Hero', kind: 'image' }]);
  });
});
