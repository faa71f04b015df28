/** `clientStorage`: structured clones, 5 MB in all. The map outlives the plugin. */
import type { ClientStorageAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { assert } from './errors.ts';
import type { Session } from './session.ts';

const QUOTA_BYTES = 5_000_000;

/** Roughly what a value takes as JSON would write it, bytes counted as bytes. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.entries(value).reduce((sum, [key, one]) => sum + key.length + sizeOf(one), 2);
}

export function createStorage(session: Session, values: Map<string, unknown>): ClientStorageAPI {
  const call = <T>(name: string, run: () => T): Promise<T> =>
    session.call(name, async () => (await Promise.resolve(), run()));
  return {
    getAsync: (key) => call('getAsync', () => structuredClone(values.get(key))),
    setAsync: (key, value: unknown) =>
      call('setAsync', () => {
        const copy: unknown = structuredClone(value);
        const others = [...values].filter(([name]) => name !== key);
        const size = sizeOf(Object.fromEntries([...others, [key, copy]]));
        assert(size <= QUOTA_BYTES, 'clientStorage quota of 5 MB exceeded');
        values.set(key, copy);
      }),
    deleteAsync: (key) => call('deleteAsync', () => void values.delete(key)),
    keysAsync: () => call('keysAsync', () => [...values.keys()]),
  };
}
