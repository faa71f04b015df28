/** The few words that main says itself, where no window does. */
import type { QuickSettings } from '../messages.ts';

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

interface Words {
  readonly modes: Readonly<Record<NonNullable<QuickSettings['mode']>, string>>;
  readonly presets: Readonly<Record<NonNullable<QuickSettings['preset']>, string>>;
  readonly scale: (scale: number) => string;
  readonly noSuggestion: (query: string) => string;
  readonly nothingSelected: string;
  readonly restored: (count: number) => string;
  readonly notRestored: (names: string) => string;
  readonly failed: (message: string) => string;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    modes: { extend: 'Extend', retarget: 'Retarget', reimagine: 'Reimagine' },
    presets: { draft: 'Draft', fast: 'Fast', classic: 'Classic', paper: 'Paper' },
    scale: (scale) => `${scale}×`,
    noSuggestion: (query) => `Nothing is called “${query}”. Delete some letters.`,
    nothingSelected: 'Select a frame that holds a panorama first.',
    restored: (count) => (count === 1 ? 'The original is back.' : `${count} originals are back.`),
    notRestored: (names) => `Not restored: ${names}`,
    failed: (message) => `Not restored: ${message}`,
  },
  ko: {
    modes: { extend: '확장', retarget: '재구성', reimagine: '재창조' },
    presets: { draft: '초안', fast: '빠르게', classic: '클래식', paper: '논문' },
    scale: (scale) => `${scale}배`,
    noSuggestion: (query) => `“${query}”에 맞는 항목이 없습니다. 글자를 지워 보세요.`,
    nothingSelected: '파노라마가 들어 있는 프레임을 먼저 선택하세요.',
    restored: (count) => (count === 1 ? '원본을 되돌렸습니다.' : `원본 ${count}개를 되돌렸습니다.`),
    notRestored: (names) => `복원하지 못함: ${names}`,
    failed: (message) => `복원하지 못함: ${message}`,
  },
};
