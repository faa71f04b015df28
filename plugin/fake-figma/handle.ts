/** What a plugin holds of a node: an object whose properties are calls, and which takes no others. */
import type { NodeRecord } from './document.ts';
import type { Layer } from './nodes/property.ts';
import { TABLES } from './nodes/tables.ts';
import type { Session } from './session.ts';

const ids = new WeakMap<object, string>();
/** Names that a node of some type has: read on another type they are a mistake and not just absent. */
const names = new Set(Object.values(TABLES).flatMap((table) => Object.keys(table)));

/** Null where it is no handle of a node. */
export const idOfHandle = (value: unknown): string | null =>
  typeof value === 'object' && value !== null ? (ids.get(value) ?? null) : null;

export function createHandle(session: Session, { id, type }: NodeRecord): object {
  const table = TABLES[type];
  const layer: Layer = {
    session,
    id,
    type,
    get node() {
      return session.live(id);
    },
  };
  const absent = (key: string): string => `no such property '${key}' on ${type} node`;
  const handle = new Proxy(
    { id },
    {
      get(_target, key) {
        if (typeof key === 'symbol') return undefined;
        const property = Object.hasOwn(table, key) ? table[key] : undefined;
        if (!property) {
          if (names.has(key)) throw new TypeError(absent(key));
          return undefined;
        }
        if ('get' in property) return session.call(`get_${key}`, () => property.get(layer));
        return (...args: readonly unknown[]) =>
          session.call(key, () => {
            session.live(id);
            return property.call(layer, ...args);
          });
      },
      set(_target, key, value) {
        const property = typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
        if (!property) throw new TypeError(`${absent(String(key))}: object is not extensible`);
        const set = 'set' in property ? property.set : undefined;
        if (!set) throw new TypeError(`no setter for property '${String(key)}' on ${type} node`);
        session.call(`set_${String(key)}`, () => {
          session.live(id);
          set(layer, value);
        });
        return true;
      },
      has: (_target, key) => Object.hasOwn(table, key),
      // The table's keys are the node's own, so that `toMatchObject` finds them; only `id` is listed.
      getOwnPropertyDescriptor: (target, key) =>
        Object.getOwnPropertyDescriptor(target, key) ??
        (Object.hasOwn(table, key) ? { configurable: true, enumerable: false, writable: true } : undefined),
      defineProperty: () => false,
      deleteProperty: () => false,
    },
  );
  ids.set(handle, id);
  return handle;
}
