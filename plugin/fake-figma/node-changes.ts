/** What has changed on the pages that a plugin listens to, told once for all that changed together. */
import type { NodeRecord } from './document.ts';
import { Listeners, later } from './events.ts';
import { descendants } from './places.ts';
import type { Session } from './session.ts';

interface Watched {
  readonly listeners: Listeners<{ nodechange: [event: unknown] }>;
  records: ReadonlyMap<string, NodeRecord>;
}

export class NodeChanges {
  readonly #session: Session;
  readonly #pages = new Map<string, Watched>();
  #pending = false;

  constructor(session: Session) {
    this.#session = session;
  }

  add(page: string, callback: unknown, once = false): void {
    const watched = this.#pages.get(page) ?? { listeners: new Listeners(), records: this.#recordsOf(page) };
    this.#pages.set(page, watched);
    watched.listeners.add('nodechange', callback, once);
  }

  remove(page: string, callback: unknown): void {
    this.#pages.get(page)?.listeners.remove('nodechange', callback);
  }

  /** The document has changed. */
  notice(): void {
    if (this.#pending || this.#pages.size === 0) return;
    this.#pending = true;
    later(() => {
      this.#pending = false;
      if (this.#session.closed) return;
      for (const [page, watched] of this.#pages) this.#tell(page, watched);
    });
  }

  #tell(page: string, watched: Watched): void {
    const before = watched.records;
    const now = this.#recordsOf(page);
    watched.records = now;
    const nodeChanges = [
      ...[...before].flatMap(([id, { type }]) =>
        now.has(id) ? [] : [{ type: 'DELETE', id, origin: 'LOCAL', node: { removed: true, type, id } }],
      ),
      ...[...now].flatMap(([id, record]) => {
        const change = changeOf(before.get(id), record);
        return change ? [{ ...change, id, origin: 'LOCAL', node: this.#session.handle(id) }] : [];
      }),
    ];
    if (nodeChanges.length > 0) watched.listeners.tell('nodechange', { nodeChanges });
  }

  #recordsOf(page: string): ReadonlyMap<string, NodeRecord> {
    const { document } = this.#session;
    if (!document.find(page)) return new Map();
    return new Map([...descendants(document, page)].map((record) => [record.id, record]));
  }
}

function changeOf(before: NodeRecord | undefined, now: NodeRecord): object | null {
  if (!before) return { type: 'CREATE' };
  const keys = new Set([...Object.keys(before.props), ...Object.keys(now.props)]);
  const properties = [...keys].filter((key) => !same(before.props[key], now.props[key]));
  if (before.parent !== now.parent) properties.push('parent');
  if (!same(before.pluginData, now.pluginData)) properties.push('pluginData');
  return properties.length > 0 ? { type: 'PROPERTY_CHANGE', properties } : null;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
