/** The dictionaries of setting up a server, which only the plugin's window does. */
import type { Language } from '../settings.ts';
import { en } from './server-setup.en.ts';
import { ko } from './server-setup.ko.ts';

export type SetupText = typeof en;

export function setupTextOf(language: Language): SetupText {
  return { en, ko }[language];
}
