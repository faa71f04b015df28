/** Gives filled layers back what they held before. */
import type { Paint, PluginAPI, SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { RestoreAnswer } from '../messages.ts';
import { withoutPanorama } from './fill/fills.ts';
import { findLayer, isFillable, isLocked, pageOf, type Fillable } from './layers.ts';
import { fillsOf } from './paints.ts';
import {
  clearRecord,
  holdsPanorama,
  readRecord,
  showHidden,
  takeTilesAway,
  type Original,
  type PanoramaRecord,
} from './record.ts';
import { setFills } from './set-fills.ts';
import { storedSize } from './source.ts';
import type { UndoSteps } from './undo-steps.ts';

const STEP = 'restore';

/** One undo step for all; the selected ones where `nodeIds` is null. What is locked stays as it is. */
export async function restore(
  figma: PluginAPI,
  steps: UndoSteps,
  nodeIds: readonly string[] | null,
): Promise<RestoreAnswer> {
  const selected = nodeIds ?? figma.currentPage.selection.map(({ id }) => id);
  const failed: string[] = [];
  let restored = 0;
  for (const id of selected) {
    const node = await findLayer(figma, id);
    // One that Figma does not let go of keeps no other from it.
    const done = node && (await restoreOne(figma, steps, node).catch(() => false));
    if (done) restored += 1;
    else failed.push(node && !node.removed ? node.name : id);
  }
  steps.end(STEP);
  return { restored, failed };
}

async function restoreOne(figma: PluginAPI, steps: UndoSteps, node: SceneNode): Promise<boolean> {
  const record = readRecord(node);
  await pageOf(node)?.loadAsync();
  if (!record || !isFillable(node) || isLocked(node)) return false;
  const original = originalOf(node, record);
  if (!original || !(await isThere(figma, original.fills, fillsOf(node) ?? []))) return false;
  steps.begin(STEP);
  await setOriginal(node, original);
  takeTilesAway(node, record.mark);
  showHidden(node, record.mark);
  clearRecord(node);
  node.setRelaunchData({});
  return true;
}

/** What the user has done to the other fills since stays, unless the panorama is not among them any more. */
function originalOf(node: Fillable, record: PanoramaRecord): Original | null {
  if (!record.original) return null;
  const fills = fillsOf(node);
  if (!fills || !holdsPanorama(node, record)) return record.original;
  const { fillStyleId } = node;
  return withoutPanorama({ fills, styleId: typeof fillStyleId === 'string' ? fillStyleId : '' }, record)
    .original;
}

/** Whether the file still has the pictures that come back. */
async function isThere(
  figma: PluginAPI,
  fills: readonly Paint[],
  current: readonly Paint[],
): Promise<boolean> {
  const shown = new Set(
    current.map((paint) => (paint.type === 'IMAGE' && paint.visible !== false ? paint.imageHash : null)),
  );
  for (const paint of fills) {
    if (paint.type !== 'IMAGE' || paint.visible === false || shown.has(paint.imageHash)) continue;
    if (!(await storedSize(figma, paint))) return false;
  }
  return true;
}

/** A style that is gone meanwhile leaves its paints. */
async function setOriginal(node: Fillable, { fills, styleId }: Original): Promise<void> {
  await setFills(node, fills);
  if (styleId !== '') await node.setFillStyleIdAsync(styleId).catch(() => undefined);
}
