/** Properties of nodes, in tables that have to be whole: each key of Figma's typings is modelled or said not to be. */
import type { FakeNodeType, NodeRecord } from '../document.ts';
import { dynamicPage, notModelled } from '../errors.ts';
import type { Session } from '../session.ts';
import { validate, type Check } from '../schema.ts';

export interface Layer {
  readonly session: Session;
  readonly id: string;
  readonly type: FakeNodeType;
  /** Throws where it is removed. */
  readonly node: NodeRecord;
}

export interface Field {
  readonly get: (layer: Layer) => unknown;
  /** Not there where the property can only be read. */
  readonly set?: (layer: Layer, value: unknown) => void;
}

export type Property = Field | { readonly call: (layer: Layer, ...args: readonly unknown[]) => unknown };

/** A property for each key of `M` but those of `Others`, which another table has. */
export type Table<M, Others = unknown> = Readonly<Record<Exclude<keyof M, keyof Others>, Property>>;

/** What Figma has and the fake has not. */
export function unmodelled<K extends string>(...keys: readonly K[]): Readonly<Record<K, Property>> {
  const table: Partial<Record<K, Property>> = {};
  for (const key of keys) {
    const fail = (): never => {
      throw notModelled(key);
    };
    table[key] = { get: fail, set: fail };
  }
  return table as Record<K, Property>;
}

/** A copy that cannot be changed, as Figma gives arrays and objects. */
export function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return deepFreeze(structuredClone(value));
}

function deepFreeze<T extends object>(value: T): T {
  for (const one of Object.values(value) as unknown[]) {
    if (typeof one === 'object' && one !== null) deepFreeze(one);
  }
  return Object.freeze(value);
}

/** A property that is kept as it is given. */
export const stored = (key: string, fallback: unknown, check: Check): Field => ({
  get: ({ node }) => frozen(node.props[key] ?? fallback),
  set({ session, id }, value) {
    validate(key, check, value);
    session.document.setProps(id, { [key]: structuredClone(value) });
  },
});

/** A property that can only be set by its asynchronous form. */
export const setAsync = (fallback: unknown, use: string): Field => ({
  get: ({ node }) => (void node, fallback),
  set() {
    throw dynamicPage(use);
  },
});
