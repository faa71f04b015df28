/** One run of a plugin on a document: what it has loaded, and its handles of nodes. */
import type { FakeDocument, NodeRecord } from './document.ts';
import { FigmaError, assert, inCall } from './errors.ts';
import { createHandle, idOfHandle } from './handle.ts';
import { NodeChanges } from './node-changes.ts';
import { pageOf } from './places.ts';

export interface SessionOptions {
  /** The commands of the manifest's relaunchButtons. */
  readonly relaunchCommands: readonly string[];
}

export class Session {
  closed = false;
  allPagesLoaded = false;
  skipInvisibleInstanceChildren = false;
  readonly fonts = new Set<string>();
  readonly nodeChanges = new NodeChanges(this);
  readonly #loaded = new Set<string>();
  readonly #handles = new Map<string, object>();

  constructor(
    readonly document: FakeDocument,
    readonly options: SessionOptions,
  ) {
    this.load(document.currentPage);
  }

  /** Runs a call of the plugin, which names its errors; a closed plugin has no calls. */
  call<T>(name: string, run: () => T): T {
    return inCall(name, () => {
      assert(!this.closed, 'The plugin has been closed');
      return run();
    });
  }

  load(page: string): void {
    this.#loaded.add(page);
  }

  isLoaded(page: string): boolean {
    return this.allPagesLoaded || this.#loaded.has(page);
  }

  /** Throws for a page whose content is not loaded; `access` is "property `children`" or "method `findAll()`". */
  requireContent(node: NodeRecord, access: string): void {
    if (node.type !== 'PAGE' || this.isLoaded(node.id)) return;
    throw new FigmaError(
      `Cannot access ${access} on a page that has not been explicitly loaded. ` +
        "Remember to call `await page.loadAsync()` or `await figma.loadAllPagesAsync()' first.",
    );
  }

  /** Loads what a node lies on, as `getNodeByIdAsync` does; a page itself stays as it is. */
  loadAround(id: string): void {
    const page = pageOf(this.document, id);
    if (page !== null && page !== id) this.load(page);
  }

  live(id: string): NodeRecord {
    const record = this.document.find(id);
    if (!record) throw new FigmaError(`The node with id "${id}" does not exist`);
    return record;
  }

  /** The same object for the same node, as in Figma. */
  handle(id: string): object {
    const known = this.#handles.get(id);
    if (known) return known;
    const handle = createHandle(this, this.live(id));
    this.#handles.set(id, handle);
    return handle;
  }

  handles(ids: readonly string[]): readonly object[] {
    return Object.freeze(ids.map((id) => this.handle(id)));
  }

  /** The id of a living node that a plugin has passed. */
  idOf(value: unknown, argument = 'node'): string {
    const id = idOfHandle(value);
    assert(
      id !== null,
      `Expected "${argument}" to be a node, but got ${value === null ? 'null' : typeof value}`,
    );
    return this.live(id).id;
  }

  idsOf(values: unknown, argument = 'nodes'): readonly string[] {
    assert(Array.isArray(values), `Expected "${argument}" to be an array`);
    return values.map((value) => this.idOf(value, argument));
  }
}
