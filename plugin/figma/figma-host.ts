/** The interface in Figma's window: storage through main, no address of its own. */
import { PanoramaClient } from '../../shared/client.ts';
import { downloadPicture, measurePicture } from '../ui/browser-pictures.ts';
import type { Host } from '../ui/host.ts';
import type { MainChannel } from './channel.ts';

/** `server` is the one that the plugin was built for; null where the user names one. */
export function createFigmaHost(window: Window, main: MainChannel, server: string | null): Host {
  const { document, navigator } = window;
  return {
    kind: 'figma',
    server,
    languages: navigator.languages,
    start: { token: null, id: null },
    storage: {
      get: (key) => main.ask('readSetting', { key }),
      set: async (key, value) => {
        await main.ask('writeSetting', { key, value });
      },
    },
    api: (address) => new PanoramaClient(address),
    measure: (picture) => measurePicture(document, picture),
    setOpened: () => undefined,
    savePicture(picture, name) {
      downloadPicture(document, picture, name);
      return Promise.resolve();
    },
    onEvent: () => () => undefined,
  };
}
