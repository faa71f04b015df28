/** Tells the window of the selection: one report for what changes at once, and never an older one after a newer. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { SelectionReport } from '../../messages.ts';
import { readSelection } from './read-selection.ts';

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

  async function tellChanges(): Promise<void> {
    // What changes in the same breath is one change.
    await Promise.resolve();
    while (changed) {
      changed = false;
      // A layer that goes away meanwhile changes the selection again.
      const report = await readSelection(figma, ++turn).catch(() => null);
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

  figma.on('selectionchange', () => void refresh());
  figma.on('currentpagechange', () => void refresh());
  return { read: () => readSelection(figma, ++turn), refresh };
}
