/**
 * Tells the window of the selection, and of what is selected as that changes: one report for what changes at once, and
 * never an older one after a newer.
 */
import type { PageNode, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { SelectionReport } from '../../messages.ts';
import { digestOf } from './digest.ts';
import { readSelection } from './read-selection.ts';

/** A layer is dragged and resized in many small steps. */
const REST_MS = 250;

export interface SelectionWatch {
  /** The selection as it is now. */
  read(): Promise<SelectionReport>;
  /** Tells it anew: the document may have changed under the same selection. Resolves when nothing is left to tell. */
  refresh(): Promise<void>;
}

export function watchSelection(figma: PluginAPI, tell: (report: SelectionReport) => void): SelectionWatch {
  let turn = 0;
  let changed = false;
  let telling: Promise<void> | null = null;
  /** Of what was read last. */
  let digest = '';

  function read(): Promise<SelectionReport> {
    // Before, for what changes meanwhile is to be noticed.
    digest = digestOf(figma);
    return readSelection(figma, ++turn);
  }

  async function tellChanges(): Promise<void> {
    // What changes in the same breath is one change.
    await Promise.resolve();
    while (changed) {
      changed = false;
      // A layer that goes away meanwhile changes the selection again.
      const report = await read().catch(() => null);
      // Otherwise it is old already.
      if (report && !changed) tell(report);
    }
  }

  function refresh(): Promise<void> {
    changed = true;
    telling ??= tellChanges().finally(() => {
      telling = null;
    });
    return telling;
  }

  const undo = watchPages(figma, () => {
    if (digestOf(figma) !== digest) void refresh();
  });
  figma.on('selectionchange', () => void refresh());
  figma.on('currentpagechange', () => void refresh());
  figma.on('close', undo);
  return { read, refresh };
}

/** Tells of changes on the page that is shown, once they rest, until undone. */
function watchPages(figma: PluginAPI, changed: () => void): () => void {
  let page: PageNode = figma.currentPage;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const noticed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, REST_MS);
  };
  page.on('nodechange', noticed);
  figma.on('currentpagechange', () => {
    if (!page.removed) page.off('nodechange', noticed);
    page = figma.currentPage;
    page.on('nodechange', noticed);
  });
  return () => clearTimeout(timer);
}
