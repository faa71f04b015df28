/** A panorama larger than one picture of Figma's: rectangles side by side, in a group. */
import type {
  GroupNode,
  Image,
  PluginAPI,
  RectangleNode,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Rectangle } from '../../../shared/geometry.ts';
import type { TileHolder } from '../layers.ts';
import { panoramaPaint } from './fills.ts';

const NAME = 'Panorama';

/** A part that Figma has taken: its place is in the panorama's pixels. */
export interface TakenPart {
  readonly rectangle: Rectangle;
  readonly image: Image;
}

/** Lays them onto the page that is shown, with their top left corner at its origin. `scale` is pixels for one unit. */
export function createTiles(figma: PluginAPI, parts: readonly TakenPart[], scale: number): GroupNode {
  const tiles = parts.map(({ rectangle, image }, i) => {
    const tile = createPictured(figma, rectangle, scale, image.hash);
    tile.name = `${NAME} ${i + 1}`;
    tile.constraints = { horizontal: 'SCALE', vertical: 'SCALE' };
    return tile;
  });
  const group = figma.group(tiles, figma.currentPage);
  group.name = NAME;
  return group;
}

/** A rectangle that shows a picture pixel by pixel. */
export function createPictured(
  figma: PluginAPI,
  { x, y, width, height }: Rectangle,
  scale: number,
  imageHash: string,
): RectangleNode {
  const rectangle = figma.createRectangle();
  rectangle.resize(width / scale, height / scale);
  rectangle.x = x / scale;
  rectangle.y = y / scale;
  rectangle.strokes = [];
  rectangle.fills = [panoramaPaint(imageHash)];
  return rectangle;
}

/** Puts them behind everything in a frame, where nothing moves them and they move nothing. */
export function layBehind(holder: TileHolder, group: GroupNode): void {
  // Auto layout makes no room for what cannot be seen, so that nothing moves until the group is out of the flow.
  group.visible = false;
  holder.insertChild(0, group);
  if ('layoutMode' in holder && holder.layoutMode !== 'NONE') group.layoutPositioning = 'ABSOLUTE';
  group.x = 0;
  group.y = 0;
  group.visible = true;
  group.locked = true;
}
