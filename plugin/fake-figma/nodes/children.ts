/** Children: reading, searching and moving them. */
import type { ChildrenMixin } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { isSublayer, type NodeRecord } from '../document.ts';
import { FigmaError, assert, notModelled } from '../errors.ts';
import type { Session } from '../session.ts';
import { pageOf } from '../places.ts';
import { insert } from '../tree.ts';
import { unmodelled, type Layer, type Table } from './property.ts';

export const children: Table<ChildrenMixin> = {
  children: {
    get: (layer) => layer.session.handles(shown(layer, 'property `children`')),
  },
  appendChild: { call: (layer, child) => put(layer, 'appendChild', child) },
  insertChild: {
    call(layer, index, child) {
      assert(typeof index === 'number', `Expected "index" to be a number, but got ${typeof index}`);
      put(layer, 'insertChild', child, index);
    },
  },
  findChildren: {
    call: (layer, callback) =>
      layer.session.handles(shown(layer, 'method `findChildren()`')).filter(matcher(callback, true)),
  },
  findChild: {
    call: (layer, callback) =>
      layer.session.handles(shown(layer, 'method `findChild()`')).find(matcher(callback)) ?? null,
  },
  findAll: {
    call: (layer, callback) => everything(layer, 'findAll').filter(matcher(callback, true)),
  },
  findOne: {
    call: (layer, callback) => everything(layer, 'findOne').find(matcher(callback)) ?? null,
  },
  findAllWithCriteria: {
    call(layer, criteria) {
      const matches = criterion(criteria);
      return inside(layer, 'findAllWithCriteria')
        .filter((id) => matches(layer.session.live(id)))
        .map((id) => layer.session.handle(id));
    },
  },
  ...unmodelled('findWidgetNodesByWidgetId'),
};

/** The ids of the children a plugin sees. */
function visibleTo(session: Session, ids: readonly string[]): readonly string[] {
  if (!session.skipInvisibleInstanceChildren) return ids;
  return ids.filter((id) => !isSublayer(id) || session.live(id).props.visible !== false);
}

function shown({ session, node }: Layer, access: string): readonly string[] {
  session.requireContent(node, access);
  return visibleTo(session, node.children);
}

/** The ids of all below, parents before their children. */
function inside({ session, node }: Layer, method: string): readonly string[] {
  if (node.type === 'DOCUMENT' && !session.allPagesLoaded) {
    throw new FigmaError(
      'Cannot call with documentAccess: dynamic-page without calling figma.loadAllPagesAsync() first.',
    );
  }
  session.requireContent(node, `method \`${method}()\``);
  const below = (id: string): readonly string[] =>
    visibleTo(session, session.live(id).children).flatMap((child) => [child, ...below(child)]);
  return below(node.id);
}

const everything = (layer: Layer, method: string): readonly object[] =>
  inside(layer, method).map((id) => layer.session.handle(id));

function matcher(callback: unknown, optional = false): (node: object) => boolean {
  if (callback === undefined && optional) return () => true;
  if (typeof callback !== 'function') throw new FigmaError('Expected "callback" to be a function');
  return (node) => Boolean((callback as (node: object) => unknown)(node));
}

function criterion(criteria: unknown): (node: NodeRecord) => boolean {
  if (typeof criteria !== 'object' || criteria === null) {
    throw new FigmaError('Expected "criteria" to be an object');
  }
  if ('sharedPluginData' in criteria) throw notModelled('shared plugin data');
  const types = 'types' in criteria && Array.isArray(criteria.types) ? (criteria.types as unknown[]) : null;
  const data =
    'pluginData' in criteria ? (criteria.pluginData as { readonly keys?: unknown } | undefined) : null;
  const keys = Array.isArray(data?.keys) ? (data.keys as unknown[]) : null;
  return ({ type, pluginData }) => {
    const own = Object.keys(pluginData);
    const hasData = !data || (keys ? own.some((key) => keys.includes(key)) : own.length > 0);
    return (types?.includes(type) ?? true) && hasData;
  };
}

function put({ session, id, node }: Layer, method: string, child: unknown, index?: number): void {
  session.requireContent(node, `method \`${method}()\``);
  const moved = session.idOf(child, 'child');
  insert(session.document, moved, id, index);
  const page = pageOf(session.document, moved);
  if (page === moved) session.load(page);
}
