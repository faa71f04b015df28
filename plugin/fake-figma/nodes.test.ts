import type { FrameNode, Paint, RectangleNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { add, createFakeFigma, fakeImage, imageFill, patternFill } from './fake-figma.ts';
import { idOfHandle } from './handle.ts';

const RED: Paint = { type: 'SOLID', color: { r: 1, g: 0, b: 0 } };
/** For what the typings would not let pass. */
const loose = (node: object) => node as unknown as Record<string, unknown>;

describe('what dynamic page loading allows', () => {
  it('[FAKE1] what has to be asked for asynchronously throws, and says what to call', async () => {
    const { figma } = createFakeFigma();
    const component = figma.createComponent();
    const instance = component.createInstance();
    const use = (what: string) => `Cannot call with documentAccess: dynamic-page. Use ${what} instead.`;
    expect(() => figma.getNodeById(component.id)).toThrow(
      `in getNodeById: ${use('figma.getNodeByIdAsync()')}`,
    );
    expect(() => figma.getStyleById('S:1')).toThrow(use('figma.getStyleByIdAsync()'));
    expect(() => (figma.currentPage = figma.createPage())).toThrow(use('figma.setCurrentPageAsync'));
    expect(() => instance.mainComponent).toThrow(use('node.getMainComponentAsync'));
    expect(() => component.instances).toThrow(use('node.getInstancesAsync'));
    expect(() => (component.fillStyleId = 'S:1')).toThrow(use('node.setFillStyleIdAsync'));
    expect(() => figma.on('documentchange', () => {})).toThrow('figma.loadAllPagesAsync()');
    expect(await instance.getMainComponentAsync()).toBe(component);
    expect(await component.getInstancesAsync()).toEqual([instance]);
    expect(await figma.getNodeByIdAsync(component.id)).toBe(component);
    expect(await figma.getNodeByIdAsync('9:9')).toBe(null);
  });

  it('[FAKE2] a page that is not loaded keeps its layers to itself', async () => {
    const first = createFakeFigma();
    const page = first.figma.createPage();
    page.appendChild(first.figma.createFrame());
    const { figma } = createFakeFigma({ document: first.document });
    const [, other] = figma.root.children;
    if (!other) throw new Error('no second page');
    expect(() => other.children).toThrow(
      'in get_children: Cannot access property `children` on a page that has not been explicitly loaded.',
    );
    expect(() => other.findAll()).toThrow('method `findAll()`');
    expect(() => other.appendChild(figma.createFrame())).toThrow('method `appendChild()`');
    expect(() => figma.root.findAll()).toThrow('without calling figma.loadAllPagesAsync() first');
    const again = createFakeFigma({ document: first.document });
    expect(await again.figma.getNodeByIdAsync(other.id)).not.toBe(null);
    expect(() => again.figma.root.children[1]?.children).toThrow('not been explicitly loaded');
    await again.figma.getNodeByIdAsync(first.document.get(other.id).children[0] ?? '');
    expect(again.figma.root.children[1]?.children).toHaveLength(1);
    await other.loadAsync();
    expect(other.children).toHaveLength(1);
    await figma.loadAllPagesAsync();
    expect(figma.root.findAll()).toHaveLength(4);
    await figma.setCurrentPageAsync(other);
    expect(figma.currentPage).toBe(other);
  });
});

describe('properties', () => {
  it('[FAKE3] what is read is a copy that cannot be changed', () => {
    const { figma } = createFakeFigma();
    const frame = figma.createFrame();
    frame.fills = [RED];
    const read = frame.fills as Paint[];
    expect(read).not.toBe(frame.fills);
    expect(() => read.push(RED)).toThrow(TypeError);
    expect(() => (loose(read[0] ?? {})['opacity'] = 0)).toThrow(TypeError);
    expect(() => (loose(frame.constraints)['horizontal'] = 'MAX')).toThrow(TypeError);
    expect(() => (frame.children as FrameNode[]).push(frame)).toThrow(TypeError);
    const given = [{ ...RED, opacity: 0.5 }];
    frame.fills = given;
    Object.assign(given[0] ?? {}, { opacity: 0.1 });
    expect(frame.fills).toMatchObject([{ opacity: 0.5 }]);
  });

  it('[FAKE4] paints are checked field by field, and read with every default', () => {
    const { figma } = createFakeFigma();
    const rectangle = figma.createRectangle();
    const set = (...paints: readonly unknown[]) => {
      rectangle.fills = paints as Paint[];
    };
    const failed = 'in set_fills: Property "fills" failed validation: ';
    const image = { type: 'IMAGE', scaleMode: 'FILL', imageHash: null };
    expect(() => set({ type: 'SOLID' })).toThrow(`${failed}Required value missing at [0].color`);
    expect(() => set({ type: 'SOLID', color: { r: 0, g: 0, b: 0, a: 1 } })).toThrow(
      `${failed}Unrecognized key(s) in object: 'a' at [0].color`,
    );
    expect(() => set({ ...image, opacity: 1.5 })).toThrow(
      'Number must be less than or equal to 1 at [0].opacity',
    );
    expect(() => set({ ...image, scaleMode: 'STRETCH' })).toThrow(
      "Invalid enum value. Expected 'FILL' | 'FIT' | 'CROP' | 'TILE', received 'STRETCH' at [0].scaleMode",
    );
    expect(() => set({ ...image, imageHash: 3 })).toThrow(
      'Expected string, received number at [0].imageHash',
    );
    expect(() =>
      set({
        ...image,
        imageTransform: [
          [1, 0],
          [0, 1],
        ],
      }),
    ).toThrow('exactly 3 element(s)');
    expect(() => set(patternFill(rectangle))).toThrow('Invalid discriminator value');
    expect(() => set({ ...image, rotation: 45 })).toThrow('increments of 90');
    set(image);
    expect(rectangle.fills).toMatchObject([
      {
        visible: true,
        opacity: 1,
        blendMode: 'NORMAL',
        rotation: 0,
        scalingFactor: 0.5,
        filters: { tint: 0 },
      },
    ]);
    set(...(rectangle.fills as Paint[]));
  });

  it('[FAKE5] neither what can only be read nor what the type lacks can be written', () => {
    const { figma } = createFakeFigma();
    const frame = figma.createFrame();
    const group = figma.group([figma.createRectangle()], figma.currentPage);
    expect(() => (loose(frame)['width'] = 3)).toThrow(TypeError);
    expect(() => (loose(frame)['absoluteTransform'] = 3)).toThrow(
      "no setter for property 'absoluteTransform'",
    );
    expect(() => (loose(frame)['colour'] = 'red')).toThrow('object is not extensible');
    for (const [node, key] of [
      [group, 'fills'],
      [group, 'constraints'],
      [figma.createSlice(), 'fills'],
      [figma.createSection(), 'clipsContent'],
      [figma.createSection(), 'constraints'],
    ] as const) {
      expect(key in node).toBe(false);
      expect(() => (loose(node)[key] = [])).toThrow(`no such property '${key}' on ${node.type} node`);
      expect(() => loose(node)[key]).toThrow(`no such property '${key}' on ${node.type} node`);
    }
    expect('fills' in figma.createSection()).toBe(true);
  });

  it('[FAKE6] what is not modelled says so, of nodes and of figma', () => {
    const { figma } = createFakeFigma();
    const frame = figma.createFrame();
    expect('layoutGrow' in frame).toBe(true);
    expect(() => frame.layoutGrow).toThrow('fake-figma: layoutGrow is not modelled');
    expect(() => (frame.layoutGrow = 1)).toThrow('fake-figma: layoutGrow is not modelled');
    expect(() => figma.variables).toThrow('fake-figma: figma.variables is not modelled');
    expect(() => figma.createStar()).toThrow('fake-figma: figma.createStar is not modelled');
  });

  it('[FAKE7] a removed node gives its id and type, and throws for all else', () => {
    const { figma } = createFakeFigma();
    const frame = figma.createFrame();
    const { id } = frame;
    frame.remove();
    expect([frame.id, frame.type, frame.removed]).toEqual([id, 'FRAME', true]);
    expect(() => frame.name).toThrow(`in get_name: The node with id "${id}" does not exist`);
    expect(() => frame.remove()).toThrow(`in remove: The node with id "${id}" does not exist`);
    expect(() => (frame.name = 'x')).toThrow(`in set_name: The node with id "${id}" does not exist`);
    expect(() => figma.currentPage.appendChild(frame)).toThrow('does not exist');
  });

  it('[FAKE8] a node is the same object wherever it is met', () => {
    const { figma } = createFakeFigma();
    const frame = figma.createFrame();
    expect(figma.currentPage.children[0]).toBe(frame);
    expect(frame.parent).toBe(figma.currentPage);
    expect(idOfHandle(frame)).toBe(frame.id);
  });
});

describe('places', () => {
  it('[FAKE9] a group fits its children, whose places are of what the group lies in; empty it vanishes', () => {
    const { figma } = createFakeFigma();
    const frame = add(figma, 'FRAME', { x: 100, y: 50, width: 400, height: 300 });
    const a = add(figma, 'RECTANGLE', { parent: frame, x: 10, y: 20, width: 30, height: 40 });
    const b = add(figma, 'RECTANGLE', { parent: frame, x: 60, y: 20, width: 30, height: 90 });
    const group = figma.group([b, a], frame, 0);
    expect(group).toMatchObject({ x: 10, y: 20, width: 80, height: 90 });
    expect(group.children).toEqual([a, b]);
    expect(a.x).toBe(10);
    group.x = 110;
    expect([a.x, b.x]).toEqual([110, 160]);
    group.resize(160, 90);
    expect([a.width, b.x, b.width]).toEqual([60, 210, 60]);
    expect(a.absoluteBoundingBox).toEqual({ x: 210, y: 70, width: 60, height: 40 });
    a.remove();
    frame.appendChild(b);
    expect(group.removed).toBe(true);
    expect(() => figma.group([], frame)).toThrow('at least one node');
  });

  it('[FAKE10] a rotated layer keeps its size and turns about its corner', () => {
    const { figma } = createFakeFigma();
    const frame = add(figma, 'FRAME', { x: 10, y: 20, width: 300, height: 300, rotation: 90 });
    const rectangle = add(figma, 'RECTANGLE', { parent: frame, x: 5, y: 0, width: 40, height: 20 });
    rectangle.rotation = -90;
    expect([rectangle.width, rectangle.height, rectangle.x]).toEqual([40, 20, 5]);
    expect(rectangle.rotation).toBeCloseTo(-90);
    expect(frame.absoluteTransform[0][1]).toBeCloseTo(1);
    const { x = NaN, y = NaN, width = NaN, height = NaN } = rectangle.absoluteBoundingBox ?? {};
    expect([x, y, width, height].map(Math.round)).toEqual([10, 15, 40, 20]);
    rectangle.relativeTransform = [
      [1, 0, 7],
      [0, 1, 8],
    ];
    expect([rectangle.rotation, rectangle.x, rectangle.y]).toEqual([0, 7, 8]);
  });

  it('[FAKE11] auto layout places and hugs its children, and lets go of the absolute ones', () => {
    const { figma } = createFakeFigma();
    const frame = add(figma, 'FRAME', { width: 200, height: 100 });
    const [a, b, c] = [0, 1, 2].map(() => add(figma, 'RECTANGLE', { parent: frame, width: 30, height: 20 }));
    if (!a || !b || !c) throw new Error('no rectangles');
    expect(() => (c.layoutPositioning = 'ABSOLUTE')).toThrow(
      'in set_layoutPositioning: Can only set layoutPositioning = ABSOLUTE if the parent node has layoutMode !== NONE',
    );
    Object.assign(frame, { layoutMode: 'HORIZONTAL', itemSpacing: 8, paddingLeft: 10, paddingTop: 5 });
    expect([a.x, b.x, c.x, a.y, frame.width, frame.height]).toEqual([10, 48, 86, 5, 116, 100]);
    b.x = 500;
    expect(b.x).toBe(48);
    c.layoutPositioning = 'ABSOLUTE';
    c.x = 3;
    expect([c.x, frame.width]).toEqual([3, 78]);
    frame.counterAxisAlignItems = 'CENTER';
    expect(a.y).toBe(5 + (95 - 20) / 2);
    frame.resize(300, 200);
    expect(frame.width).toBe(300);
    const tiles = figma.group([c, add(figma, 'RECTANGLE', { parent: frame, x: 0 })], frame);
    expect(tiles.x).toBe(86);
  });

  it('[FAKE12] resizing keeps constraints, and refuses sides under 0.01', () => {
    const { figma } = createFakeFigma();
    const frame = add(figma, 'FRAME', { width: 100, height: 100 });
    const kept = add(figma, 'RECTANGLE', { parent: frame, x: 10, y: 10, width: 50, height: 50 });
    kept.constraints = { horizontal: 'STRETCH', vertical: 'CENTER' };
    frame.resize(200, 160);
    expect([kept.x, kept.y, kept.width, kept.height]).toEqual([10, 40, 150, 50]);
    frame.resizeWithoutConstraints(100, 100);
    expect(kept.width).toBe(150);
    expect(() => frame.resize(0, 100)).toThrow('in resize: ');
  });
});

describe('components', () => {
  it('[FAKE13] layers of an instance follow their component where they are not overridden', () => {
    const { figma } = createFakeFigma();
    const inner = figma.createComponent();
    const dot = add(figma, 'RECTANGLE', { parent: inner, name: 'dot' });
    const outer = add(figma, 'COMPONENT', { name: 'Card', width: 300, height: 200 });
    outer.appendChild(inner.createInstance());
    const card = outer.createInstance();
    const [nested] = card.children as FrameNode[];
    const [shown] = (nested?.children ?? []) as RectangleNode[];
    expect(shown?.id).toBe(`I${card.id};${outer.children[0]?.id};${dot.id}`);
    expect(shown?.parent).toBe(nested);
    dot.fills = [RED];
    expect(shown?.fills).toMatchObject([{ color: { r: 1 } }]);
    if (shown) shown.fills = [];
    dot.name = 'Dot';
    expect([shown?.fills, shown?.name]).toEqual([[], 'Dot']);
    expect(card.clone().findAll((node) => node.name === 'Dot')).toMatchObject([{ fills: [] }]);
    outer.resize(400, 200);
    expect(card.width).toBe(400);
  });

  it('[FAKE14] the layers of an instance stay where and what they are', () => {
    const { figma } = createFakeFigma();
    const component = figma.createComponent();
    const dot = add(figma, 'RECTANGLE', { parent: component });
    const instance = component.createInstance();
    const [inside] = instance.children as RectangleNode[];
    const [frame, loner] = [figma.createFrame(), figma.createRectangle()];
    if (!inside) throw new Error('no layer');
    const closed = 'Cannot move node. New parent is an instance or is inside of an instance';
    expect(() => instance.appendChild(loner)).toThrow(`in appendChild: ${closed}`);
    expect(() => figma.group([loner], instance)).toThrow(`in group: ${closed}`);
    expect(() => frame.insertChild(0, inside)).toThrow('in insertChild: Cannot move node');
    expect(() => inside.remove()).toThrow('in remove: Removing this node is not allowed');
    expect(() => (inside.x = 5)).toThrow(
      'This property cannot be overridden in an instance: relative-transform',
    );
    inside.resize(7, 7);
    expect(inside.width).toBe(100);
    expect(() => component.appendChild(figma.createComponent())).toThrow('a component inside a component');
    dot.remove();
    expect(inside.removed).toBe(true);
  });

  it('[FAKE15] variants are gathered in a set that holds nothing else', () => {
    const { figma } = createFakeFigma();
    const [a, b] = [figma.createComponent(), add(figma, 'COMPONENT', { x: 200 })];
    const set = figma.combineAsVariants([a, b], figma.currentPage);
    expect([set.type, set.width, b.x, b.parent]).toEqual(['COMPONENT_SET', 300, 200, set]);
    expect(() => set.appendChild(figma.createFrame())).toThrow('children of type other than COMPONENT');
  });
});

describe('data and search', () => {
  it('[FAKE16] plugin data and relaunch data are kept within Figma’s limits and copied with the node', () => {
    const { figma } = createFakeFigma({ relaunchCommands: ['fill'] });
    const frame = figma.createFrame();
    frame.setPluginData('record', 'one');
    frame.setRelaunchData({ fill: 'Panorama' });
    expect(() => frame.setPluginData('big', 'x'.repeat(100_001))).toThrow('exceeds 100 kB per entry limit');
    expect(() => frame.setRelaunchData({ other: '' })).toThrow('relaunchButtons');
    expect(() => frame.setRelaunchData({ fill: 'x'.repeat(1001) })).toThrow('exceeds 1000 characters');
    const copy = frame.clone();
    frame.setPluginData('record', '');
    expect([copy.getPluginData('record'), copy.getRelaunchData()]).toEqual(['one', { fill: 'Panorama' }]);
    expect([frame.getPluginData('record'), frame.getPluginDataKeys()]).toEqual(['', []]);
    figma.root.setPluginData('pending', '[]');
    expect(figma.root.getPluginData('pending')).toBe('[]');
  });

  it('[FAKE17] layers are found in their order, by callback, type and plugin data', () => {
    const { figma } = createFakeFigma();
    const frame = add(figma, 'FRAME', { name: 'outer' });
    const inner = add(figma, 'RECTANGLE', { name: 'inner', parent: frame });
    const last = add(figma, 'RECTANGLE', { name: 'last' });
    inner.setPluginData('a', '1');
    const page = figma.currentPage;
    expect(page.findAll().map(({ name }) => name)).toEqual(['outer', 'inner', 'last']);
    expect(page.findOne(({ type }) => type === 'RECTANGLE')).toBe(inner);
    expect(page.findChild(({ type }) => type === 'RECTANGLE')).toBe(last);
    expect(page.findAllWithCriteria({ types: ['RECTANGLE'] })).toEqual([inner, last]);
    expect(page.findAllWithCriteria({ types: ['RECTANGLE'], pluginData: {} })).toEqual([inner]);
    expect(page.findAllWithCriteria({ pluginData: { keys: ['b'] } })).toEqual([]);
    expect(inner.getTopLevelFrame()).toBe(frame);
    expect(() => page.insertChild(3, frame)).toThrow('out of range');
    page.insertChild(1, frame);
    expect(page.children).toEqual([last, frame]);
  });

  it('[FAKE18] text needs its font loaded; ranges with their own fills make them mixed', async () => {
    const { figma } = createFakeFigma();
    const text = figma.createText();
    expect(() => (text.characters = 'Sea')).toThrow(
      'Cannot write to node with unloaded font "Inter Regular"',
    );
    await figma.loadFontAsync({ family: 'Inter', style: 'Regular' });
    text.characters = 'Sea';
    expect(text.width).toBeGreaterThan(0);
    text.setRangeFills(0, 1, [RED]);
    expect(text.fills).toBe(figma.mixed);
    text.setRangeFills(0, 3, [RED]);
    expect(text.fills).toMatchObject([{ type: 'SOLID' }]);
    expect(() => text.setRangeFills(0, 9, [RED])).toThrow('Range outside of available characters');
  });

  it('[FAKE19] a pattern is set asynchronously', async () => {
    const { figma } = createFakeFigma();
    const [source, target] = [figma.createFrame(), figma.createRectangle()];
    await target.setFillsAsync([
      patternFill(source),
      imageFill(figma, fakeImage('gif', { width: 3, height: 2 })),
    ]);
    expect(target.fills).toMatchObject([{ type: 'PATTERN', sourceNodeId: source.id }, { type: 'IMAGE' }]);
    await expect(target.setFillsAsync([{ type: 'SOLID' } as Paint])).rejects.toThrow('in setFillsAsync: ');
  });
});
