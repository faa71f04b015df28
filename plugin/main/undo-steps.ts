/** One undo step for all that is laid into one frame. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';

export interface UndoSteps {
  /** Call before a change: what belongs together has the same key. */
  begin(key: string): void;
  /** What was changed since `begin` is a step; other keys' changes are left open. */
  end(key: string): void;
}

export function createUndoSteps(figma: PluginAPI): UndoSteps {
  let open: string | null = null;
  return {
    begin(key) {
      if (open === key) return;
      figma.commitUndo();
      open = key;
    },
    end(key) {
      if (open !== key) return;
      figma.commitUndo();
      open = null;
    },
  };
}
