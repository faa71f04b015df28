/** What Figma has to draw, drawn by it. */
import type {
  ExportSettingsConstraints,
  Paint,
  PluginAPI,
  SceneNode,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Size } from '../../shared/geometry.ts';
import { sizeOf } from './layers.ts';
import { setFills } from './set-fills.ts';

/** Pixels of the longest side: enough for a panorama, and no more than Figma draws. */
const LEAST_SIDE = 1024;
const MOST_SIDE = 4096;
const THUMBNAIL_SIDE = 120;
/** So far from what is seen is a paint drawn. */
const ASIDE = 10_000;

/** The layer with all that is in it, as PNG; rejects where nothing of it can be seen. */
export function drawLayer(node: SceneNode): Promise<Uint8Array> {
  const value = drawnScale(node.absoluteBoundingBox ?? sizeOf(node));
  return node.exportAsync({ format: 'PNG', useAbsoluteBounds: true, constraint: { type: 'SCALE', value } });
}

/** One paint of a layer, without what lies over it, unrotated, as PNG: drawn on a rectangle that is there for that long. */
export async function drawPaint(figma: PluginAPI, paint: Paint, size: Size): Promise<Uint8Array> {
  const { bounds } = figma.viewport;
  const rectangle = figma.createRectangle();
  const remove = (): void => {
    if (!rectangle.removed) rectangle.remove();
  };
  // What is still at work then does not come to its end.
  figma.on('close', remove);
  try {
    rectangle.resize(size.width, size.height);
    rectangle.x = bounds.x - size.width - ASIDE;
    rectangle.y = bounds.y;
    await setFills(rectangle, [{ ...paint, visible: true }]);
    return await drawLayer(rectangle);
  } finally {
    figma.off('close', remove);
    remove();
  }
}

/** Small, as PNG; null where Figma does not draw it. */
export async function thumbnailOf(node: SceneNode): Promise<Uint8Array | null> {
  const type = node.width >= node.height ? 'WIDTH' : 'HEIGHT';
  const constraint: ExportSettingsConstraints = { type, value: THUMBNAIL_SIDE };
  try {
    return await node.exportAsync({ format: 'PNG', constraint });
  } catch {
    return null;
  }
}

/** Pixels for one unit. */
function drawnScale({ width, height }: Size): number {
  const longest = Math.max(width, height);
  return Math.min(Math.max(1, LEAST_SIDE / longest), MOST_SIDE / longest);
}
