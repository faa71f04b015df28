/** The page around the window in tests, in Figma's part: an iframe without an origin, and a worker that main runs in. */
import type { FromSandbox, ToSandbox } from './desktop-worker.testing.ts';

/** The colours that Figma gives a window with `themeColors`. */
const THEMES = {
  light:
    '--figma-color-bg:#fff;--figma-color-bg-secondary:#f5f5f5;--figma-color-bg-hover:#f5f5f5;--figma-color-bg-brand:#0d99ff;--figma-color-bg-brand-hover:#007be5;--figma-color-bg-selected:#e5f4ff;--figma-color-bg-disabled:#d9d9d9;--figma-color-bg-danger:#f24822;--figma-color-text:#000000e5;--figma-color-text-secondary:#00000080;--figma-color-text-brand:#007be5;--figma-color-text-onbrand:#fff;--figma-color-text-ondisabled:#fff;--figma-color-text-danger:#dc3412;--figma-color-text-warning:#b86200;--figma-color-text-success:#009951;--figma-color-border:#e6e6e6;--figma-color-border-strong:#2c2c2c;--figma-color-border-selected:#0d99ff',
  dark: '--figma-color-bg:#2c2c2c;--figma-color-bg-secondary:#383838;--figma-color-bg-hover:#383838;--figma-color-bg-brand:#0c8ce9;--figma-color-bg-brand-hover:#0a6dc2;--figma-color-bg-selected:#394360;--figma-color-bg-disabled:#757575;--figma-color-bg-danger:#e03e1a;--figma-color-text:#fff;--figma-color-text-secondary:#ffffffb2;--figma-color-text-brand:#7cc4f8;--figma-color-text-onbrand:#fff;--figma-color-text-ondisabled:#2c2c2c;--figma-color-text-danger:#fca397;--figma-color-text-warning:#f7d15f;--figma-color-text-success:#79d297;--figma-color-border:#444;--figma-color-border-strong:#fff;--figma-color-border-selected:#0c8ce9',
} as const;

declare global {
  interface Window {
    desktop: {
      theme: keyof typeof THEMES;
      run(command: string, parameters?: Record<string, unknown>): void;
      call(code: string, argument: unknown): Promise<unknown>;
    };
  }
}

const worker = new Worker('worker.js');
const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let iframe: HTMLIFrameElement | null = null;
let shownHtml: string | null = null;
let lastId = 0;

function toSandbox(message: ToSandbox): void {
  worker.postMessage(message);
}

/** Figma gives the window a class and variables for its theme. */
function themed(html: string): string {
  const { theme } = window.desktop;
  return html.replace('<html', `<html class="figma-${theme}" style="${THEMES[theme]}"`);
}

function showWindow({ html, visible, size }: Extract<FromSandbox, { type: 'window' }>): void {
  if (html === null) {
    iframe?.remove();
    iframe = null;
    shownHtml = null;
    return;
  }
  if (!iframe || shownHtml !== html) {
    iframe?.remove();
    iframe = document.createElement('iframe');
    // Without allow-same-origin its origin is null, as in Figma.
    iframe.setAttribute('sandbox', 'allow-scripts allow-forms allow-modals allow-popups allow-downloads');
    iframe.srcdoc = themed(html);
    document.body.append(iframe);
    shownHtml = html;
  }
  const [width = 0, height = 0] = size;
  iframe.style.cssText = `border:0;display:block;width:${width}px;height:${height}px;${visible ? '' : 'visibility:hidden'}`;
}

worker.onmessage = ({ data }: MessageEvent<FromSandbox>) => {
  switch (data.type) {
    case 'called': {
      const call = calls.get(data.id);
      calls.delete(data.id);
      if (data.ok) call?.resolve(data.value);
      else call?.reject(new Error(data.message));
      return;
    }
    case 'window':
      showWindow(data);
      return;
    case 'message':
      iframe?.contentWindow?.postMessage({ pluginMessage: data.message, pluginId: 'test' }, '*');
      return;
    default:
      data satisfies never;
  }
};

window.addEventListener('message', ({ data, source }: MessageEvent<unknown>) => {
  if (source !== iframe?.contentWindow || typeof data !== 'object' || data === null) return;
  if ('pluginMessage' in data) toSandbox({ type: 'posted', message: data.pluginMessage });
});

const text = async (name: string): Promise<string> => (await fetch(name)).text();
const files = Promise.all([text('main.js'), text('ui.html')]);

window.desktop = {
  theme: 'light',
  run(command, parameters) {
    iframe?.remove();
    iframe = null;
    shownHtml = null;
    void files.then(([main, html]) => {
      toSandbox({ type: 'run', main, html, command, ...(parameters && { parameters }) });
    });
  },
  call: (code, argument) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      calls.set(id, { resolve, reject });
      toSandbox({ type: 'call', id, code, argument });
    }),
};
