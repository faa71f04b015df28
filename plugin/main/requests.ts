/** What the window asks of main, and who answers. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { shortToast, type Command, type QuickSettings } from '../messages.ts';
import type { Channel, Handlers } from './channel.ts';
import { createFiller } from './fill/fill.ts';
import { createPendingFills } from './pending.ts';
import { restore } from './restore.ts';
import { watchSelection } from './selection/watch.ts';
import type { Settings } from './settings.ts';
import { readSource } from './source.ts';
import { createToast } from './toast.ts';
import { createUndoSteps } from './undo-steps.ts';
import { reveal } from './view.ts';

/** How the plugin was started. */
export interface Start {
  readonly command: Command;
  readonly quick: QuickSettings;
  readonly visible: boolean;
}

export function createHandlers(
  figma: PluginAPI,
  settings: Settings,
  { tell }: Channel,
  start: Start,
): Handlers {
  const pendingFills = createPendingFills(figma, settings);
  const steps = createUndoSteps(figma);
  const filler = createFiller(figma, pendingFills, steps);
  const selection = watchSelection(figma, (report) => tell('selection', report));
  const toast = createToast(figma, () => tell('toastButton', null));
  const inTurn = createQueue();

  return {
    async opened() {
      const [report, pending] = await Promise.all([selection.read(), pendingFills.waitedFor()]);
      return { ...start, selection: report, pending };
    },
    readSetting: ({ key }) => settings.read(key),
    async writeSetting({ key, value }) {
      await settings.write(key, value);
      return null;
    },
    readSource: ({ sourceId }) => inTurn(() => readSource(figma, sourceId)),
    begin: ({ fills }) => inTurn(() => pendingFills.begin(fills)),
    async fill(picture) {
      const answer = await inTurn(() => filler.fill(picture));
      if (answer.ok) void selection.refresh();
      return answer;
    },
    settle: ({ id }) =>
      inTurn(() => {
        filler.settle(id);
        return null;
      }),
    forget: ({ ids }) =>
      inTurn(async () => {
        await pendingFills.forget(ids);
        return null;
      }),
    async restore({ nodeIds }) {
      const answer = await inTurn(() => restore(figma, steps, nodeIds));
      // Told first: it says what the selected frames are now.
      await selection.refresh();
      return answer;
    },
    reveal: ({ nodeId }) => reveal(figma, nodeId),
    toast(question) {
      toast(question);
      return null;
    },
    showWindow({ width, height }) {
      figma.ui.show();
      figma.ui.resize(width, height);
      return null;
    },
    openPage({ url }) {
      if (!/^https?:\/\//.test(url)) throw new Error('only pages on the web are opened');
      figma.openExternal(url);
      return null;
    },
    close({ text }) {
      if (text === '') figma.closePlugin();
      else figma.closePlugin(shortToast(text));
      return null;
    },
  };
}

/** What changes the document, or draws on it, goes one after the other. */
function createQueue(): <T>(work: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
