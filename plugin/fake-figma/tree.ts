/** What moves nodes, free of what a plugin may do and when. */
import type { Transform } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { isSublayer, type FakeDocument, type NodeRecord } from './document.ts';
import { assert, notModelled } from './errors.ts';
import { IDENTITY, invert, multiply, translated, type Size } from './geometry.ts';
import {
  FRAMES,
  absoluteTransform,
  ancestors,
  descendants,
  flowPlace,
  isFlow,
  isPlaced,
  relativeTransform,
  sizeOf,
} from './places.ts';

const HOLDERS: readonly string[] = [...FRAMES, 'SECTION', 'GROUP', 'PAGE', 'DOCUMENT'];

/** Moves a node to a transform relative to its container; a group takes its children along. */
export function setTransform(document: FakeDocument, node: NodeRecord, to: Transform): void {
  if (node.type === 'GROUP') {
    const change = multiply(to, invert(relativeTransform(document, node)));
    for (const id of node.children) {
      const child = document.get(id);
      setTransform(document, child, multiply(change, relativeTransform(document, child)));
    }
  }
  const stays = isPlaced(document, node);
  const [x, y] = stays ? [node.props.transform[0][2], node.props.transform[1][2]] : [to[0][2], to[1][2]];
  document.setProps(node.id, { transform: translated(to, x, y) });
}

/** Moves a node to a transform relative to its page. */
export function placeAt(document: FakeDocument, id: string, absolute: Transform): void {
  const container = [...ancestors(document, id)].find(({ type }) => type !== 'GROUP');
  const outer = container ? absoluteTransform(document, container) : IDENTITY;
  setTransform(document, document.get(id), multiply(invert(outer), absolute));
}

/** Resizes as a plugin and a user do: constraints move and stretch a frame's children, a group scales its own. */
export function resize(document: FakeDocument, node: NodeRecord, to: Size, constrained = true): void {
  const from = sizeOf(document, node);
  const factors = [to.width / from.width, to.height / from.height] as const;
  if (node.type === 'GROUP') {
    const origin = relativeTransform(document, node);
    for (const id of node.children) {
      const child = document.get(id);
      const onGroup = multiply(invert(origin), relativeTransform(document, child));
      const moved = translated(onGroup, onGroup[0][2] * factors[0], onGroup[1][2] * factors[1]);
      setTransform(document, child, multiply(origin, moved));
      const { width, height } = sizeOf(document, child);
      resize(document, document.get(id), { width: width * factors[0], height: height * factors[1] });
    }
    return;
  }
  const fixed = isFlow(node) ? { primaryAxisSizingMode: 'FIXED', counterAxisSizingMode: 'FIXED' } : {};
  document.setProps(node.id, { ...to, ...fixed });
  if (!constrained || !FRAMES.includes(node.type) || node.type === 'INSTANCE') return;
  for (const id of node.children) constrain(document, document.get(id), from, to);
}

function constrain(document: FakeDocument, node: NodeRecord, from: Size, to: Size): void {
  if (isPlaced(document, node)) return;
  const { horizontal, vertical } = (node.props['constraints'] ?? {}) as Record<string, string>;
  const size = sizeOf(document, node);
  const transform = relativeTransform(document, node);
  const [x, width] = held(horizontal, transform[0][2], size.width, from.width, to.width);
  const [y, height] = held(vertical, transform[1][2], size.height, from.height, to.height);
  setTransform(document, node, translated(transform, x, y));
  if (width !== size.width || height !== size.height) {
    resize(document, document.get(node.id), { width: Math.max(0.01, width), height: Math.max(0.01, height) });
  }
}

/** Start and length of a child along one axis whose parent goes from one length to another. */
function held(
  constraint: string | undefined,
  start: number,
  length: number,
  from: number,
  to: number,
): [number, number] {
  const growth = to - from;
  if (constraint === 'MAX') return [start + growth, length];
  if (constraint === 'CENTER') return [start + growth / 2, length];
  if (constraint === 'STRETCH') return [start, length + growth];
  if (constraint === 'SCALE') return [(start * to) / from, (length * to) / from];
  return [start, length];
}

/** Throws where Figma does not let a node into a parent. */
export function checkInsert(document: FakeDocument, id: string, parentId: string): void {
  const node = document.get(id);
  const parent = document.get(parentId);
  const refuse = (why: string): void => assert(false, `Cannot move node. ${why}`);
  const above = [parent, ...ancestors(document, parentId)];
  if (!HOLDERS.includes(parent.type)) refuse(`A ${parent.type} node cannot have children`);
  if (parent.type === 'INSTANCE' || isSublayer(parentId)) {
    refuse('New parent is an instance or is inside of an instance');
  }
  if (isSublayer(id)) refuse('Node is inside of an instance');
  if (above.some((one) => one.id === id)) refuse('New parent is the node itself or is inside of it');
  if ((node.type === 'PAGE') !== (parent.type === 'DOCUMENT')) {
    refuse(`A ${parent.type} node cannot have a ${node.type} node as its child`);
  }
  if (parent.type === 'COMPONENT_SET' && node.type !== 'COMPONENT') {
    refuse('A COMPONENT_SET node cannot have children of type other than COMPONENT');
  }
  const inComponent = above.some(({ type }) => type === 'COMPONENT');
  if (inComponent && [node, ...descendants(document, id)].some(({ type }) => type === 'COMPONENT')) {
    refuse('Reparenting would create a component inside a component');
  }
  if (node.type === 'SECTION' && parent.type !== 'PAGE' && parent.type !== 'SECTION') {
    refuse('A SECTION node can only be the child of a page or of another section');
  }
}

/** Puts a node into a parent, at an index or on top; what it was in may dissolve. */
export function insert(document: FakeDocument, id: string, parentId: string, index?: number): void {
  checkInsert(document, id, parentId);
  const parent = document.get(parentId);
  const siblings = parent.children.filter((child) => child !== id);
  const at = index ?? siblings.length;
  assert(Number.isInteger(at) && at >= 0 && at <= siblings.length, `Index ${at} is out of range`);
  const left = document.get(id).parent;
  if (left !== null && left !== parentId) {
    document.setChildren(
      left,
      document.get(left).children.filter((child) => child !== id),
    );
  }
  document.setParent(id, parentId);
  document.setChildren(parentId, [...siblings.slice(0, at), id, ...siblings.slice(at)]);
  if (left !== null && left !== parentId) dissolve(document, left);
  settle(document, id);
}

/** Auto layout takes a group to its place by moving what is in it. */
export function settle(document: FakeDocument, id: string): void {
  const node = document.get(id);
  if (node.type !== 'GROUP' || !isPlaced(document, node)) return;
  setTransform(document, node, translated(relativeTransform(document, node), ...flowPlace(document, node)));
}

/** Takes a node and all in it out of the document. */
export function remove(document: FakeDocument, id: string): void {
  const node = document.get(id);
  const allowed = node.type !== 'DOCUMENT' && id !== document.currentPage && !isSublayer(id);
  assert(allowed, 'Removing this node is not allowed');
  const gone = [node, ...descendants(document, id)].filter((one) => !isSublayer(one.id));
  const ids = new Set(gone.map((one) => one.id));
  for (const one of gone) {
    const orphans = document.instancesOf(one.id).filter((instance) => !ids.has(instance));
    if (orphans.length > 0) throw notModelled('removing a component that has instances');
  }
  for (const one of gone) document.drop(one.id);
  if (node.parent === null) return;
  document.setChildren(
    node.parent,
    document.get(node.parent).children.filter((child) => child !== id),
  );
  dissolve(document, node.parent);
}

/** A group, or a set of variants, that has lost its last child goes too. */
function dissolve(document: FakeDocument, id: string): void {
  const { type, children } = document.get(id);
  if ((type === 'GROUP' || type === 'COMPONENT_SET') && children.length === 0) remove(document, id);
}

/** A copy with all that is in it, on top of a parent; a component's copy is a component of its own. */
export function clone(document: FakeDocument, id: string, parent: string): string {
  const { type, props, pluginData, relaunch, component, children } = document.get(id);
  const copy = document.create(type, parent, props, component);
  if (component !== undefined && !isSublayer(id)) document.copyOverrides(id, copy);
  document.setData(copy, { pluginData, relaunch });
  if (component === undefined) for (const child of children) clone(document, child, copy);
  return copy;
}
