/** What is set for every panorama: mode, quality, variants. */
import { MODES, MAX_VARIANTS } from '../../../shared/request.ts';
import { PRESETS } from '../../../shared/hyperparameters.ts';
import { Section, Segments } from './controls.tsx';
import { useInterface } from './context.ts';
import { Icon } from './Icon.tsx';

export function ModeField() {
  const { composer, text: words } = useInterface();
  const text = words.value.mode;
  return (
    <Section heading={text.heading}>
      <fieldset class="cards">
        <legend class="visually-hidden">{text.heading}</legend>
        {MODES.map((mode) => (
          <label key={mode} class="card">
            <input
              type="radio"
              name="mode"
              checked={composer.mode.value === mode}
              onChange={() => {
                composer.mode.value = mode;
              }}
            />
            <Icon name={mode} class="card-icon" />
            <span class="card-text">
              <span class="card-name">{text.names[mode]}</span>
              <span class="secondary">{text.sentences[mode]}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </Section>
  );
}

export function PresetField() {
  const { composer, estimates, text: words, formats } = useInterface();
  const text = words.value.preset;
  return (
    <Section heading={text.heading}>
      <fieldset class={`cards rows${estimates.asking.value ? ' asking' : ''}`}>
        <legend class="visually-hidden">{text.heading}</legend>
        {PRESETS.map((preset) => {
          const estimate = estimates.estimates.value[preset];
          return (
            <label key={preset} class="card">
              <input
                type="radio"
                name="preset"
                checked={composer.preset.value === preset}
                onChange={() => {
                  composer.preset.value = preset;
                }}
              />
              <span class="card-text">
                <span class="card-name">{text.names[preset]}</span>
                <span class="secondary">{text.sentences[preset]}</span>
              </span>
              {estimate && <span class="card-time figures">{formats.value.seconds(estimate.seconds)}</span>}
            </label>
          );
        })}
      </fieldset>
    </Section>
  );
}

export function VariantsField() {
  const { composer, text: words, formats } = useInterface();
  const text = words.value.variants;
  const draft = composer.isDraft.value;
  const options = Array.from({ length: MAX_VARIANTS }, (_, i) => ({
    value: i + 1,
    label: text.label(formats.value.number(i + 1)),
  }));
  return (
    <Section heading={text.heading}>
      <Segments
        legend={text.heading}
        hideLegend
        options={options}
        value={draft ? 1 : composer.variants.value}
        disabled={draft}
        onChange={(count) => composer.setVariants(count)}
      />
      {draft && <p class="secondary">{text.draftHasOne}</p>}
    </Section>
  );
}
