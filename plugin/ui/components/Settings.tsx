/** Everything that can be set before a panorama is made. */
import { Advanced } from './Advanced.tsx';
import { Section } from './controls.tsx';
import { useInterface } from './context.ts';
import { FileButton } from './FileButton.tsx';
import { FrameSize } from './FrameSize.tsx';
import { Icon } from './Icon.tsx';
import { MakeBar } from './MakeBar.tsx';
import { ModeField, PresetField, VariantsField } from './RequestFields.tsx';

export function Settings() {
  return (
    <>
      <div class="panel-scroll">
        <PhotoField />
        <FrameSize />
        <ModeField />
        <PresetField />
        <VariantsField />
        <Advanced />
      </div>
      <MakeBar />
    </>
  );
}

function PhotoField() {
  const { photo, text: words, formats } = useInterface();
  const text = words.value.photo;
  const chosen = photo.photo.value;
  return (
    <Section heading={text.heading}>
      <div class="photo-field">
        <div class="photo-thumb">{chosen?.url ? <img src={chosen.url} alt="" /> : <Icon name="photo" />}</div>
        <div class="photo-facts">
          {chosen ? (
            <>
              <p class="photo-name" title={chosen.name}>
                {chosen.name || text.pastedName}
              </p>
              <p class="secondary figures">
                {formats.value.size(chosen.size)} · {formats.value.bytes(chosen.blob.size)}
              </p>
            </>
          ) : (
            <p class="secondary">{photo.reading.value ? text.reading : text.none}</p>
          )}
        </div>
        <FileButton>{chosen ? text.replace : text.choose}</FileButton>
      </div>
    </Section>
  );
}
