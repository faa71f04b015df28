/** Width and height, by number or by name. */
import { FRAME_SIDE } from '../../../shared/request.ts';
import { FRAME_GROUPS, FRAMES, frameOfSize } from '../frames.ts';
import { Button, NumberInput, Section, Select } from './controls.tsx';
import { useApp } from './context.ts';

const CUSTOM = '';

export function FrameSize() {
  const { composer, text: words, formats } = useApp();
  const text = words.value.size;
  const frame = composer.frame.value;
  const named = frame && frameOfSize(frame);
  const problem = text.problem(String(FRAME_SIDE.min), String(FRAME_SIDE.max));
  const choose = (name: string) => {
    const chosen = FRAMES.find((known) => known.name === name);
    if (chosen) composer.setFrame(chosen);
  };
  return (
    <Section heading={text.heading}>
      <Select label={text.common} hideLabel value={named?.name ?? CUSTOM} onChange={choose}>
        <option value={CUSTOM} disabled>
          {text.custom}
        </option>
        {FRAME_GROUPS.map((group) => (
          <optgroup key={group} label={text.groups[group]}>
            {FRAMES.filter((known) => known.group === group).map((known) => (
              <option key={known.name} value={known.name}>
                {`${text.names[known.name]}  ${formats.value.size(known)}`}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
      <div class="size-row">
        <NumberInput
          field={composer.width}
          label={text.width}
          prefix="W"
          problem={problem}
          required
          step={1}
        />
        <Button kind="quiet" icon="swap" label={text.swap} onClick={() => composer.swap()} />
        <NumberInput
          field={composer.height}
          label={text.height}
          prefix="H"
          problem={problem}
          required
          step={1}
        />
      </div>
    </Section>
  );
}
