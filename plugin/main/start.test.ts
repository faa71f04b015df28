import { describe, expect, it } from 'vitest';
import { add, buildDocument, fakeImage, imageFill, type FakeDocument } from '../fake-figma/fake-figma.ts';
import { WINDOW_SIZE } from '../messages.ts';
import { eventually } from '../ui/eventually.testing.ts';
import { layer, names, openPlugin, opening } from './plugin.testing.ts';

const LANGUAGE_KEY = 'panorama-converter.preferences';

const twoPages = (): Promise<FakeDocument> =>
  buildDocument((figma) => {
    const fills = [imageFill(figma, fakeImage('png', { width: 60, height: 40 }))];
    add(figma, 'FRAME', { name: 'Hero', fills });
    const page = figma.createPage();
    page.name = 'Second';
    page.appendChild(add(figma, 'FRAME', { name: 'Away' }));
  });

describe('the start', () => {
  it('[DOC1] shows the window for what needs one, and hides it for "Resize to frame"', async () => {
    for (const command of ['fill', 'server', 'help', 'resize'] as const) {
      const plugin = await openPlugin({ command, document: await twoPages(), selected: ['Hero'] });
      const visible = command !== 'resize';
      expect(plugin.iframe).toMatchObject({ open: true, visible, html: '<html>' });
      expect(plugin.iframe.options).toMatchObject({
        ...WINDOW_SIZE,
        themeColors: true,
        title: 'Panorama Converter',
      });
      const { selection, ...rest } = await opening(plugin);
      expect(rest).toEqual({ command, visible, quick: {}, pending: [] });
      expect(names(selection.sources)).toEqual(['Hero']);
      expect(plugin.closed.closed).toBe(false);
    }
  });

  it('[DOC1] without a command, or with an unknown one, is that of the window', async () => {
    for (const command of ['', 'unknown']) {
      expect(await opening(await openPlugin({ command }))).toMatchObject({ command: 'fill', visible: true });
    }
  });

  it('[DOC5] says nothing by itself', async () => {
    const plugin = await openPlugin();
    expect((await opening(plugin)).selection).toMatchObject({ sources: [], targets: [], hint: 'nothing' });
    expect(plugin.toasts).toEqual([]);
  });

  it('[DOC2] passes on what quick actions chose, and nothing else', async () => {
    const quickOf = async (parameters: Readonly<Record<string, unknown>>) =>
      (await opening(await openPlugin({ command: 'resize', parameters }))).quick;
    expect(await quickOf({ mode: 'retarget', preset: 'draft', scale: 2 })).toEqual({
      mode: 'retarget',
      preset: 'draft',
      scale: 2,
    });
    expect(await quickOf({ mode: undefined, scale: '3' })).toEqual({ scale: 3 });
    expect(await quickOf({ mode: 'x', preset: 7, scale: 4, other: 'extend' })).toEqual({});
  });

  it('[DOC2] suggests what fits to what is typed, in the user’s language', async () => {
    const typed = async (key: string, query: string, preferences?: unknown) => {
      const storage = new Map<string, unknown>(
        preferences === undefined ? [] : [[LANGUAGE_KEY, preferences]],
      );
      const { user } = await openPlugin({ command: 'resize', storage });
      const { suggestions, error } = await user.typeParameter(key, query);
      return error ?? suggestions;
    };
    expect(await typed('mode', '')).toEqual([
      { name: 'Extend', data: 'extend' },
      { name: 'Retarget', data: 'retarget' },
      { name: 'Reimagine', data: 'reimagine' },
    ]);
    expect(await typed('preset', ' CLAS')).toEqual([{ name: 'Classic', data: 'classic' }]);
    expect(await typed('scale', '2')).toEqual([{ name: '2×', data: 2 }]);
    expect(await typed('mode', '확', { language: 'ko' })).toEqual([{ name: '확장', data: 'extend' }]);
    expect(await typed('preset', 'draft', { language: 'ko' })).toEqual([{ name: '초안', data: 'draft' }]);
    expect(await typed('scale', '3', { language: 'xx' })).toEqual([{ name: '3×', data: 3 }]);
    expect(await typed('mode', 'zoom', 'damaged')).toBe('Nothing is called “zoom”. Delete some letters.');
    expect(await typed('mode', 'zoom', { language: 'ko' })).toContain('zoom');
    expect(await typed('colour', '')).toContain('Nothing is called');
  });
});

describe('the channel', () => {
  it('[DOC3] answers by the question’s id, errors in one line', async () => {
    const plugin = await openPlugin();
    const [first, second] = await Promise.all([
      plugin.ask('readSetting', { key: 'a' }),
      plugin.ask('reveal', { nodeId: '9:9' }),
      expect(plugin.ask('openPage', { url: 'javascript:alert(1)' })).rejects.toThrow(
        /^only pages on the web are opened$/,
      ),
    ]);
    expect([first, second]).toEqual([undefined, false]);
    const broken = { fills: null } as never;
    await expect(plugin.ask('begin', broken)).rejects.toThrow(/^[^\n]+$/);
  });

  it('[DOC3] answers an unknown question by an error, and leaves alone what is none', async () => {
    const plugin = await openPlugin();
    for (const name of ['format', 'toString', '__proto__']) {
      await expect(plugin.ask(name as 'opened', null)).rejects.toThrow(`no question of the name ${name}`);
    }
    const before = plugin.iframe.received.length;
    for (const message of [
      null,
      7,
      'opened',
      {},
      { type: 'request' },
      { type: 'request', id: 'x', name: 'opened' },
    ]) {
      plugin.iframe.post(message);
    }
    await plugin.ask('readSetting', { key: 'a' });
    expect(plugin.iframe.received).toHaveLength(before + 1);
  });

  it('[DOC3] falls silent when the plugin ends, whatever is still at work', async () => {
    const plugin = await openPlugin({ document: await twoPages(), selected: ['Hero'] });
    const received = plugin.iframe.received.length;
    for (const [i, name] of ['opened', 'readSetting', 'close', 'opened'].entries()) {
      const question = { readSetting: { key: 'a' }, close: { text: 'Done' } }[name] ?? null;
      plugin.iframe.post({ type: 'request', id: i, name, question });
    }
    await eventually(() => plugin.closed.closed);
    expect(plugin.closed.message).toBe('Done');
    // An answer after the end would be an unhandled rejection, which fails the run.
    await new Promise((resolve) => setTimeout(resolve));
    expect(plugin.iframe.received.length - received).toBeLessThanOrEqual(1);
  });

  it('[DOC3] ends the plugin with and without a last toast', async () => {
    for (const [text, message] of [
      ['', null],
      ['x'.repeat(200), `${'x'.repeat(99)}…`],
    ] as const) {
      const plugin = await openPlugin();
      plugin.iframe.post({ type: 'request', id: 1, name: 'close', question: { text } });
      await eventually(() => plugin.closed.closed);
      expect(plugin.closed.message).toBe(message);
    }
  });

  it('[DOC37] shows one toast at a time, cut to what Figma shows, and tells of its button', async () => {
    const plugin = await openPlugin();
    const toast = (text: string, stays: boolean, cancel: string | null = null) =>
      plugin.ask('toast', { text, error: false, stays, cancel });
    const visible = () => plugin.toasts.filter((each) => each.visible);
    await toast('Sending', true, 'Cancel');
    expect(visible()).toMatchObject([{ text: 'Sending', timeout: Infinity, button: 'Cancel', error: false }]);
    await toast('Sending', true, 'Cancel');
    expect(plugin.toasts).toHaveLength(1);
    await toast('x'.repeat(120), true);
    expect(visible()).toMatchObject([{ text: `${'x'.repeat(99)}…`, cut: false, button: null }]);
    await toast('', false);
    expect(visible()).toEqual([]);
    await toast('Working', true, 'Cancel');
    plugin.user.pressToastButton();
    await eventually(() => plugin.told.length > 0);
    expect(plugin.told).toEqual([{ type: 'event', name: 'toastButton', event: null }]);
    expect(visible()).toEqual([]);
    // The same one may come again once it is gone.
    await toast('Working', true, 'Cancel');
    expect(visible()).toHaveLength(1);
    await plugin.ask('toast', { text: 'Failed', error: true, stays: false, cancel: null });
    expect(visible()).toMatchObject([{ text: 'Failed', error: true }]);
    expect(visible()[0]?.timeout).toBeLessThan(Infinity);
    await toast('', false);
  });

  it('[DOC38] keeps settings on the user’s machine, under names of its own', async () => {
    const plugin = await openPlugin();
    await plugin.ask('writeSetting', { key: 'filling', value: { scale: 2 } });
    expect([...plugin.storage.entries()]).toEqual([['panorama-converter.filling', { scale: 2 }]]);
    expect(await plugin.ask('readSetting', { key: 'filling' })).toEqual({ scale: 2 });
    await plugin.ask('writeSetting', { key: 'filling', value: undefined });
    expect(plugin.storage.size).toBe(0);
    await expect(plugin.ask('writeSetting', { key: 'filling', value: 'x'.repeat(6e6) })).rejects.toThrow(
      /^[^\n]+$/,
    );
  });

  it('[DOC39] shows a layer on its page', async () => {
    const plugin = await openPlugin({ document: await twoPages() });
    const { id } = await layer(plugin, 'Away', 'FRAME');
    expect(await plugin.ask('reveal', { nodeId: id })).toBe(true);
    expect(plugin.figma.currentPage.name).toBe('Second');
    expect(names([...plugin.figma.currentPage.selection])).toEqual(['Away']);
    for (const nodeId of ['9:9', plugin.figma.currentPage.id, plugin.figma.root.id]) {
      expect(await plugin.ask('reveal', { nodeId })).toBe(false);
    }
  });

  it('[DOC39] opens pages of the web', async () => {
    const plugin = await openPlugin();
    await plugin.ask('openPage', { url: 'https://example.com/help' });
    await expect(plugin.ask('openPage', { url: 'file:///etc/passwd' })).rejects.toThrow(
      'only pages on the web',
    );
    expect(plugin.opened).toEqual(['https://example.com/help']);
  });

  it('[DOC1] shows a window that was not seen, at the size that is asked for', async () => {
    const plugin = await openPlugin({ command: 'resize' });
    await plugin.ask('showWindow', { width: 400, height: 500 });
    expect(plugin.iframe.visible).toBe(true);
    expect(plugin.iframe.options).toMatchObject({ width: 400, height: 500 });
  });
});
