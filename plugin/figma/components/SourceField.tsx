/** The picture that is sent; where there are several, a choice by thumbnail. */
import { useEffect, useState } from 'preact/hooks';
import { Section, Segments } from '../../ui/components/controls.tsx';
import { Icon } from '../../ui/components/Icon.tsx';
import type { SourceOption } from '../../messages.ts';
import { useFigma } from './context.ts';

export function SourceField() {
  const { choice, photo, words: dictionary, formats } = useFigma();
  const words = dictionary.value.source;
  const source = choice.source.value;
  const sources = choice.report.value?.sources ?? [];
  // Of one that cannot be used, the photo before it is still there.
  const chosen = photo.problem.value ? null : photo.photo.value;
  const problem = choice.problem.value;
  if (!source) return null;
  const whole = choice.whole.value ? 'whole' : 'part';
  return (
    <Section heading={words.heading}>
      <div class="photo-field">
        <div class="photo-thumb">
          {chosen?.url ? <img src={chosen.url} alt="" /> : <Thumbnail source={source} />}
        </div>
        <div class="photo-facts">
          <p class="photo-name" title={source.name}>
            {source.name}
          </p>
          <p class="secondary figures">
            {problem || photo.problem.value
              ? null
              : chosen && !choice.loading.value
                ? words.size(formats.value.size(chosen.size), formats.value.bytes(chosen.blob.size))
                : words.opening}
          </p>
        </div>
      </div>
      {problem && <p class="problem">{words.problems[problem]}</p>}
      {source.kind === 'original' && <p class="secondary">{words.original}</p>}
      {source.rendered !== null && <p class="secondary">{words.rendered[source.rendered]}</p>}
      {chosen?.format === 'GIF' && <p class="secondary">{words.gif}</p>}
      {sources.length > 1 && <SourcePicker sources={sources} chosen={source} />}
      {source.cropped && (
        <Segments
          legend={words.crop}
          hideLegend
          options={[
            { value: 'part', label: words.part },
            { value: 'whole', label: words.whole },
          ]}
          value={whole}
          onChange={(value) => {
            choice.whole.value = value === 'whole';
          }}
        />
      )}
    </Section>
  );
}

function SourcePicker({ sources, chosen }: { sources: readonly SourceOption[]; chosen: SourceOption }) {
  const { choice, words: dictionary } = useFigma();
  const words = dictionary.value.source;
  return (
    <fieldset class="thumbs">
      <legend class="visually-hidden">{words.choose}</legend>
      {sources.map((source) => (
        <label key={source.id} class="thumb" title={source.name}>
          <input
            type="radio"
            name="source"
            checked={source.id === chosen.id}
            aria-label={words.one(source.name)}
            onChange={() => choice.chooseSource(source.id)}
          />
          <Thumbnail source={source} />
        </label>
      ))}
    </fieldset>
  );
}

function Thumbnail({ source: { thumbnail } }: { source: SourceOption }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!thumbnail) return setUrl(null);
    const made = URL.createObjectURL(new Blob([thumbnail as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [thumbnail]);
  return url === null ? <Icon name="photo" /> : <img src={url} alt="" />;
}
