/** What a filled layer keeps of its panorama and of what it held before, in its plugin data. */
import type { ImagePaint, Paint, SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Size } from '../../shared/geometry.ts';
import { instanceAround } from './layers.ts';
import { fillsOf } from './paints.ts';
import { STORED_BYTES, asText, fromText, isFields, isPositive, isSize } from './stored.ts';

const KEY = 'panorama';
/** On a group of tiles, and on a layer that was hidden: the mark of the frame's record, which copies keep as well. */
const TILES_KEY = 'panorama-tiles';
const HIDDEN_KEY = 'panorama-hidden';
const VERSION = 1;

export interface Original {
  readonly fills: readonly Paint[];
  /** Of the paint style that they came from; empty where there was none. */
  readonly styleId: string;
}

export interface PanoramaRecord {
  /** The panorama's id on the server. */
  readonly id: string;
  readonly variant: number;
  /** Of the first panorama that was laid here, the same for all that follow. */
  readonly mark: string;
  /** Of the panorama's own fill; null where it lies in tiles. */
  readonly imageHash: string | null;
  /** Which of the original fills it stands for; null where it was added. */
  readonly replaced: number | null;
  /** Null where it could not be kept: too large, or not one list of fills. */
  readonly original: Original | null;
  /** The picture it was made of and the size of its layer; null where Figma had to draw it. */
  readonly picture: { readonly paint: ImagePaint; readonly size: Size } | null;
  readonly source: { readonly nodeId: string; readonly name: string };
  /** Pixels. */
  readonly pixels: Size;
  /** Pixels for one unit of Figma. */
  readonly scale: number;
}

/** Null where there is none, or none of this version. */
export function readRecord(node: SceneNode): PanoramaRecord | null {
  const value = fromText(node.getPluginData(KEY));
  if (!isFields(value) || value.version !== VERSION) return null;
  const { id, variant, mark, imageHash, replaced, original, picture, source, pixels, scale } = value;
  if (typeof id !== 'string' || typeof mark !== 'string' || typeof variant !== 'number') return null;
  if (imageHash !== null && typeof imageHash !== 'string') return null;
  if (replaced !== null && typeof replaced !== 'number') return null;
  if (!isFields(source) || typeof source.nodeId !== 'string' || typeof source.name !== 'string') return null;
  if (!isSize(pixels) || !isPositive(scale)) return null;
  return {
    id,
    variant,
    mark,
    imageHash,
    replaced,
    original: isOriginal(original) ? original : null,
    picture: isPictureOf(picture) ? picture : null,
    source: { nodeId: source.nodeId, name: source.name },
    pixels,
    scale,
  };
}

/** Leaves the original out where it does not fit. */
export function writeRecord(node: SceneNode, record: PanoramaRecord): void {
  const whole = asText({ version: VERSION, ...record });
  const text = whole.length <= STORED_BYTES ? whole : asText({ version: VERSION, ...record, original: null });
  node.setPluginData(KEY, text);
}

export function clearRecord(node: SceneNode): void {
  node.setPluginData(KEY, '');
}

/** Whether the panorama of the record still lies in the layer, be it as its fill or in tiles. */
export function holdsPanorama(node: SceneNode, { imageHash, mark }: PanoramaRecord): boolean {
  if (imageHash === null) return tilesIn(node, mark)?.visible === true;
  return fillsOf(node)?.some((paint) => isOurs(paint, imageHash)) ?? false;
}

export function isOurs(paint: Paint, imageHash: string | null): boolean {
  return imageHash !== null && paint.type === 'IMAGE' && paint.imageHash === imageHash;
}

/** The group of tiles right inside a frame. */
function tilesIn(node: SceneNode, mark: string): SceneNode | null {
  if (!('children' in node)) return null;
  return node.children.find((child) => child.getPluginData(TILES_KEY) === mark) ?? null;
}

/** Nothing can be removed from an instance, but hidden. */
export function takeTilesAway(node: SceneNode, mark: string): void {
  const tiles = tilesIn(node, mark);
  if (tiles && instanceAround(node)) tiles.visible = false;
  else tiles?.remove();
}

/** Whether it is a group of tiles of whatever frame. */
export function areTiles(node: SceneNode): boolean {
  return node.getPluginData(TILES_KEY) !== '';
}

export function markTiles(group: SceneNode, mark: string): void {
  group.setPluginData(TILES_KEY, mark);
}

/** Hides the layer of a source, so that it can be shown again. One that is hidden already stays the user's. */
export function hideSource(layer: SceneNode, mark: string): void {
  if (!layer.visible) return;
  layer.setPluginData(HIDDEN_KEY, mark);
  layer.visible = false;
}

/** Shows what was hidden in a frame. */
export function showHidden(node: SceneNode, mark: string): void {
  if (!('findAllWithCriteria' in node)) return;
  for (const layer of node.findAllWithCriteria({ pluginData: { keys: [HIDDEN_KEY] } })) {
    if (layer.getPluginData(HIDDEN_KEY) !== mark) continue;
    layer.setPluginData(HIDDEN_KEY, '');
    layer.visible = true;
  }
}

function isOriginal(value: unknown): value is Original {
  return (
    isFields(value) &&
    typeof value.styleId === 'string' &&
    Array.isArray(value.fills) &&
    value.fills.every(isPaint)
  );
}

function isPictureOf(value: unknown): value is PanoramaRecord['picture'] & object {
  return isFields(value) && isPaint(value.paint) && value.paint.type === 'IMAGE' && isSize(value.size);
}

/** Figma checks the rest when it is set. */
function isPaint(value: unknown): value is Paint {
  return isFields(value) && typeof value.type === 'string';
}
