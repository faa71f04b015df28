/** How many pixels, what happens beyond 4096 of them, and what is done to the layers. */
import { Section, Segments } from '../../ui/components/controls.tsx';
import { SCALES } from '../pixels.ts';
import { useFigma } from './context.ts';

export function ScaleField() {
  const { choice, words: dictionary, formats } = useFigma();
  const words = dictionary.value.scale;
  const plan = choice.shown.value?.plan;
  return (
    <Section heading={words.heading}>
      <Segments
        legend={words.heading}
        hideLegend
        options={SCALES.map((scale) => ({ value: scale, label: words.times(scale) }))}
        value={choice.scale.value}
        onChange={(scale) => {
          choice.scale.value = scale;
        }}
      />
      {choice.needsTiles.value && (
        <>
          <p class="secondary">{words.tooLarge}</p>
          {choice.takesTiles.value ? (
            <Segments
              legend={words.how}
              hideLegend
              options={[
                { value: 'tiles', label: words.tiles },
                { value: 'lower', label: words.lower },
              ]}
              value={choice.tiles.value ? 'tiles' : 'lower'}
              onChange={(how) => {
                choice.tiles.value = how === 'tiles';
              }}
            />
          ) : (
            <p class="secondary">{words.noTiles}</p>
          )}
          {plan?.ok && plan.tiles > 1 && <p class="secondary">{words.tilesTold(plan.tiles)}</p>}
          {plan?.ok && plan.lowered && (
            <p class="secondary">{words.lowered(formats.value.number(plan.scale, 2))}</p>
          )}
        </>
      )}
    </Section>
  );
}

export function OptionsField() {
  const { choice, composer, words: dictionary } = useFigma();
  const words = dictionary.value.options;
  return (
    <section class="section options">
      {!composer.isDraft.value && (
        <label class="check">
          <input
            type="checkbox"
            checked={choice.applyDraft.value}
            onChange={(event) => {
              choice.applyDraft.value = event.currentTarget.checked;
            }}
          />
          <span>{words.draft}</span>
        </label>
      )}
      {choice.covers.value && (
        <label class="check">
          <input
            type="checkbox"
            checked={choice.hideSource.value}
            onChange={(event) => {
              choice.hideSource.value = event.currentTarget.checked;
            }}
          />
          <span>{words.hide}</span>
        </label>
      )}
    </section>
  );
}
