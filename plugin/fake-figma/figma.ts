/** The `figma` that a plugin sees. */
import type { PluginAPI, Rect } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { FakeDocument, FakeNodeType, Props } from './document.ts';
import { FigmaError, assert, dynamicPage, notModelled } from './errors.ts';
import type { Listeners } from './events.ts';
import { IDENTITY, translated, union } from './geometry.ts';
import { checkImage, hashOf, imageSize } from './images.ts';
import { MIXED, fontKey } from './nodes/text.ts';
import { normalized, solid } from './paints.ts';
import { object, string, validate } from './schema.ts';
import type { Session } from './session.ts';
import type { Toasts } from './toasts.ts';
import { absoluteBox, absoluteTransform, descendants } from './places.ts';
import { checkInsert, insert, placeAt, settle } from './tree.ts';
import type { UiSide } from './ui.ts';
import { createViewport } from './viewport.ts';

const EVENTS = ['selectionchange', 'currentpagechange', 'run', 'close'];

export type FigmaEvents = {
  selectionchange: [];
  currentpagechange: [];
  close: [];
  run: [event: { readonly command: string; readonly parameters: unknown }];
};

/** What the parts of a plugin's surroundings share. */
export interface Surroundings {
  readonly session: Session;
  readonly events: Listeners<FigmaEvents>;
  readonly inputs: Listeners<{ input: [event: unknown] }>;
  readonly toasts: Toasts;
  readonly ui: UiSide;
  readonly storage: PluginAPI['clientStorage'];
  readonly command: string;
  readonly editorType: PluginAPI['editorType'];
  /** Quick actions still ask for parameters: no window may be shown. */
  asking: boolean;
  readonly opened: string[];
  close(message?: string): void;
}

export function createFigma(around: Surroundings): PluginAPI {
  const { session, events, inputs, toasts, ui, storage } = around;
  const { document } = session;
  const call = <T>(name: string, run: () => T): T => session.call(name, run);
  const later = <T>(name: string, run: () => T | Promise<T>): Promise<T> =>
    call(name, async () => (await Promise.resolve(), run()));
  const listening = (to: { add: typeof events.add; remove: typeof events.remove }) => ({
    on: (type: unknown, callback: unknown) => call('on', () => to.add(known(type), callback)),
    once: (type: unknown, callback: unknown) => call('once', () => to.add(known(type), callback, true)),
    off: (type: unknown, callback: unknown) => call('off', () => to.remove(known(type), callback)),
  });
  const known = (type: unknown): keyof FigmaEvents => {
    if (type === 'documentchange' && !session.allPagesLoaded) {
      throw dynamicPage('figma.loadAllPagesAsync() first, or page.on("nodechange")');
    }
    if (!EVENTS.includes(String(type))) throw notModelled(`the event ${String(type)}`);
    return type as keyof FigmaEvents;
  };
  const create = (type: FakeNodeType, name: string, props: Partial<Props> = {}) =>
    call(`create${name}`, () => {
      const size = { width: 100, height: 100, transform: IDENTITY };
      const parent = type === 'PAGE' ? document.root : document.currentPage;
      const id = document.create(type, parent, { name, ...size, ...props });
      if (type === 'PAGE') session.load(id);
      return session.handle(id);
    });
  const grey = { fills: normalized([solid(0.85, 0.85, 0.85)]) };
  const white = { fills: normalized([solid(1, 1, 1)]) };
  const black = { fills: normalized([solid(0, 0, 0)]) };

  const modelled = {
    apiVersion: '1.0.0',
    command: around.command,
    editorType: around.editorType,
    mode: 'default',
    fileKey: undefined,
    mixed: MIXED,
    ui: ui.ui,
    clientStorage: storage,
    viewport: createViewport(session),
    parameters: {
      on: (type: 'input', callback: unknown) => call('on', () => inputs.add(type, callback)),
      once: (type: 'input', callback: unknown) => call('once', () => inputs.add(type, callback, true)),
      off: (type: 'input', callback: unknown) => call('off', () => inputs.remove(type, callback)),
    },
    ...listening(events),
    get root() {
      return call('get_root', () => session.handle(document.root));
    },
    get currentPage() {
      return call('get_currentPage', () => session.handle(document.currentPage));
    },
    set currentPage(_page: unknown) {
      call('set_currentPage', () => {
        throw dynamicPage('figma.setCurrentPageAsync');
      });
    },
    get currentUser() {
      return call('get_currentUser', () => {
        throw new FigmaError('"currentuser" must be specified in the permissions array in manifest.json');
      });
    },
    get skipInvisibleInstanceChildren() {
      return session.skipInvisibleInstanceChildren;
    },
    set skipInvisibleInstanceChildren(skip: boolean) {
      session.skipInvisibleInstanceChildren = skip;
    },

    closePlugin: (message?: string) => call('closePlugin', () => around.close(message)),
    notify: (...args: Parameters<PluginAPI['notify']>) => call('notify', () => toasts.notify(...args)),
    openExternal: (url: string) => call('openExternal', () => void around.opened.push(url)),
    showUI: (...[html, options]: Parameters<PluginAPI['showUI']>) =>
      call('showUI', () => {
        assert(!around.asking, 'Cannot show a UI while parameters are entered, only from the "run" event on');
        ui.showUI(html, options);
      }),
    commitUndo: () => call('commitUndo', () => document.commit()),
    triggerUndo: () => call('triggerUndo', () => void document.undo()),

    getNodeById: () => call('getNodeById', () => fail('figma.getNodeByIdAsync()')),
    getStyleById: () => call('getStyleById', () => fail('figma.getStyleByIdAsync()')),
    getNodeByIdAsync: (id: string) =>
      later('getNodeByIdAsync', () => {
        validate('id', string, id);
        if (!document.find(id)) return null;
        session.loadAround(id);
        return session.handle(id);
      }),
    setCurrentPageAsync: (page: unknown) =>
      later('setCurrentPageAsync', () => {
        const id = session.idOf(page, 'page');
        assert(document.get(id).type === 'PAGE', 'Expected "page" to be a page');
        session.load(id);
        document.openPage(id);
      }),
    loadAllPagesAsync: () => later('loadAllPagesAsync', () => void (session.allPagesLoaded = true)),
    loadFontAsync: (font: { readonly family: string; readonly style: string }) =>
      later('loadFontAsync', () => {
        validate('fontName', object({ family: string, style: string }), font);
        session.fonts.add(fontKey(font));
      }),

    createRectangle: () => create('RECTANGLE', 'Rectangle', grey),
    createEllipse: () => create('ELLIPSE', 'Ellipse', grey),
    createVector: () => create('VECTOR', 'Vector', { strokes: black.fills, fills: [] }),
    createText: () => create('TEXT', 'Text', { ...black, width: 0, height: 15 }),
    createFrame: () => create('FRAME', 'Frame', white),
    createComponent: () => create('COMPONENT', 'Component', white),
    createSection: () => create('SECTION', 'Section', white),
    createSlice: () => create('SLICE', 'Slice'),
    createPage: () => create('PAGE', 'Page', { width: 0, height: 0 }),
    group: (nodes: unknown, parent: unknown, index?: number) =>
      call('group', () => wrap(session, 'GROUP', nodes, parent, index)),
    combineAsVariants: (nodes: unknown, parent: unknown, index?: number) =>
      call('combineAsVariants', () => wrap(session, 'COMPONENT_SET', nodes, parent, index)),

    createImage: (bytes: unknown) =>
      call('createImage', () => {
        if (!(bytes instanceof Uint8Array)) throw new FigmaError('Expected "data" to be a Uint8Array');
        checkImage(bytes);
        const hash = hashOf(bytes);
        document.images.set(hash, bytes.slice());
        return createImage(session, hash);
      }),
    createImageAsync: (src: string) =>
      later('createImageAsync', () => {
        const { hostname } = new URL(src);
        if (hostname !== 'localhost' && hostname !== '127.0.0.1') throw notModelled('createImageAsync');
        throw new FigmaError(`Failed to fetch from ${src}`);
      }),
    getImageByHash: (hash: string) =>
      call('getImageByHash', () => (document.images.has(hash) ? createImage(session, hash) : null)),
  };
  return guarded('figma', modelled) as unknown as PluginAPI;
}

const fail = (use: string): never => {
  throw dynamicPage(use);
};

/** What is not there is not modelled, and said so. */
function guarded<T extends object>(name: string, modelled: T): T {
  return new Proxy(modelled, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target || key === 'then') {
        return Reflect.get(target, key, receiver) as unknown;
      }
      throw notModelled(`${name}.${key}`);
    },
    set(target, key, value) {
      if (key in target && Reflect.set(target, key, value)) return true;
      throw new TypeError(`no setter for property '${String(key)}' on ${name}`);
    },
  });
}

function createImage(session: Session, hash: string): object {
  const bytes = (name: string): Promise<Uint8Array> =>
    session.call(name, async () => {
      await Promise.resolve();
      const found = session.document.images.get(hash);
      if (!found) throw new FigmaError(`The image ${hash} could not be loaded`);
      return found.slice();
    });
  return Object.freeze({
    hash,
    getBytesAsync: () => bytes('getBytesAsync'),
    getSizeAsync: async () => imageSize(await bytes('getSizeAsync')),
  });
}

/** A new parent around nodes, which stay where they are on the page. */
function wrap(
  session: Session,
  type: 'GROUP' | 'COMPONENT_SET',
  given: unknown,
  parent: unknown,
  index?: number,
): object {
  const { document } = session;
  const ids = session.idsOf(given);
  assert(ids.length > 0, 'First argument must be an array of at least one node');
  const parentId = session.idOf(parent, 'parent');
  session.requireContent(document.get(parentId), 'method `insertChild()`');
  for (const id of ids) {
    const right = type === 'GROUP' || document.get(id).type === 'COMPONENT';
    assert(right, 'Every node must be a COMPONENT');
    checkInsert(document, id, parentId);
  }
  const places = new Map(ids.map((id) => [id, absoluteTransform(document, document.get(id))]));
  const box = union(ids.map((id) => absoluteBox(document, document.get(id)))) as Rect;
  const name = type === 'GROUP' ? 'Group' : 'Component set';
  const size = { width: box.width, height: box.height };
  const wrapper = document.create(type, document.currentPage, { name, ...size, transform: IDENTITY });
  insert(document, wrapper, parentId, index);
  if (type === 'COMPONENT_SET') placeAt(document, wrapper, translated(IDENTITY, box.x, box.y));
  for (const { id } of inOrder(document, ids)) {
    insert(document, id, wrapper);
    placeAt(document, id, places.get(id) ?? IDENTITY);
  }
  settle(document, wrapper);
  return session.handle(wrapper);
}

const inOrder = (document: FakeDocument, ids: readonly string[]) =>
  [...descendants(document, document.root)].filter(({ id }) => ids.includes(id));
