/** Figma in memory: the `figma` of one run of a plugin, and the hands of its user. See README.md. */
import type { BaseNode, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { FakeDocument } from './document.ts';
import { inCall } from './errors.ts';
import { Listeners, later } from './events.ts';
import { createFigma, type FigmaEvents, type Surroundings } from './figma.ts';
import { idOfHandle } from './handle.ts';
import { Session } from './session.ts';
import { createStorage } from './storage.ts';
import { Toasts, type FakeToast } from './toasts.ts';
import { remove, resize } from './tree.ts';
import { createUi, type FakeIframe } from './ui.ts';

export { FakeDocument } from './document.ts';
export { fakeImage } from './images.ts';
export type { FakeIframe } from './ui.ts';
export type { FakeToast } from './toasts.ts';
export * from './builders.ts';

export interface FakeFigmaOptions {
  /** What the plugin is started for: `figma.command`. */
  readonly command?: string;
  /** Started from quick actions, which first ask for parameters: no window before `user.run`. */
  readonly asksParameters?: boolean;
  /** The commands of the manifest's relaunchButtons. */
  readonly relaunchCommands?: readonly string[];
  readonly editorType?: PluginAPI['editorType'];
  /** What is in clientStorage; outlives the plugin. */
  readonly storage?: Map<string, unknown>;
  /** Outlives the plugin too: give it to the next one to open the plugin again. */
  readonly document?: FakeDocument;
}

/** What a plugin shows for a parameter that is typed into quick actions. */
export interface Suggested {
  readonly suggestions: readonly (string | { readonly name: string; readonly data?: unknown })[] | null;
  readonly error: string | null;
  readonly loading: string | null;
}

/** A node by itself or by its id. */
type Node = BaseNode | string;

/** What the user does by hand. Each change is an undo step of its own. */
export interface FakeUser {
  select(...nodes: readonly Node[]): void;
  resize(node: Node, width: number, height: number): void;
  remove(node: Node): void;
  edit(change: (document: FakeDocument) => void): void;
  openPage(page: Node): void;
  undo(): boolean;
  redo(): boolean;
  /** Presses the button of the latest toast that has one. */
  pressToastButton(): void;
  /** Types a parameter into quick actions; settles when the plugin has said what it suggests, or what is wrong. */
  typeParameter(
    key: string,
    query: string,
    parameters?: Readonly<Record<string, unknown>>,
  ): Promise<Suggested>;
  /** Starts the plugin, with the parameters that were typed: its `run` event. Resolves when it was told. */
  run(parameters?: Readonly<Record<string, unknown>>): Promise<void>;
  closePlugin(): void;
}

export interface FakeFigma {
  readonly figma: PluginAPI;
  readonly document: FakeDocument;
  readonly storage: Map<string, unknown>;
  readonly user: FakeUser;
  readonly iframe: FakeIframe;
  /** All that were shown, oldest first. */
  readonly toasts: readonly FakeToast[];
  readonly closed: { readonly closed: boolean; readonly message: string | null };
  /** Addresses that `openExternal` was given. */
  readonly opened: readonly string[];
}

export function createFakeFigma(options: FakeFigmaOptions = {}): FakeFigma {
  const { document = new FakeDocument(), storage = new Map<string, unknown>(), command = '' } = options;
  const session = new Session(document, { relaunchCommands: options.relaunchCommands ?? [] });
  const ui = createUi(session);
  const toasts = new Toasts();
  const closed = { closed: false, message: null as string | null };
  const around: Surroundings = {
    session,
    command,
    ui,
    toasts,
    events: new Listeners<FigmaEvents>(),
    inputs: new Listeners<{ input: [event: unknown] }>(),
    storage: createStorage(session, storage),
    editorType: options.editorType ?? 'figma',
    asking: options.asksParameters ?? false,
    opened: [],
    close(message) {
      around.events.tell('close');
      Object.assign(closed, { closed: true, message: message ?? null });
      session.closed = true;
      stopWatching();
      toasts.close();
      ui.iframe.shut();
      document.commit();
    },
  };
  const stopWatching = watch(around);
  return {
    figma: createFigma(around),
    document,
    storage,
    user: createUser(around),
    iframe: ui.iframe,
    get toasts() {
      return toasts.all;
    },
    closed,
    opened: around.opened,
  };
}

/** Tells the plugin of another page or selection, once for all that changed together. */
function watch({ session, events }: Surroundings): () => void {
  const { document } = session;
  const state = () => ({
    page: document.currentPage,
    selected: document.selection(document.currentPage).join(),
  });
  let told = state();
  let pending = false;
  return document.onChange(() => {
    session.nodeChanges.notice();
    if (pending) return;
    pending = true;
    later(() => {
      pending = false;
      if (session.closed) return;
      const [before, now] = [told, state()];
      told = now;
      if (now.page !== before.page) events.tell('currentpagechange');
      if (now.page !== before.page || now.selected !== before.selected) events.tell('selectionchange');
    });
  });
}

function createUser(around: Surroundings): FakeUser {
  const { session, toasts, inputs, events } = around;
  const { document } = session;
  const idOf = (node: Node): string =>
    document.get(typeof node === 'string' ? node : (idOfHandle(node) ?? '')).id;
  const edit = (change: (document: FakeDocument) => void): void => {
    document.commit();
    inCall('a change of the user', () => change(document));
    document.commit();
  };
  return {
    edit,
    select: (...nodes) => document.select(document.currentPage, nodes.map(idOf)),
    resize: (node, width, height) =>
      edit(() => resize(document, document.get(idOf(node)), { width, height })),
    remove: (node) => edit(() => remove(document, idOf(node))),
    openPage(page) {
      session.load(idOf(page));
      document.openPage(idOf(page));
    },
    undo: () => document.undo(),
    redo: () => document.redo(),
    pressToastButton: () => toasts.press(),
    typeParameter: (key, query, parameters = {}) =>
      new Promise((resolve) => {
        let loading: string | null = null;
        const settle = (answer: Partial<Suggested>) =>
          resolve({ suggestions: null, error: null, loading, ...answer });
        const result = {
          setSuggestions: (suggestions: NonNullable<Suggested['suggestions']>) => settle({ suggestions }),
          setError: (error: string) => settle({ error }),
          setLoadingMessage: (message: string) => void (loading = message),
        };
        if (inputs.tell('input', { key, query, parameters, result }) === 0) {
          throw new Error('fake-figma: the plugin listens to no parameters');
        }
      }),
    run(parameters) {
      around.asking = false;
      return new Promise((resolve) =>
        later(() => {
          events.tell('run', { command: around.command, parameters });
          resolve();
        }),
      );
    },
    closePlugin: () => around.close(),
  };
}
