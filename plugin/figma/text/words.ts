/** The window's dictionaries: both are at hand, the window being one file. */
import type { Language } from '../../ui/settings.ts';
import { en, type Words } from './en.ts';
import { ko } from './ko.ts';

export type { Words } from './en.ts';

export function wordsOf(language: Language): Words {
  return { en, ko }[language];
}
