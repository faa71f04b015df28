/** The pictures of a layer that can be sent. */
import type { ImagePaint, SceneNode } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Rendered } from '../../messages.ts';
import { ancestorsOf, isGroup, isShape, isShownIn } from '../layers.ts';
import { fillsOf, isPicture, keyOf, renderedAs, shownFills } from '../paints.ts';
import { areTiles, holdsPanorama, isOurs, readRecord } from '../record.ts';
import { sourceId } from '../source-id.ts';

/** A picture before Figma was asked for its size and its looks. */
export interface Picture {
  readonly id: string;
  readonly node: SceneNode;
  readonly name: string;
  readonly kind: 'image' | 'original' | 'rendered';
  readonly rendered: Rendered | null;
  /** The fill whose bytes it is; null where it is rendered. */
  readonly paint: ImagePaint | null;
  /** Whether the layer as it is drawn shows it. */
  readonly shown: boolean;
}

/** What may have image fills. */
const PICTURED = [
  'FRAME',
  'COMPONENT',
  'INSTANCE',
  'SECTION',
  'SLOT',
  'RECTANGLE',
  'ELLIPSE',
  'POLYGON',
  'STAR',
  'VECTOR',
  'BOOLEAN_OPERATION',
] as const;
/** So many of the pictures in a frame are looked at. */
const MOST_WITHIN = 24;

/** The layer's image fills, topmost first; what a panorama of ours was made of comes before them, and stands for it. */
export function imagesOf(node: SceneNode): Picture[] {
  const record = readRecord(node);
  const held = record && holdsPanorama(node, record) ? record : null;
  const own = imageFills(node).filter(({ paint }) => !paint || !isOurs(paint, held?.imageHash ?? null));
  const original = held?.picture?.paint;
  if (!held || !original) return own;
  const ref = { kind: 'original', nodeId: node.id, index: 0, key: keyOf(original) } as const;
  const first: Picture = {
    id: sourceId(ref),
    node,
    name: held.source.name,
    kind: 'original',
    rendered: null,
    paint: original,
    shown: false,
  };
  return [first, ...own];
}

/** The image fills as they are, a panorama of ours among them. */
export function imageFills(node: SceneNode): Picture[] {
  return shownFills(fillsOf(node) ?? []).flatMap(({ paint, index }, i): Picture[] => {
    if (!isPicture(paint)) return [];
    const id = sourceId({ kind: 'image', nodeId: node.id, index, key: keyOf(paint) });
    return [{ id, node, name: node.name, kind: 'image', rendered: null, paint, shown: i === 0 }];
  });
}

/** The fills that Figma has to draw, topmost first; gradients, mostly a veil over something, only where nothing else is. */
export function drawnFills(node: SceneNode): Picture[] {
  const fills = shownFills(fillsOf(node) ?? []);
  const drawn = fills.flatMap(({ paint, index }, i): Picture[] => {
    const rendered = renderedAs(paint);
    if (rendered === null) return [];
    const id = sourceId({ kind: 'paint', nodeId: node.id, index, key: keyOf(paint) });
    return [{ id, node, name: node.name, kind: 'rendered', rendered, paint: null, shown: i === 0 }];
  });
  const pictures = drawn.filter(({ rendered }) => rendered !== 'gradient');
  const others = pictures.length > 0 || fills.some(({ paint }) => isPicture(paint));
  return others ? pictures : drawn;
}

/** The pictures inside, largest first; without hidden ones and our tiles. */
export function picturesWithin(outer: SceneNode): Picture[] {
  if (!('findAllWithCriteria' in outer)) return [];
  const layers = outer.findAllWithCriteria({ types: [...PICTURED] }).flatMap((node) => {
    const pictures = imagesOf(node);
    return pictures.length > 0 && isShownIn(node, outer) && !liesInTiles(node) ? [{ node, pictures }] : [];
  });
  const area = ({ width, height }: SceneNode): number => width * height;
  return layers
    .sort((one, other) => area(other.node) - area(one.node))
    .flatMap(({ pictures }) => pictures)
    .slice(0, MOST_WITHIN);
}

/** The whole layer as Figma draws it. */
export function drawn(node: SceneNode, rendered: 'vector' | 'text' | 'layer'): Picture {
  const id = sourceId({ kind: 'layer', nodeId: node.id });
  return { id, node, name: node.name, kind: 'rendered', rendered, paint: null, shown: true };
}

/** What a selected layer that is no frame brings; nothing where it is a plain shape or a slice. */
export function picturesOfLayer(node: SceneNode): Picture[] {
  const pictures = [...imagesOf(node), ...drawnFills(node)];
  if (pictures.length > 0) return pictures;
  if (isGroup(node)) return picturesWithin(node);
  const { type } = node;
  if (type === 'TEXT' || type === 'TEXT_PATH') return [drawn(node, 'text')];
  if (type === 'VECTOR' || type === 'BOOLEAN_OPERATION' || type === 'LINE') return [drawn(node, 'vector')];
  return isShape(node) || type === 'SLICE' ? [] : [drawn(node, 'layer')];
}

/** What a frame that is selected alone brings: its own fills, else what lies in it, else how it is drawn. */
export function picturesOfFrame(frame: SceneNode): Picture[] {
  const own = imagesOf(frame);
  if (own.length > 0) return [...own, ...drawnFills(frame)];
  const inside = [...picturesWithin(frame), ...drawnFills(frame)];
  if (inside.length > 0) return inside;
  const panorama = imageFills(frame);
  if (panorama.length > 0) return panorama;
  return isIllustration(frame) ? [drawn(frame, 'layer')] : [];
}

/** Something is drawn in it, and nothing written: a page's texts and buttons are no picture. */
function isIllustration(frame: SceneNode): boolean {
  if (!('findAllWithCriteria' in frame)) return false;
  const inside = frame.findAllWithCriteria({
    types: ['VECTOR', 'BOOLEAN_OPERATION', 'STAR', 'POLYGON', 'ELLIPSE', 'TEXT'],
  });
  const seen = inside.filter((node) => isShownIn(node, frame));
  return seen.length > 0 && seen.every(({ type }) => type !== 'TEXT');
}

function liesInTiles(node: SceneNode): boolean {
  return ancestorsOf(node).some((at) => at.type === 'GROUP' && areTiles(at));
}
