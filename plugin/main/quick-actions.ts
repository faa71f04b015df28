/** Parameters typed into Figma's quick actions. */
import type { ParameterInputEvent, PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { QuickSettings } from '../messages.ts';
import type { Settings } from './settings.ts';
import { isFields } from './stored.ts';
import { WORDS, type Language } from './words.ts';

const MODES = ['extend', 'retarget', 'reimagine'] as const satisfies readonly QuickSettings['mode'][];
const PRESETS = ['draft', 'fast', 'classic', 'paper'] as const satisfies readonly QuickSettings['preset'][];
const SCALES = [1, 2, 3] as const;

interface Suggestion {
  readonly name: string;
  readonly data: string | number;
}

/** Answers what is typed with what can be meant by it, in the user's language. */
export function suggestParameters(figma: PluginAPI, settings: Settings): void {
  // Asked for once, so that answers come in the order of the keys pressed.
  let language: Promise<Language> | null = null;
  figma.parameters.on('input', ({ key, query, result }: ParameterInputEvent) => {
    language ??= settings.language();
    void language.then((spoken) => {
      const found = suggestionsFor(key, spoken).filter((each) => matches(each, query));
      if (found.length > 0) result.setSuggestions(found);
      else result.setError(WORDS[spoken].noSuggestion(query));
    });
  });
}

function suggestionsFor(key: string, language: Language): Suggestion[] {
  const { modes, presets, scale } = WORDS[language];
  switch (key) {
    case 'mode':
      return MODES.map((data) => ({ name: modes[data], data }));
    case 'preset':
      return PRESETS.map((data) => ({ name: presets[data], data }));
    case 'scale':
      return SCALES.map((data) => ({ name: scale(data), data }));
    default:
      return [];
  }
}

/** English names fit in every language. */
function matches({ name, data }: Suggestion, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  return name.toLowerCase().includes(wanted) || String(data).includes(wanted);
}

/** What of a run's parameters can be used. */
export function quickSettingsOf(parameters: unknown): QuickSettings {
  if (!isFields(parameters)) return {};
  const mode = MODES.find((each) => each === parameters.mode);
  const preset = PRESETS.find((each) => each === parameters.preset);
  const scale = SCALES.find((each) => each === parameters.scale || String(each) === parameters.scale);
  return { ...(mode && { mode }), ...(preset && { preset }), ...(scale && { scale }) };
}
