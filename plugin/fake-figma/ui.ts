/** `figma.ui`: the window's frame as a test sees it, and messages that travel as structured clones. */
import type { ShowUIOptions, UIAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { FigmaError, assert, notModelled } from './errors.ts';
import { Listeners, later } from './events.ts';
import type { Session } from './session.ts';

const LEAST_WIDTH = 70;

/** The plugin's window, from the user's side and its own. */
export class FakeIframe {
  open = false;
  visible = false;
  html: string | null = null;
  /** As `showUI` was given them, and `resize` and `reposition` changed them. */
  options: ShowUIOptions = {};
  /** Everything that the plugin has posted to this window or one before it. */
  readonly received: unknown[] = [];
  readonly #listeners = new Set<(message: unknown) => void>();
  #waiting: unknown[] = [];

  constructor(private readonly toMain: (message: unknown) => void) {}

  /** Hears what the plugin posts; what came before the first listener is not lost. Returns its own undo. */
  onMessage(listener: (message: unknown) => void): () => void {
    this.#listeners.add(listener);
    for (const message of this.#waiting.splice(0)) listener(message);
    return () => this.#listeners.delete(listener);
  }

  /** As the window's `parent.postMessage({ pluginMessage: message }, '*')`. */
  post(message: unknown): void {
    if (!this.open) throw new Error('fake-figma: there is no window to post from');
    this.toMain(structuredClone(message));
  }

  deliver(message: unknown): void {
    this.received.push(message);
    if (this.#listeners.size === 0) this.#waiting.push(message);
    for (const listener of this.#listeners) listener(message);
  }

  show(html: string, options: ShowUIOptions): void {
    this.shut();
    Object.assign(this, { open: true, visible: options.visible ?? true, html, options: { ...options } });
  }

  shut(): void {
    Object.assign(this, { open: false, visible: false, html: null });
    this.#waiting = [];
  }
}

export interface UiSide {
  readonly ui: UIAPI;
  readonly iframe: FakeIframe;
  /** `figma.showUI`. */
  showUI(html: unknown, options: ShowUIOptions | undefined): void;
}

type UiEvents = { message: [message: unknown, properties: { origin: string }] };

export function createUi(session: Session): UiSide {
  const listeners = new Listeners<UiEvents>();
  const iframe = new FakeIframe((message) =>
    later(() => {
      if (session.closed) return;
      const properties = { origin: 'null' };
      ui.onmessage?.(message, properties);
      listeners.tell('message', message, properties);
    }),
  );
  const needsWindow = <T>(name: string, run: () => T): T =>
    session.call(name, () => {
      assert(iframe.open, 'No UI to send a message to. Did you forget to create a UI by calling showUI?');
      return run();
    });
  const resized = (width: number, height: number): ShowUIOptions => ({
    width: Math.max(LEAST_WIDTH, width),
    height: Math.max(0, height),
  });
  const ui: UIAPI = {
    onmessage: undefined,
    show: () => needsWindow('show', () => void (iframe.visible = true)),
    hide: () => needsWindow('hide', () => void (iframe.visible = false)),
    close: () => needsWindow('close', () => iframe.shut()),
    resize: (width, height) =>
      needsWindow('resize', () => void Object.assign(iframe.options, resized(width, height))),
    reposition: (x, y) => needsWindow('reposition', () => void (iframe.options.position = { x, y })),
    getPosition() {
      throw notModelled('getPosition');
    },
    postMessage: (message: unknown) =>
      needsWindow('postMessage', () => {
        const copy = cloned(message);
        later(() => {
          if (iframe.open) iframe.deliver(copy);
        });
      }),
    on: (type, callback) => session.call('on', () => listeners.add(type, callback)),
    once: (type, callback) => session.call('once', () => listeners.add(type, callback, true)),
    off: (type, callback) => session.call('off', () => listeners.remove(type, callback)),
  };
  return {
    ui,
    iframe,
    showUI(html, options = {}) {
      if (typeof html !== 'string') throw new FigmaError('Expected "html" to be a string');
      iframe.show(html, { ...options, ...resized(options.width ?? 300, options.height ?? 200) });
    },
  };
}

function cloned(message: unknown): unknown {
  try {
    return structuredClone(message);
  } catch {
    throw new FigmaError('Cannot unwrap symbol, function or node: only plain data can be posted');
  }
}
