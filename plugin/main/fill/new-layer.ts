/** Lays a panorama onto a page as a layer of its own. */
import type { PageNode, PluginAPI, SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Point } from '../../../shared/geometry.ts';
import type { PendingFill } from '../../messages.ts';
import { findLayer, pageOf } from '../layers.ts';
import { showLayer } from '../view.ts';
import { createPictured, createTiles, type TakenPart } from './tiles.ts';

/** Units between the target and the layer beside it. */
const GAP = 40;

/** `before` is the layer of another variant: the new one takes its place. Selects it and brings it into view. */
export async function layBeside(
  figma: PluginAPI,
  pending: PendingFill,
  parts: readonly TakenPart[],
  before: SceneNode | null,
): Promise<SceneNode> {
  const { x, y } = before?.absoluteBoundingBox ?? (await freePlace(figma, pending));
  const page = await pageFor(figma, before, pending);
  const [only] = parts;
  const layer =
    only && parts.length === 1
      ? createPictured(figma, only.rectangle, pending.scale, only.image.hash)
      : createTiles(figma, parts, pending.scale);
  page.appendChild(layer);
  layer.name = pending.name;
  layer.x = x;
  layer.y = y;
  before?.remove();
  await showLayer(figma, layer);
  return layer;
}

/** Where the target was; beside it where it still stands. */
async function freePlace(figma: PluginAPI, { targetId, pageId, place }: PendingFill): Promise<Point> {
  const target = await findLayer(figma, targetId);
  const box = target && pageOf(target)?.id === pageId ? target.absoluteBoundingBox : null;
  return box ? { x: box.x + box.width + GAP, y: box.y } : place;
}

async function pageFor(
  figma: PluginAPI,
  before: SceneNode | null,
  { pageId }: PendingFill,
): Promise<PageNode> {
  const id = (before && pageOf(before)?.id) ?? pageId;
  const page = figma.root.children.find((each) => each.id === id) ?? figma.currentPage;
  await page.loadAsync();
  return page;
}
