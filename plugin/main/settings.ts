/** What is kept on the user's machine, for the window and for main alike. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { isFields } from './stored.ts';
import { LANGUAGES, type Language } from './words.ts';

const PREFIX = 'panorama-converter.';

export interface Settings {
  /** `undefined` where nothing is kept. Rejects where Figma cannot read. */
  read(key: string): Promise<unknown>;
  /** `undefined` takes it away. Rejects where Figma cannot keep it. */
  write(key: string, value: unknown): Promise<void>;
  /** The one that the window was last set to; English where it follows the browser's, which main is not told. */
  language(): Promise<Language>;
}

export function createSettings({ clientStorage }: PluginAPI): Settings {
  const read = (key: string): Promise<unknown> => clientStorage.getAsync(PREFIX + key);
  return {
    read,
    write: (key, value) =>
      value === undefined
        ? clientStorage.deleteAsync(PREFIX + key)
        : clientStorage.setAsync(PREFIX + key, value),
    async language() {
      const preferences = await read('preferences').catch(() => null);
      const language = isFields(preferences) ? preferences.language : null;
      return LANGUAGES.find((each) => each === language) ?? 'en';
    },
  };
}
