/** The interface in a web page that the server itself serves: storage, address, drops, downloads. */
import { PanoramaClient } from '../../shared/client.ts';
import { downloadPicture, measurePicture } from '../ui/browser-pictures.ts';
import type { Host, HostEvent, HostStorage, NamedPhoto } from '../ui/host.ts';
import { undoAll, type Undo } from '../ui/undo.ts';

const PREFIX = 'panorama-converter.';

export function createWebHost(window: Window & typeof globalThis): Host {
  const { location, navigator, document } = window;
  return {
    kind: 'web',
    server: serverOf(location),
    languages: navigator.languages,
    start: takeStart(window),
    storage: storageOf(window),
    api: (address) => new PanoramaClient(address),
    measure: (picture) => measurePicture(document, picture),
    setOpened(id) {
      if (idIn(location) === id) return;
      window.history.pushState(null, '', id === null ? location.pathname : `#id=${id}`);
    },
    savePicture(picture, name) {
      downloadPicture(document, picture, name);
      return Promise.resolve();
    },
    onEvent(listener) {
      const undos = [onDrop(window, listener), onPaste(window, listener)];
      const moved = () => {
        const { token, id } = takeStart(window);
        if (token !== null) listener({ type: 'token', token });
        listener({ type: 'opened', id });
      };
      window.addEventListener('popstate', moved);
      undos.push(() => window.removeEventListener('popstate', moved));
      return () => undoAll(undos);
    },
  };
}

function serverOf({ origin, pathname }: Location): string {
  return origin + pathname.replace(/\/[^/]*$/, '');
}

function fragment({ hash }: Location): URLSearchParams {
  return new URLSearchParams(hash.slice(1));
}

function idIn(location: Location): string | null {
  return fragment(location).get('id');
}

/** Reads what the address carries, and takes the token out of it: addresses are kept and shared. */
function takeStart({ location, history }: Window): Host['start'] {
  const token = fragment(location).get('token');
  const id = idIn(location);
  if (token !== null) {
    history.replaceState(null, '', location.pathname + location.search + (id === null ? '' : `#id=${id}`));
  }
  return { token, id };
}

/** Looked up at each use: where storage is forbidden, that throws. */
function storageOf(window: Window): HostStorage {
  return {
    get(key) {
      const text = window.localStorage.getItem(PREFIX + key);
      return Promise.resolve(text === null ? undefined : (JSON.parse(text) as unknown));
    },
    set(key, value) {
      if (value === undefined) window.localStorage.removeItem(PREFIX + key);
      else window.localStorage.setItem(PREFIX + key, JSON.stringify(value));
      return Promise.resolve();
    },
  };
}

function onDrop(window: Window, listener: (event: HostEvent) => void): Undo {
  /** Elements entered and not left: their borders are crossed all the time. */
  let inside = 0;
  const carriesFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;
  const enter = (event: DragEvent) => {
    if (!carriesFile(event)) return;
    inside += 1;
    if (inside === 1) listener({ type: 'dragging', over: true });
  };
  const leave = (event: DragEvent) => {
    if (!carriesFile(event)) return;
    inside = Math.max(0, inside - 1);
    if (inside === 0) listener({ type: 'dragging', over: false });
  };
  const over = (event: DragEvent) => {
    if (carriesFile(event)) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    inside = 0;
    listener({ type: 'dragging', over: false });
    const file = event.dataTransfer?.files[0];
    if (file) listener({ type: 'photo', photo: { blob: file, name: file.name } });
  };
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener('dragenter', enter, { signal });
  window.addEventListener('dragleave', leave, { signal });
  window.addEventListener('dragover', over, { signal });
  window.addEventListener('drop', drop, { signal });
  return () => listening.abort();
}

function onPaste(window: Window, listener: (event: HostEvent) => void): Undo {
  const paste = (event: ClipboardEvent) => {
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    // Browsers call a picture without a file by this name.
    const photo: NamedPhoto = { blob: file, name: file.name === 'image.png' ? '' : file.name };
    listener({ type: 'photo', photo });
  };
  window.addEventListener('paste', paste);
  return () => window.removeEventListener('paste', paste);
}
