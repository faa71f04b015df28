import type { PluginAPI, SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { describe, expect, it } from 'vitest';
import { add, buildDocument, createFakeFigma, fakeImage, imageFill } from '../../fake-figma/fake-figma.ts';
import type { SelectionReport } from '../../messages.ts';
import { eventually } from '../../ui/eventually.testing.ts';
import { openPlugin, opening, select } from '../plugin.testing.ts';
import { watchSelection } from './watch.ts';

const twoFrames = () =>
  buildDocument((figma) => {
    for (const name of ['One', 'Two']) {
      const bytes = fakeImage('png', { width: 60, height: 40 }, name.length);
      add(figma, 'FRAME', { name, fills: [imageFill(figma, bytes)] });
    }
  });

const targets = ({ targets }: SelectionReport): string[] => targets.map(({ name }) => name);

describe('the selection', () => {
  it('[DOC4] is told when it changes, and what changes at once is told once', async () => {
    const plugin = await openPlugin({ document: await twoFrames() });
    const { selection } = await opening(plugin);
    expect(selection.hint).toBe('nothing');
    select(plugin, 'One');
    select(plugin, 'One', 'Two');
    select(plugin, 'Two');
    await eventually(() => plugin.reports().length > 0);
    select(plugin);
    await eventually(() => plugin.reports().length > 1);
    expect(plugin.reports().map(targets)).toEqual([['Two'], []]);
    const turns = [selection, ...plugin.reports()].map(({ turn }) => turn);
    expect(turns).toEqual([...turns].sort((one, other) => one - other));
    expect(new Set(turns).size).toBe(3);
  });

  it('[DOC4] is told on another page', async () => {
    const document = await buildDocument((figma) => void (figma.createPage().name = 'Second'));
    const plugin = await openPlugin({ document });
    plugin.user.openPage(document.named('Second'));
    await eventually(() => plugin.reports().length > 0);
    expect(plugin.reports().map(({ hint }) => hint)).toEqual(['nothing']);
  });

  it('[DOC4] is not told as it was when it has changed while Figma drew it', async () => {
    const fake = createFakeFigma({ document: await twoFrames() });
    const drawn: (() => void)[] = [];
    const told: SelectionReport[] = [];
    const watch = watchSelection(drawingSlowly(fake.figma, drawn), (report) => void told.push(report));
    select(fake, 'One');
    await eventually(() => drawn.length === 1);
    select(fake, 'Two');
    const telling = watch.refresh();
    drawn[0]?.();
    await eventually(() => drawn.length === 2);
    drawn[1]?.();
    await telling;
    expect(told.map(targets)).toEqual([['Two']]);
  });
});

/** Each drawing waits until a test lets it go on. */
function drawingSlowly(figma: PluginAPI, drawn: (() => void)[]): PluginAPI {
  const slow = (node: SceneNode): SceneNode =>
    new Proxy(node, {
      get(target, key) {
        if (key !== 'exportAsync') return Reflect.get(target, key) as unknown;
        return () => new Promise((resolve) => drawn.push(() => resolve(new Uint8Array())));
      },
    });
  const page = () =>
    new Proxy(figma.currentPage, {
      get: (target, key) =>
        (key === 'selection' ? target.selection.map(slow) : Reflect.get(target, key)) as unknown,
    });
  return new Proxy(figma, {
    get: (target, key) => (key === 'currentPage' ? page() : Reflect.get(target, key)) as unknown,
  });
}
