/** Lays panoramas into the document: everything is checked before anything is changed. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { pixelsOf } from '../../../shared/geometry.ts';
import type { FillAnswer, FillPicture, PendingFill } from '../../messages.ts';
import { findLayer, isFillable, isLocked, pageOf, sizeOf, takesTiles, type Fillable } from '../layers.ts';
import { oneLine } from '../one-line.ts';
import type { PendingFills } from '../pending.ts';
import type { UndoSteps } from '../undo-steps.ts';
import { checkParts } from './check.ts';
import { layInto } from './lay.ts';
import { layBeside } from './new-layer.ts';
import type { TakenPart } from './tiles.ts';

export interface Filler {
  fill(picture: FillPicture): Promise<FillAnswer>;
  /** What was filled is one undo step from here on. */
  settle(id: string): void;
}

type Refusal = Extract<FillAnswer, { ok: false }>;

export function createFiller(figma: PluginAPI, pendingFills: PendingFills, steps: UndoSteps): Filler {
  /** The layers that panoramas have of their own, by the panorama's id. */
  const layers = new Map<string, string>();

  async function fill(picture: FillPicture): Promise<FillAnswer> {
    const { id, parts, into } = picture;
    const pending = pendingFills.find(id);
    if (!pending) return refused('this document does not wait for the panorama');
    const target = into === 'target' ? await checkTarget(figma, pending, parts.length) : null;
    if (target && 'ok' in target) return target;
    const wrong = checkParts(parts, pending.pixels);
    if (wrong) return wrong;
    const taken = parts.map(({ rectangle, bytes }): TakenPart => ({
      rectangle,
      image: figma.createImage(bytes),
    }));
    steps.begin(id);
    if (target) {
      await layInto(figma, target, pending, picture, taken);
      return { ok: true, nodeId: target.id };
    }
    const before = layers.get(id);
    const layer = await layBeside(
      figma,
      pending,
      taken,
      before === undefined ? null : await findLayer(figma, before),
    );
    layers.set(id, layer.id);
    return { ok: true, nodeId: layer.id };
  }

  return {
    fill: (picture) => fill(picture).catch((error: unknown) => refused(oneLine(error))),
    settle: (id) => steps.end(id),
  };
}

async function checkTarget(
  figma: PluginAPI,
  { targetId, pixels, scale, unlocked }: PendingFill,
  parts: number,
): Promise<Fillable | Refusal> {
  const target = await findLayer(figma, targetId);
  const page = target && pageOf(target);
  if (!target || !page) return { ok: false, problem: 'deleted' };
  await page.loadAsync();
  if (!isFillable(target)) return refused(`a layer of type ${target.type} has no fills`);
  const now = pixelsOf(sizeOf(target), scale);
  if (now.width !== pixels.width || now.height !== pixels.height) {
    return { ok: false, problem: 'resized', size: sizeOf(target), pixels: now };
  }
  if (isLocked(target) && !unlocked) return { ok: false, problem: 'locked' };
  if (parts > 1 && !takesTiles(target))
    return refused('nothing can be laid into this layer: it takes one fill only');
  return target;
}

function refused(message: string): Refusal {
  return { ok: false, problem: 'refused', message };
}
