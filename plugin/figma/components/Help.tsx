/** How it works, in three steps, and the language. */
import { LANGUAGES } from '../../ui/settings.ts';
import { LANGUAGE_NAMES } from '../../ui/text/text.ts';
import { Section, Segments } from '../../ui/components/controls.tsx';
import { useFigma } from './context.ts';

export function Help() {
  const { words: dictionary, preferences } = useFigma();
  const words = dictionary.value.guide;
  return (
    <div class="window-scroll">
      <Section heading={words.heading}>
        <ol class="steps">
          {words.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </Section>
      <Section heading={words.more}>
        <ul class="notes">
          {words.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </Section>
      <Section heading={words.language}>
        <Segments
          legend={words.language}
          hideLegend
          options={LANGUAGES.map((language) => ({ value: language, label: LANGUAGE_NAMES[language] }))}
          value={preferences.language.value}
          onChange={(language) => preferences.speak(language)}
        />
      </Section>
    </div>
  );
}
