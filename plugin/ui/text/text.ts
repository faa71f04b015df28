/** The dictionaries, and which of them to speak. */
import { LANGUAGES, type Language } from '../settings.ts';
import { en } from './en.ts';

/** What every dictionary holds. */
export type Text = typeof en;

/** English is always at hand, so there are words while another language is loaded. */
export const FIRST_TEXT: Text = en;

/** Each language by its own name. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' };

/** Rejects where the dictionary cannot be loaded. */
export async function loadText(language: Language): Promise<Text> {
  switch (language) {
    case 'en':
      return en;
    case 'ko':
      return (await import('./ko.ts')).ko;
    default:
      return language satisfies never;
  }
}

/** The first of the user's languages that there is a dictionary for, else English. */
export function languageOf(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const [base = ''] = wish.toLowerCase().split('-');
    const language = LANGUAGES.find((known) => known === base);
    if (language !== undefined) return language;
  }
  return 'en';
}
