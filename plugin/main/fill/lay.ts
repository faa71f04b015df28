/** Lays a panorama into the layer that it was made for. */
import type { Paint, PluginAPI, SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { FillPicture, PendingFill } from '../../messages.ts';
import { findLayer, isInside, sizeOf, takesTiles, type Fillable } from '../layers.ts';
import { fillsOf, isPicture, shownFills } from '../paints.ts';
import {
  hideSource,
  holdsPanorama,
  markTiles,
  readRecord,
  takeTilesAway,
  writeRecord,
  type Original,
  type PanoramaRecord,
} from '../record.ts';
import { setFills } from '../set-fills.ts';
import { findImage } from '../source.ts';
import { parseSourceId } from '../source-id.ts';
import { panoramaPaint, replacedFill, withInvisible, withPanorama, withoutPanorama } from './fills.ts';
import { createTiles, layBehind, type TakenPart } from './tiles.ts';

/** Figma refuses longer ones. */
const DESCRIPTION_CHARACTERS = 1000;

/** Changes the document; all that can be checked has been. One part becomes a fill, several become tiles. */
export async function layInto(
  figma: PluginAPI,
  target: Fillable,
  pending: PendingFill,
  { variant, description }: FillPicture,
  parts: readonly TakenPart[],
): Promise<void> {
  const before = readRecord(target);
  const source = await findLayer(figma, pending.source.nodeId);
  const picture = pictureOf(target, source, pending, before);
  const current = originalOf(target);
  const cleared = current && withoutPanorama(current, before);
  const replaced = cleared && replacedFill(cleared, pending);
  const [only] = parts;
  const imageHash = only && parts.length === 1 ? only.image.hash : null;

  const record: PanoramaRecord = {
    id: pending.id,
    variant,
    mark: before?.mark ?? pending.id,
    imageHash,
    replaced,
    original: cleared && !cleared.incomplete ? cleared.original : null,
    picture,
    source: { nodeId: pending.source.nodeId, name: pending.source.name },
    pixels: pending.pixels,
    scale: pending.scale,
  };
  // First what Figma may refuse, so that nothing is left half done.
  if (imageHash !== null) {
    await setFills(target, cleared ? withPanorama(cleared, replaced, imageHash) : [panoramaPaint(imageHash)]);
    takeTilesAway(target, record.mark);
  } else if (takesTiles(target)) {
    const fills = cleared && withInvisible(cleared, replaced);
    const group = createTiles(figma, parts, pending.scale);
    try {
      layBehind(target, group);
      if (fills && !same(fills, fillsOf(target))) await setFills(target, fills);
    } catch (error) {
      group.remove();
      throw error;
    }
    takeTilesAway(target, record.mark);
    markTiles(group, record.mark);
  }
  writeRecord(target, record);
  if (pending.hideSource && source && isInside(source, target)) hideSource(source, record.mark);
  target.setRelaunchData({ resize: description.slice(0, DESCRIPTION_CHARACTERS), restore: '' });
}

/** What the panorama is made of; what the panorama before was made of where that is the source, or has taken its place. */
function pictureOf(
  target: SceneNode,
  source: SceneNode | null,
  { id, source: { id: sourceId } }: PendingFill,
  before: PanoramaRecord | null,
): PanoramaRecord['picture'] {
  // Its draft, or another variant.
  if (before?.id === id) return before.picture;
  if (!source) return null;
  if (sourceId !== undefined) {
    const ref = parseSourceId(sourceId);
    return ref && 'key' in ref && ref.kind !== 'paint' ? findImage(source, ref) : null;
  }
  if (before && source.id === target.id && holdsPanorama(target, before)) return before.picture;
  const top = shownFills(fillsOf(source) ?? []).find(({ paint }) => isPicture(paint));
  return top && isPicture(top.paint) ? { paint: top.paint, size: sizeOf(source) } : null;
}

/** Null where the parts of the layer have different fills. */
function originalOf(target: Fillable): Original | null {
  const fills = fillsOf(target);
  const styleId = target.fillStyleId;
  return fills && { fills, styleId: typeof styleId === 'string' ? styleId : '' };
}

function same(one: readonly Paint[], other: readonly Paint[] | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
