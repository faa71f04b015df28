/** The sandbox behind the window in tests: a fake Figma, and the plugin's main half run in it again and again. */
import * as library from '../fake-figma/fake-figma.ts';

/** From the page to the sandbox. */
export type ToSandbox =
  | {
      readonly type: 'run';
      readonly main: string;
      readonly html: string;
      readonly command: string;
      readonly parameters?: Record<string, unknown>;
    }
  /** Calls a function, given as its text, with the fake and `argument`. */
  | { readonly type: 'call'; readonly id: number; readonly code: string; readonly argument: unknown }
  /** What the window has posted. */
  | { readonly type: 'posted'; readonly message: unknown };

/** From the sandbox to the page. */
export type FromSandbox =
  | { readonly type: 'called'; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly type: 'called'; readonly id: number; readonly ok: false; readonly message: string }
  | {
      readonly type: 'window';
      readonly html: string | null;
      readonly visible: boolean;
      readonly size: number[];
    }
  | { readonly type: 'message'; readonly message: unknown };

/** What a test's function gets. */
export interface Sandbox {
  /** Of the plugin that runs now, or ran last. */
  readonly fake: library.FakeFigma;
  readonly library: typeof library;
  readonly bytesOf: (base64: string) => Uint8Array;
}

/** What a browser has and Figma's sandbox has not. */
const MISSING = [
  'self',
  'globalThis',
  'window',
  'document',
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'URL',
  'URLSearchParams',
  'TextEncoder',
  'TextDecoder',
  'Blob',
  'crypto',
  'structuredClone',
  'queueMicrotask',
  'AbortController',
  'performance',
  'postMessage',
  'importScripts',
];

const RELAUNCH = ['resize', 'restore'];
const storage = new Map<string, unknown>();
let fake = library.createFakeFigma({ relaunchCommands: RELAUNCH, storage });
let shown = '';

function post(message: FromSandbox): void {
  globalThis.postMessage(message);
}

/** The fake has no events of its own for that. */
function followWindow(): void {
  const { iframe } = fake;
  const { width = 0, height = 0 } = iframe.options;
  const now = JSON.stringify([iframe.open, iframe.visible, width, height]);
  if (now !== shown) {
    shown = now;
    post({ type: 'window', html: iframe.html, visible: iframe.visible, size: [width, height] });
  }
  setTimeout(followWindow, 5);
}

function run({ main, html, command, parameters }: Extract<ToSandbox, { type: 'run' }>): void {
  fake = library.createFakeFigma({
    command,
    storage,
    document: fake.document,
    relaunchCommands: RELAUNCH,
    asksParameters: parameters !== undefined,
  });
  shown = '';
  fake.iframe.onMessage((message) => post({ type: 'message', message }));
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- Figma runs a plugin's file as text too.
  const plugin = new Function('figma', '__html__', ...MISSING, main) as (...given: unknown[]) => void;
  plugin(fake.figma, html);
  void fake.user.run(parameters);
}

async function call({ id, code, argument }: Extract<ToSandbox, { type: 'call' }>): Promise<void> {
  const sandbox: Sandbox = {
    fake,
    library,
    bytesOf: (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
  };
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the test's own function, sent as text.
    const work = new Function('sandbox', 'argument', `return (${code})(sandbox, argument)`) as (
      sandbox: Sandbox,
      argument: unknown,
    ) => unknown;
    post({ type: 'called', id, ok: true, value: await work(sandbox, argument) });
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    post({ type: 'called', id, ok: false, message });
  }
}

globalThis.onmessage = ({ data }: MessageEvent<ToSandbox>) => {
  switch (data.type) {
    case 'run':
      run(data);
      return;
    case 'call':
      void call(data);
      return;
    case 'posted':
      if (fake.iframe.open) fake.iframe.post(data.message);
      return;
    default:
      data satisfies never;
  }
};
followWindow();
