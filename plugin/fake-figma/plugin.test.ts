import type { NodeChangeEvent } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { build } from 'esbuild';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { add, buildDocument, createFakeFigma, fakeImage, imageFill } from './fake-figma.ts';

describe('clientStorage', () => {
  it('[FAKE25] values are stored as structured clones, 5 MB in all, for the plugin that comes next too', async () => {
    const first = createFakeFigma();
    const { clientStorage } = first.figma;
    const value = { at: new Date(0), bytes: new Uint8Array(3) };
    await clientStorage.setAsync('a', value);
    value.bytes[0] = 1;
    await expect(clientStorage.setAsync('big', 'x'.repeat(5_000_000))).rejects.toThrow('in setAsync: ');
    await expect(clientStorage.setAsync('function', () => 1)).rejects.toThrow();
    const { figma } = createFakeFigma({ storage: first.storage });
    expect(await figma.clientStorage.getAsync('a')).toEqual({ at: new Date(0), bytes: new Uint8Array(3) });
    expect(await figma.clientStorage.getAsync('none')).toBe(undefined);
    await figma.clientStorage.deleteAsync('a');
    expect(await figma.clientStorage.keysAsync()).toEqual([]);
  });
});

describe('toasts', () => {
  it('[FAKE26] a toast stays until its time is over, its button is pressed, or it is taken away', () => {
    vi.useFakeTimers();
    try {
      const fake = createFakeFigma();
      const gone: string[] = [];
      const shown = () => fake.toasts.map(({ visible }) => visible);
      const onDequeue = (reason: string) => void gone.push(reason);
      fake.figma.notify('x'.repeat(101), { onDequeue });
      expect(fake.toasts[0]).toMatchObject({ cut: true, text: 'x'.repeat(100), error: false });
      vi.advanceTimersByTime(3000);
      let pressed = 0;
      const action = () => ++pressed > 1;
      const button = { text: 'Cancel', action };
      fake.figma.notify('Working', { timeout: Infinity, error: true, button, onDequeue });
      fake.user.pressToastButton();
      expect(shown()).toEqual([false, true]);
      fake.user.pressToastButton();
      fake.figma.notify('Bye', { timeout: 9000, onDequeue }).cancel();
      expect(shown()).toEqual([false, false, false]);
      expect(gone).toEqual(['timeout', 'action_button_click', 'dismiss']);
      expect(() => fake.figma.notify('x', { icon: 'x' } as never)).toThrow('in notify: ');
      fake.figma.notify('For ever', { timeout: Infinity, onDequeue });
      fake.figma.closePlugin();
      expect([shown().at(-1), gone.length]).toEqual([false, 3]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the window', () => {
  it('[FAKE27] messages go both ways, later and as structured clones', async () => {
    const { figma, iframe } = createFakeFigma();
    const noWindow = 'No UI to send a message to. Did you forget to create a UI by calling showUI?';
    expect(() => figma.ui.postMessage(1)).toThrow(`in postMessage: ${noWindow}`);
    expect(() => figma.ui.resize(1, 1)).toThrow(noWindow);
    figma.showUI('<p>', { width: 10, height: 20, themeColors: true, visible: false });
    expect(iframe).toMatchObject({ open: true, visible: false, html: '<p>' });
    expect(iframe.options).toMatchObject({ width: 70, height: 20, themeColors: true });
    figma.ui.show();
    figma.ui.resize(360, 640);
    expect([iframe.visible, iframe.options.width]).toEqual([true, 360]);
    const bytes = new Uint8Array([1]);
    figma.ui.postMessage({ bytes });
    bytes[0] = 2;
    expect(() => figma.ui.postMessage({ f: () => 1 })).toThrow('in postMessage: Cannot unwrap');
    expect(() => figma.ui.postMessage(figma.mixed)).toThrow('in postMessage: Cannot unwrap symbol');
    expect(iframe.received).toEqual([]);
    const message = await new Promise((resolve) => void iframe.onMessage(resolve));
    expect(message).toEqual({ bytes: new Uint8Array([1]) });
    const heard: unknown[] = [];
    figma.ui.onmessage = (one) => void heard.push(one);
    figma.ui.once('message', (one) => void heard.push(one));
    iframe.post('a');
    iframe.post('b');
    expect(heard).toEqual([]);
    await expect.poll(() => heard).toEqual(['a', 'a', 'b']);
    figma.ui.close();
    expect(iframe.open).toBe(false);
  });

  it('[FAKE28] parameters are typed before the plugin runs, and no window is shown until then', async () => {
    const { figma, user, iframe } = createFakeFigma({ command: 'fill', asksParameters: true });
    figma.parameters.on('input', ({ key, query, parameters, result }) => {
      result.setLoadingMessage('…');
      if (query === '?') result.setError('no');
      else result.setSuggestions([`${key} ${query}`, { name: 'Two', data: parameters }]);
    });
    const ran: unknown[] = [];
    figma.on('run', (event) => {
      ran.push(event);
      figma.showUI('x');
    });
    expect(await user.typeParameter('preset', 'fa', { mode: 'extend' })).toEqual({
      suggestions: ['preset fa', { name: 'Two', data: { mode: 'extend' } }],
      error: null,
      loading: '…',
    });
    expect(await user.typeParameter('preset', '?')).toMatchObject({ suggestions: null, error: 'no' });
    expect(() => figma.showUI('x')).toThrow('in showUI: ');
    await user.run({ preset: 'fast' });
    expect([ran, iframe.open]).toEqual([[{ command: 'fill', parameters: { preset: 'fast' } }], true]);
  });
});

describe('a run of the plugin', () => {
  it('[FAKE29] another selection or page is told once for all that changed together', async () => {
    const { figma, user } = createFakeFigma();
    const [frame, other] = [figma.createFrame(), figma.createPage()];
    const inner = add(figma, 'RECTANGLE', { parent: frame });
    const told: string[] = [];
    const onSelection = () => void told.push('selection');
    figma.on('selectionchange', onSelection);
    figma.on('currentpagechange', () => void told.push('page'));
    user.select(frame, inner);
    expect([figma.currentPage.selection, told]).toEqual([[frame], []]);
    await expect.poll(() => told).toEqual(['selection']);
    figma.currentPage.selection = [];
    figma.currentPage.selection = [frame];
    frame.remove();
    await expect.poll(() => told).toEqual(['selection', 'selection']);
    expect(figma.currentPage.selection).toEqual([]);
    expect(() => (figma.currentPage.selection = [other as never])).toThrow(
      'can only include nodes in that page',
    );
    figma.off('selectionchange', onSelection);
    await figma.setCurrentPageAsync(other);
    await expect.poll(() => told).toEqual(['selection', 'selection', 'page']);
  });

  it('[FAKE29] what changes on a page is told to who listens there', async () => {
    const { figma, user } = createFakeFigma();
    const [frame, other] = [add(figma, 'FRAME', { name: 'a' }), figma.createPage()];
    const told: string[] = [];
    const listener = ({ nodeChanges }: NodeChangeEvent) =>
      void told.push(
        nodeChanges
          .map((one) => (one.type === 'PROPERTY_CHANGE' ? one.properties.join() : `${one.type} ${one.id}`))
          .join('; '),
      );
    figma.currentPage.on('nodechange', listener);
    user.resize(frame, 20, 100);
    frame.name = 'b';
    other.appendChild(figma.createFrame());
    await expect.poll(() => told).toEqual(['name,width']);
    const { id } = frame;
    frame.remove();
    await expect.poll(() => told).toEqual(['name,width', `DELETE ${id}`]);
    figma.currentPage.off('nodechange', listener);
    figma.createFrame();
    expect(() => figma.currentPage.on('other' as 'nodechange', listener)).toThrow('nodechange');
    figma.closePlugin();
    expect(told).toHaveLength(2);
  });

  it('[FAKE30] a closed plugin can call nothing any more', () => {
    const fake = createFakeFigma();
    const { figma } = fake;
    const frame = figma.createFrame();
    figma.showUI('x');
    let closing = 0;
    figma.on('close', () => void closing++);
    figma.closePlugin('Done');
    expect(closing).toBe(1);
    expect([fake.closed, fake.iframe.open]).toEqual([{ closed: true, message: 'Done' }, false]);
    expect(() => figma.currentPage).toThrow('in get_currentPage: The plugin has been closed');
    expect(() => frame.name).toThrow('The plugin has been closed');
    expect(() => figma.notify('x')).toThrow('The plugin has been closed');
    expect(() => figma.clientStorage.getAsync('x')).toThrow('The plugin has been closed');
    expect(fake.document.steps).toBe(1);
  });

  it('[FAKE31] changes gather into a step until it is committed, the user changes something, or the plugin ends', () => {
    const { figma, user, document } = createFakeFigma();
    const frame = add(figma, 'FRAME', { name: 'a' });
    figma.commitUndo();
    frame.name = 'b';
    frame.setPluginData('k', 'v');
    user.resize(frame, 20, 30);
    expect(document.steps).toBe(3);
    expect(user.undo()).toBe(true);
    expect([frame.width, frame.name]).toEqual([100, 'b']);
    figma.createRectangle().remove();
    figma.commitUndo();
    expect(document.steps).toBe(2);
    figma.triggerUndo();
    expect([frame.name, frame.getPluginData('k')]).toEqual(['a', '']);
    expect([user.redo(), frame.name, user.redo(), frame.width]).toEqual([true, 'b', true, 20]);
    user.remove(frame.id);
    expect([frame.removed, user.undo(), frame.removed]).toEqual([true, true, false]);
    frame.name = 'c';
    figma.closePlugin();
    expect(document.steps).toBe(4);
  });

  it('[FAKE32] the document outlives the plugin, also as a test builds it', async () => {
    const document = await buildDocument((figma) => {
      const picture = imageFill(figma, fakeImage('png', { width: 30, height: 20 }), { scaleMode: 'FIT' });
      add(figma, 'FRAME', { name: 'Hero', width: 1440, height: 491, fills: [picture] });
    });
    const fake = createFakeFigma({ document });
    const hero = await fake.figma.getNodeByIdAsync(document.named('Hero'));
    expect(hero).toMatchObject({ type: 'FRAME', width: 1440, fills: [{ scaleMode: 'FIT' }] });
    expect(document.steps).toBe(0);
    expect(() => document.named('Villain')).toThrow('0 nodes named Villain');
  });

  it('[FAKE33] the viewport follows what it is shown, and pages outside open in the browser', () => {
    const fake = createFakeFigma();
    const { figma } = fake;
    const frame = add(figma, 'FRAME', { x: 1000, y: 500, width: 2880, height: 100 });
    figma.viewport.scrollAndZoomIntoView([frame]);
    expect(figma.viewport).toMatchObject({ center: { x: 2440, y: 550 }, zoom: 0.5 });
    expect(figma.viewport.bounds).toEqual({ x: 1000, y: -350, width: 2880, height: 1800 });
    figma.openExternal('https://example.com');
    expect(fake.opened).toEqual(['https://example.com']);
    expect(() => figma.currentUser).toThrow('"currentuser" must be specified in the permissions array');
  });

  it('[FAKE34] it needs nothing but what every JavaScript engine with a window or a worker has', async () => {
    const entry = new URL('fake-figma.ts', import.meta.url).pathname;
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'fake',
      target: 'es2022',
      platform: 'neutral',
    });
    const context = createContext({ structuredClone, TextEncoder, setTimeout, clearTimeout, URL });
    runInContext(outputFiles[0]?.text ?? '', context);
    const script =
      'const { figma } = fake.createFakeFigma(); const f = figma.createFrame(); f.resize(3, 4); f.height';
    expect(runInContext(script, context)).toBe(4);
  });
});
