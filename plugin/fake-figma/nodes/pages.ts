/** Pages, and the document they are in. */
import type {
  BaseNodeMixin,
  ChildrenMixin,
  DocumentNode,
  ExplicitVariableModesMixin,
  ExportMixin,
  PageNode,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { assert } from '../errors.ts';
import { pageOf } from '../places.ts';
import { readOnly } from './base.ts';
import { unmodelled, type Table } from './property.ts';

type PageOthers = BaseNodeMixin & ChildrenMixin & ExportMixin & ExplicitVariableModesMixin & { type: string };

function listen(type: unknown, run: () => void): void {
  assert(type === 'nodechange', 'Expected "type" to be "nodechange"');
  run();
}

export const page: Table<PageNode, PageOthers> = {
  selection: {
    get: ({ session, id }) => session.handles(session.document.selection(id)),
    set({ session, id }, value) {
      const ids = session.idsOf(value, 'selection');
      const here = ids.every((one) => one !== id && pageOf(session.document, one) === id);
      assert(here, 'The selection of a page can only include nodes in that page');
      session.document.select(id, ids);
    },
  },
  loadAsync: {
    // eslint-disable-next-line @typescript-eslint/require-await -- its errors are rejections
    call: async ({ session, id }) => session.load(id),
  },
  on: {
    call: ({ session, id }, type, callback) => listen(type, () => session.nodeChanges.add(id, callback)),
  },
  once: {
    call: ({ session, id }, type, callback) =>
      listen(type, () => session.nodeChanges.add(id, callback, true)),
  },
  off: {
    call: ({ session, id }, type, callback) => listen(type, () => session.nodeChanges.remove(id, callback)),
  },
  isPageDivider: readOnly(() => false),
  ...unmodelled('clone', 'guides', 'selectedTextRange', 'flowStartingPoints', 'backgrounds'),
  ...unmodelled('prototypeBackgrounds', 'prototypeStartNode', 'focusedSlide'),
  ...unmodelled('focusedNode', 'getMeasurements', 'getMeasurementsForNode', 'addMeasurement'),
  ...unmodelled('editMeasurement', 'deleteMeasurement'),
};

export const documentNode: Table<DocumentNode, BaseNodeMixin & ChildrenMixin & { type: string }> = {
  documentColorProfile: readOnly(() => 'SRGB'),
};
