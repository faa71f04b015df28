/** Where nodes lie: their ancestors, sizes and transforms, with auto layout and groups worked out. */
import type { Rect, Transform } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { FakeDocument, NodeRecord, Props } from './document.ts';
import { IDENTITY, apply, boxOf, invert, multiply, translated, union, type Size } from './geometry.ts';

export const FRAMES: readonly string[] = ['FRAME', 'COMPONENT', 'COMPONENT_SET', 'INSTANCE'];

export function* descendants(document: FakeDocument, id: string): Generator<NodeRecord> {
  for (const child of document.get(id).children) {
    yield document.get(child);
    yield* descendants(document, child);
  }
}

/** From the parent up to the document. */
export function* ancestors(document: FakeDocument, id: string): Generator<NodeRecord> {
  const { parent } = document.get(id);
  if (parent === null) return;
  yield document.get(parent);
  yield* ancestors(document, parent);
}

export function pageOf(document: FakeDocument, id: string): string | null {
  const chain = [document.get(id), ...ancestors(document, id)];
  return chain.find(({ type }) => type === 'PAGE')?.id ?? null;
}

/** Whether it and all it lies in are shown. */
export const isShown = (document: FakeDocument, id: string): boolean =>
  [document.get(id), ...ancestors(document, id)].every(({ props }) => props.visible !== false);

/** Numbers a node keeps; 0 where it has none. */
const amount = (props: Props, key: string): number => (typeof props[key] === 'number' ? props[key] : 0);

const flowOf = ({ props }: NodeRecord): 'HORIZONTAL' | 'VERTICAL' | null =>
  props.layoutMode === 'HORIZONTAL' || props.layoutMode === 'VERTICAL' ? props.layoutMode : null;

export const isFlow = (node: NodeRecord): boolean => flowOf(node) !== null;

/** The children that auto layout places, in their order. */
const flowChildren = (document: FakeDocument, parent: NodeRecord): NodeRecord[] =>
  parent.children
    .map((id) => document.get(id))
    .filter(({ props }) => props.visible !== false && props['layoutPositioning'] !== 'ABSOLUTE');

/** Whether auto layout places it, so that its x and y are not its own. */
export function isPlaced(document: FakeDocument, node: NodeRecord): boolean {
  const parent = node.parent === null ? null : document.get(node.parent);
  if (!parent || !flowOf(parent)) return false;
  return flowChildren(document, parent).some(({ id }) => id === node.id);
}

/** Unrotated; groups fit their children, and auto layout may hug them. */
export function sizeOf(document: FakeDocument, node: NodeRecord): Size {
  const { props } = node;
  if (node.type === 'GROUP') return groupBox(document, node);
  const flow = flowOf(node);
  if (!flow) return { width: props.width, height: props.height };
  const sizes = flowChildren(document, node).map((child) => sizeOf(document, child));
  const across = amount(props, 'paddingLeft') + amount(props, 'paddingRight');
  const down = amount(props, 'paddingTop') + amount(props, 'paddingBottom');
  const gaps = Math.max(0, sizes.length - 1) * amount(props, 'itemSpacing');
  const sum = (of: (size: Size) => number) => sizes.reduce((total, size) => total + of(size), gaps);
  const most = (of: (size: Size) => number) => Math.max(0, ...sizes.map(of));
  const along = flow === 'HORIZONTAL' ? sum : most;
  const aside = flow === 'HORIZONTAL' ? most : sum;
  const hugs = (axis: string): boolean => sizes.length > 0 && (props[axis] ?? 'AUTO') === 'AUTO';
  const [wide, high] =
    flow === 'HORIZONTAL'
      ? ['primaryAxisSizingMode', 'counterAxisSizingMode']
      : ['counterAxisSizingMode', 'primaryAxisSizingMode'];
  return {
    width: hugs(wide ?? '') ? across + along((size) => size.width) : props.width,
    height: hugs(high ?? '') ? down + aside((size) => size.height) : props.height,
  };
}

/** Relative to the nearest ancestor that is no group. */
export function relativeTransform(document: FakeDocument, node: NodeRecord): Transform {
  const { transform } = node.props;
  if (node.type === 'GROUP') {
    const { x, y } = groupBox(document, node);
    return translated(transform, ...apply(translated(transform, 0, 0), x, y));
  }
  return isPlaced(document, node) ? translated(transform, ...flowPlace(document, node)) : transform;
}

/** Where auto layout puts it. */
export function flowPlace(document: FakeDocument, node: NodeRecord): [x: number, y: number] {
  const parent = document.get(node.parent ?? '');
  const siblings = flowChildren(document, parent);
  const index = siblings.findIndex(({ id }) => id === node.id);
  const flat = flowOf(parent) === 'HORIZONTAL';
  const outer = sizeOf(document, parent);
  const spacing = amount(parent.props, 'itemSpacing');
  const length = (one: NodeRecord, along: boolean): number =>
    along === flat ? sizeOf(document, one).width : sizeOf(document, one).height;
  const before = siblings.slice(0, index).reduce((sum, one) => sum + length(one, true) + spacing, 0);
  const all = siblings.reduce((sum, one) => sum + length(one, true) + spacing, -spacing);
  const start = (along: boolean): number => {
    const [near, far] = along === flat ? ['paddingLeft', 'paddingRight'] : ['paddingTop', 'paddingBottom'];
    const first = amount(parent.props, near ?? '');
    const room = (along === flat ? outer.width : outer.height) - first - amount(parent.props, far ?? '');
    const spare = room - (along ? all : length(node, false));
    const align = parent.props[along ? 'primaryAxisAlignItems' : 'counterAxisAlignItems'] ?? 'MIN';
    return first + (align === 'MIN' ? 0 : align === 'CENTER' ? spare / 2 : spare);
  };
  const [along, across] = [start(true) + before, start(false)];
  return flat ? [along, across] : [across, along];
}

/** Around its children, on the group's own axes. */
function groupBox(document: FakeDocument, group: NodeRecord): Rect {
  const inward = invert(translated(group.props.transform, 0, 0));
  const boxes = group.children.map((id) => {
    const child = document.get(id);
    const onGroup = multiply(inward, relativeTransform(document, child));
    return boxOf(onGroup, { x: 0, y: 0, ...sizeOf(document, child) });
  });
  return union(boxes) ?? { x: 0, y: 0, width: 0, height: 0 };
}

export function absoluteTransform(document: FakeDocument, node: NodeRecord): Transform {
  if (node.type === 'PAGE' || node.type === 'DOCUMENT') return IDENTITY;
  const container = [...ancestors(document, node.id)].find(({ type }) => type !== 'GROUP');
  const own = relativeTransform(document, node);
  return container ? multiply(absoluteTransform(document, container), own) : own;
}

export const absoluteBox = (document: FakeDocument, node: NodeRecord): Rect =>
  boxOf(absoluteTransform(document, node), { x: 0, y: 0, ...sizeOf(document, node) });
