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

  it('[DOC4] is told when what is selected changes, and only then', async () => {
    const plugin = await openPlugin({ document: await twoFrames(), selected: ['One'] });
    const first = await opening(plugin);
    expect(first.selection.targets[0]?.size).toEqual({ width: 100, height: 100 });
    const { user, document, figma } = plugin;
    user.resize(document.named('Two'), 500, 100);
    figma.createRectangle().remove();
    user.resize(document.named('One'), 300, 100);
    user.resize(document.named('One'), 400, 100);
    await eventually(() => plugin.reports().length > 0);
    expect(plugin.reports().map(({ targets }) => targets[0]?.size)).toEqual([{ width: 400, height: 100 }]);
    user.edit((changed) => changed.setProps(document.named('One'), { locked: true }));
    await eventually(() => plugin.reports().length > 1);
    expect(plugin.reports()[1]?.targets[0]?.locked).toBe(true);
  });

  it('[DOC4] is not told as it was when it has changed while Figma drew it', async () => {
    const fake = createFakeFigma({ document: await twoFrames() });
    const told: SelectionReport[] = [];
    let goOn = (): void => undefined;
    const first = new Promise<Uint8Array>((resolve) => {
      goOn = () => resolve(new Uint8Array());
    });
    let drawings = 0;
    const slow = drawing(fake.figma, () => (drawings++ === 0 ? first : Promise.resolve(new Uint8Array())));
    const watch = watchSelection(slow, (report) => void told.push(report));
    select(fake, 'One');
    await eventually(() => drawings === 1);
    select(fake, 'Two');
    const telling = watch.refresh();
    goOn();
    await telling;
    await eventually(() => told.length > 0);
    expect(told.map(targets)).toContainEqual(['Two']);
    expect(told.map(targets)).not.toContainEqual(['One']);
  });
});

/** Figma whose drawings come from the test. */
function drawing(figma: PluginAPI, draw: () => Promise<Uint8Array>): PluginAPI {
  const drawn = (node: SceneNode): SceneNode =>
    new Proxy(node, {
      get: (target, key) => (key === 'exportAsync' ? draw : Reflect.get(target, key)) as unknown,
    });
  const page = () =>
    new Proxy(figma.currentPage, {
      get: (target, key) =>
        (key === 'selection' ? target.selection.map(drawn) : Reflect.get(target, key)) as unknown,
    });
  return new Proxy(figma, {
    get: (target, key) => (key === 'currentPage' ? page() : Reflect.get(target, key)) as unknown,
  });
}
