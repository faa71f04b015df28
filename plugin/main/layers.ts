/** What a layer is, and what it lies in. */
import type {
  BaseNode,
  ComponentNode,
  FrameNode,
  PageNode,
  PluginAPI,
  SceneNode,
  SectionNode,
  Transform,
} from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { Rectangle, Size } from '../../shared/geometry.ts';

const FRAMES = ['FRAME', 'COMPONENT', 'COMPONENT_SET', 'INSTANCE', 'SECTION', 'SLIDE', 'SLOT'] as const;
const SHAPES = ['RECTANGLE', 'ELLIPSE', 'POLYGON', 'STAR', 'VECTOR', 'BOOLEAN_OPERATION'] as const;
const GROUPS = ['GROUP', 'TRANSFORM_GROUP'] as const;
const TILED = ['FRAME', 'COMPONENT', 'SECTION'] as const;

export type FrameLike = Extract<SceneNode, { type: (typeof FRAMES)[number] }>;
export type Shape = Extract<SceneNode, { type: (typeof SHAPES)[number] }>;
export type Group = Extract<SceneNode, { type: (typeof GROUPS)[number] }>;
/** What can be filled. */
export type Fillable = FrameLike | Shape;
/** What tiles can be laid into. */
export type TileHolder = FrameNode | ComponentNode | SectionNode;

export function isFrameLike(node: BaseNode): node is FrameLike {
  return (FRAMES as readonly string[]).includes(node.type);
}

export function isShape(node: BaseNode): node is Shape {
  return (SHAPES as readonly string[]).includes(node.type);
}

export function isGroup(node: BaseNode): node is Group {
  return (GROUPS as readonly string[]).includes(node.type);
}

export function isFillable(node: BaseNode): node is Fillable {
  return isFrameLike(node) || isShape(node);
}

/** Nothing can be laid into an instance. */
export function takesTiles(node: BaseNode): node is TileHolder {
  return (TILED as readonly string[]).includes(node.type) && instanceAround(node) === null;
}

/** The layer of an id; null where it is gone, or the id is a page's. */
export async function findLayer(figma: PluginAPI, id: string): Promise<SceneNode | null> {
  const node = await figma.getNodeByIdAsync(id);
  if (!node || node.removed || node.type === 'DOCUMENT' || node.type === 'PAGE') return null;
  return node;
}

/** From its parent up to the document. */
export function ancestorsOf(node: BaseNode): BaseNode[] {
  const ancestors: BaseNode[] = [];
  for (let at = node.parent; at; at = at.parent) ancestors.push(at);
  return ancestors;
}

/** Null for what lies on no page of this document. */
export function pageOf(node: BaseNode): PageNode | null {
  const page = ancestorsOf(node).find(({ type }) => type === 'PAGE');
  return page?.type === 'PAGE' ? page : null;
}

export function isInside(node: BaseNode, outer: BaseNode): boolean {
  return ancestorsOf(node).some(({ id }) => id === outer.id);
}

/** The nearest instance at it or above it. */
export function instanceAround(node: BaseNode): Extract<SceneNode, { type: 'INSTANCE' }> | null {
  for (const at of [node, ...ancestorsOf(node)]) if (at.type === 'INSTANCE') return at;
  return null;
}

/** It or something it lies in is locked. */
export function isLocked(node: BaseNode): boolean {
  return [node, ...ancestorsOf(node)].some((at) => 'locked' in at && at.locked);
}

/** Whether it and everything between it and `outer` is shown. */
export function isShownIn(node: SceneNode, outer: BaseNode): boolean {
  for (let at: BaseNode | null = node; at && at.id !== outer.id; at = at.parent) {
    if ('visible' in at && !at.visible) return false;
  }
  return true;
}

export function sizeOf({ width, height }: SceneNode): Size {
  return { width, height };
}

/** Where a layer lies in another, in that one's units; null where it is turned, flipped or skewed against it. */
export function rectangleIn(outer: SceneNode, layer: SceneNode): Rectangle | null {
  const [[a, b, x], [c, d, y]]: Transform = outer.absoluteTransform;
  const [[e, f, left], [g, h, top]]: Transform = layer.absoluteTransform;
  const straight = [e - a, f - b, g - c, h - d].every((difference) => Math.abs(difference) < 1e-6);
  const determinant = a * d - b * c;
  if (!straight || determinant === 0) return null;
  const [across, down] = [left - x, top - y];
  return {
    x: (d * across - b * down) / determinant,
    y: (a * down - c * across) / determinant,
    ...sizeOf(layer),
  };
}

/** Topmost first: Figma gives a selection in no order. */
export function fromTheTop<N extends SceneNode>(nodes: readonly N[]): N[] {
  const places = new Map<string, ReadonlyMap<string, number>>();
  const placeOf = (node: BaseNode): number => {
    const { parent } = node;
    if (!parent || parent.type === 'DOCUMENT') return 0;
    let siblings = places.get(parent.id);
    if (!siblings) {
      siblings = new Map(parent.children.map(({ id }, i) => [id, i]));
      places.set(parent.id, siblings);
    }
    return siblings.get(node.id) ?? 0;
  };
  const paths = new Map(nodes.map((node) => [node.id, [node, ...ancestorsOf(node)].reverse().map(placeOf)]));
  return [...nodes].sort((one, other) => compare(paths.get(other.id) ?? [], paths.get(one.id) ?? []));
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const difference = (one[i] ?? -1) - (other[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
