/** The knobs that hardly anyone needs, each with its preset's value where it is left alone. */
import { LIMITS, OPTIMIZERS } from '../../../shared/hyperparameters.ts';
import { DEFAULT_SEED, SEED } from '../models/composer.ts';
import { Button, NumberInput, Segments, Select } from './controls.tsx';
import { useInterface } from './context.ts';
import { Icon } from './Icon.tsx';

const PRESET = '';

export function Advanced() {
  const { composer, text: words, formats } = useInterface();
  const text = words.value.advanced;
  const recipe = composer.recipe.value;
  const draft = composer.isDraft.value;
  const changed = composer.changed.value;
  const plain = (value: number) => formats.value.number(value, 6);
  const preset = (value: string | undefined) => (value === undefined ? '' : text.presetDefault(value));
  const chosen = <T extends string | number>(choices: readonly T[], value: string): T | undefined =>
    choices.find((choice) => String(choice) === value);
  return (
    <details class="section advanced">
      <summary>
        <h2>{words.value.advanced.heading}</h2>
        {changed > 0 && <span class="count">{text.changed(changed)}</span>}
        <Icon name="chevron" />
      </summary>
      <div class="advanced-fields">
        {draft && <p class="secondary across">{text.draftTrainsNothing}</p>}
        <Select
          label={text.epochs}
          value={String(composer.epochs.value ?? PRESET)}
          disabled={draft}
          onChange={(value) => {
            composer.epochs.value = chosen(LIMITS.epochs, value);
          }}
        >
          <option value={PRESET}>{preset(recipe ? plain(recipe.epochs) : undefined)}</option>
          {LIMITS.epochs.map((epochs) => (
            <option key={epochs} value={epochs}>
              {plain(epochs)}
            </option>
          ))}
        </Select>
        <Select
          label={text.maxSize}
          value={String(composer.maxSize.value ?? PRESET)}
          disabled={draft}
          onChange={(value) => {
            composer.maxSize.value = chosen(LIMITS.maxSize, value);
          }}
        >
          <option value={PRESET}>{preset(recipe ? text.pixels(plain(recipe.maxSize)) : undefined)}</option>
          {LIMITS.maxSize.map((size) => (
            <option key={size} value={size}>
              {text.pixels(plain(size))}
            </option>
          ))}
        </Select>
        <Select
          label={text.optimizer}
          value={composer.optimizer.value ?? PRESET}
          disabled={draft}
          onChange={(value) => {
            composer.optimizer.value = chosen(OPTIMIZERS, value);
          }}
        >
          <option value={PRESET}>{preset(recipe?.optimizer)}</option>
          {OPTIMIZERS.map((optimizer) => (
            <option key={optimizer} value={optimizer}>
              {optimizer}
            </option>
          ))}
        </Select>
        <NumberInput
          field={composer.learningRate}
          label={text.learningRate}
          placeholder={preset(recipe ? plain(recipe.learningRate) : undefined)}
          problem={text.learningRateProblem(plain(LIMITS.learningRate.min), plain(LIMITS.learningRate.max))}
          disabled={draft}
        />
        <NumberInput
          field={composer.seed}
          label={text.seed}
          placeholder={text.defaultValue(plain(DEFAULT_SEED))}
          problem={text.seedProblem(String(SEED.max))}
          step={1}
        />
        <Segments
          legend={text.format}
          options={composer.formats.map((format) => ({ value: format, label: format.toUpperCase() }))}
          value={composer.format.value}
          onChange={(format) => {
            composer.format.value = format;
          }}
        />
        <div class="across">
          <Button disabled={changed === 0} onClick={() => composer.reset()}>
            {text.reset}
          </Button>
        </div>
      </div>
    </details>
  );
}
