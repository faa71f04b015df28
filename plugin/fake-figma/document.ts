/** A document as plain records that are replaced and never changed, so that an undo step is the records it replaced. */
import type { Paint, Transform } from '@figma/plugin-typings/plugin-api-standalone.d.ts';

export type FakeNodeType =
  | 'DOCUMENT'
  | 'PAGE'
  | 'FRAME'
  | 'GROUP'
  | 'SECTION'
  | 'COMPONENT'
  | 'COMPONENT_SET'
  | 'INSTANCE'
  | 'RECTANGLE'
  | 'ELLIPSE'
  | 'VECTOR'
  | 'TEXT'
  | 'SLICE';

/** What a node keeps, by the name Figma gives it; `transform` is the relative one. */
export interface Props {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly transform: Transform;
  readonly visible?: boolean;
  readonly fills?: readonly Paint[] | symbol;
  readonly layoutMode?: string;
  readonly [key: string]: unknown;
}

export interface NodeRecord {
  readonly id: string;
  readonly type: FakeNodeType;
  readonly parent: string | null;
  /** Bottom layer first. */
  readonly children: readonly string[];
  readonly props: Props;
  readonly pluginData: Readonly<Record<string, string>>;
  readonly relaunch: Readonly<Record<string, string>>;
  /** An instance's main component. */
  readonly component?: string;
  /** What layers of an instance have of their own, by their ids. */
  readonly overrides?: Readonly<Record<string, Override>>;
}

export type Override = Partial<Pick<NodeRecord, 'pluginData' | 'relaunch'>> & {
  readonly props?: Partial<Props>;
};

/** The ids of records and what they were; null where they were not. */
type Step = ReadonlyMap<string, NodeRecord | null>;

const ROOT = '0:0';
const FIRST_PAGE = '0:1';
const bare = (text: string): string => (text.startsWith('I') ? text.slice(1) : text);

/** The id of a component's layer inside an instance. */
const sublayerId = (instance: string, layer: string): string => `I${bare(instance)};${bare(layer)}`;
export const isSublayer = (id: string): boolean => id.startsWith('I');

/** What stays when the plugin is closed: nodes, pictures, the selection, and the history of undo steps. */
export class FakeDocument {
  /** By hash; null where the file has lost a picture's bytes. */
  readonly images = new Map<string, Uint8Array | null>();
  readonly root = ROOT;
  currentPage = FIRST_PAGE;
  name = 'Untitled';
  readonly #records = new Map<string, NodeRecord>();
  readonly #selections = new Map<string, readonly string[]>();
  readonly #listeners = new Set<() => void>();
  readonly #undo: Step[] = [];
  #redo: Step[] = [];
  #touched = new Map<string, NodeRecord | null>();
  #created = 1;

  constructor() {
    this.#write(ROOT, blank(ROOT, 'DOCUMENT', null, 'Document', [FIRST_PAGE]));
    this.#write(FIRST_PAGE, blank(FIRST_PAGE, 'PAGE', ROOT, 'Page 1'));
    this.forgetHistory();
  }

  /** Tells after each change of nodes, selection or page. Returns its own undo. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The node with what it takes from its main component; null where there is none. */
  find(id: string): NodeRecord | null {
    if (isSublayer(id)) return this.#sublayer(id);
    const own = this.#records.get(id);
    const main = own?.component === undefined ? null : this.find(own.component);
    if (!own || !main) return own ?? null;
    return {
      ...own,
      children: main.children.map((child) => sublayerId(id, child)),
      props: { ...main.props, ...own.props },
      pluginData: Object.keys(own.pluginData).length > 0 ? own.pluginData : main.pluginData,
    };
  }

  get(id: string): NodeRecord {
    const record = this.find(id);
    if (!record) throw new Error(`fake-figma: there is no node ${id}`);
    return record;
  }

  /** The id of the only node of that name; instances' layers are not looked at. */
  named(name: string): string {
    const ids = [...this.#records.values()].filter((one) => one.props.name === name).map((one) => one.id);
    const [id] = ids;
    if (id === undefined || ids.length > 1) throw new Error(`fake-figma: ${ids.length} nodes named ${name}`);
    return id;
  }

  instancesOf(component: string): readonly string[] {
    return [...this.#records.values()].filter((one) => one.component === component).map((one) => one.id);
  }

  create(type: FakeNodeType, parent: string, props: Props, component?: string): string {
    const id = `1:${++this.#created}`;
    const record = { ...blank(id, type, parent, props.name), props };
    this.#write(id, component === undefined ? record : { ...record, component });
    this.setChildren(parent, [...this.get(parent).children, id]);
    return id;
  }

  setProps(id: string, props: Partial<Props>): void {
    if (isSublayer(id)) {
      return this.#override(id, (old) => ({ ...old, props: { ...old.props, ...props } }));
    }
    const own = this.#own(id);
    this.#write(id, { ...own, props: { ...own.props, ...props } });
  }

  setData(id: string, data: Pick<Override, 'pluginData' | 'relaunch'>): void {
    if (isSublayer(id)) return this.#override(id, (old) => ({ ...old, ...data }));
    this.#write(id, { ...this.#own(id), ...data });
  }

  setParent(id: string, parent: string | null): void {
    this.#write(id, { ...this.#own(id), parent });
  }

  setChildren(id: string, children: readonly string[]): void {
    this.#write(id, { ...this.#own(id), children });
  }

  /** Takes one record away; its children and its place in its parent are the caller's. */
  drop(id: string): void {
    this.#write(id, null);
  }

  copyOverrides(from: string, to: string): void {
    const { overrides = {} } = this.#own(from);
    const moved = Object.entries(overrides).map(
      ([id, one]) => [id.replace(bare(from), bare(to)), one] as const,
    );
    this.#write(to, { ...this.#own(to), props: this.#own(from).props, overrides: Object.fromEntries(moved) });
  }

  /** Only what is still there, without what lies in a selected layer. */
  selection(page: string): readonly string[] {
    const ids = this.#selections.get(page) ?? [];
    return ids.filter((id) => this.#isOn(page, this.find(id), new Set(ids)));
  }

  select(page: string, ids: readonly string[]): void {
    this.#selections.set(page, [...new Set(ids)]);
    this.#tell();
  }

  openPage(page: string): void {
    this.currentPage = page;
    this.#tell();
  }

  /** What has changed since the last step becomes a step; what is as it was is none. */
  commit(): void {
    const step = this.#changes();
    this.#touched = new Map();
    if (step.size === 0) return;
    this.#undo.push(step);
    this.#redo = [];
  }

  /** Takes back what is not committed, or else the last step. Whether there was one. */
  undo(): boolean {
    this.commit();
    return this.#revert(this.#undo, this.#redo);
  }

  redo(): boolean {
    return this.#changes().size === 0 && this.#revert(this.#redo, this.#undo);
  }

  forgetHistory(): void {
    this.#touched = new Map();
    this.#undo.length = 0;
    this.#redo = [];
  }

  /** How many steps can be undone. */
  get steps(): number {
    return this.#undo.length + (this.#changes().size > 0 ? 1 : 0);
  }

  #changes(): Step {
    const text = (record: NodeRecord | null | undefined): string => JSON.stringify(record ?? null);
    return new Map([...this.#touched].filter(([id, old]) => text(old) !== text(this.#records.get(id))));
  }

  #revert(from: Step[], to: Step[]): boolean {
    const step = from.pop();
    if (!step) return false;
    for (const [id, record] of step) this.#write(id, record);
    to.push(this.#touched);
    this.#touched = new Map();
    return true;
  }

  #isOn(page: string, record: NodeRecord | null, selected: ReadonlySet<string>): boolean {
    if (!record?.parent) return false;
    if (record.parent === page) return true;
    return !selected.has(record.parent) && this.#isOn(page, this.find(record.parent), selected);
  }

  #own(id: string): NodeRecord {
    const own = this.#records.get(id);
    if (!own) throw new Error(`fake-figma: there is no node ${id}`);
    return own;
  }

  #write(id: string, record: NodeRecord | null): void {
    if (!this.#touched.has(id)) this.#touched.set(id, this.#records.get(id) ?? null);
    if (record) this.#records.set(id, record);
    else this.#records.delete(id);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #override(id: string, change: (old: Override) => Override): void {
    const owner = this.#own(outermost(id));
    const overrides = { ...owner.overrides, [id]: change(owner.overrides?.[id] ?? {}) };
    this.#write(owner.id, { ...owner, overrides });
  }

  /** "I1:2;3:4" is the layer 3:4 of the main component of 1:2. */
  #sublayer(id: string): NodeRecord | null {
    const [first = '', ...rest] = bare(id).split(';');
    const instance = this.#records.get(first);
    const [layer] = rest;
    const source = rest.length === 1 && layer !== undefined ? layer : `I${rest.join(';')}`;
    const record = this.find(source);
    if (!record || instance?.component === undefined || !this.#isIn(instance.component, record)) return null;
    const own = instance.overrides?.[id];
    const parent = record.parent === instance.component ? first : sublayerId(first, record.parent ?? '');
    return {
      ...record,
      id,
      parent,
      children: record.children.map((child) => sublayerId(first, child)),
      props: { ...record.props, ...own?.props },
      pluginData: own?.pluginData ?? record.pluginData,
      relaunch: own?.relaunch ?? {},
    };
  }

  #isIn(ancestor: string, record: NodeRecord | null): boolean {
    if (!record?.parent) return false;
    return record.parent === ancestor || this.#isIn(ancestor, this.find(record.parent));
  }
}

/** The instance on the canvas that holds a layer of an instance. */
const outermost = (id: string): string => bare(id).split(';')[0] ?? '';

function blank(
  id: string,
  type: FakeNodeType,
  parent: string | null,
  name: string,
  children: readonly string[] = [],
): NodeRecord {
  const transform: Transform = [
    [1, 0, 0],
    [0, 1, 0],
  ];
  const props = { name, width: 0, height: 0, transform };
  return { id, type, parent, children, props, pluginData: {}, relaunch: {} };
}
