/** What is sent, what is filled, and how: the window's first screen. */
import { Advanced } from '../../ui/components/Advanced.tsx';
import { problemText } from '../../ui/components/ComposeStage.tsx';
import { Button, Notice } from '../../ui/components/controls.tsx';
import { FrameOutline } from '../../ui/components/FrameOutline.tsx';
import { Icon } from '../../ui/components/Icon.tsx';
import { ModeField, PresetField, VariantsField } from '../../ui/components/RequestFields.tsx';
import { useFigma } from './context.ts';
import { FillBar } from './FillBar.tsx';
import { Restored } from './Restored.tsx';
import { OptionsField, ScaleField } from './ScaleField.tsx';
import { SourceField } from './SourceField.tsx';
import { TargetField } from './TargetField.tsx';

export function Compose() {
  const app = useFigma();
  const report = app.choice.report.value;
  if (!report) return null;
  return (
    <>
      <div class="window-scroll">
        <Restore />
        {report.hint === null ? <Composition /> : <Hint />}
      </div>
      {report.hint === null && <FillBar />}
    </>
  );
}

function Composition() {
  const { choice, photo, text, formats } = useFigma();
  const problem = photo.problem.value;
  const chosen = problem ? null : photo.photo.value;
  return (
    <>
      <SourceField />
      {problem && (
        <Notice kind="error">
          <p>{problemText(problem, text.value, formats.value)}</p>
        </Notice>
      )}
      <TargetField />
      {chosen && choice.shown.value?.plan.ok && (
        <div class="drawing">
          <FrameOutline photo={chosen} />
        </div>
      )}
      <ModeField />
      <PresetField />
      <ScaleField />
      <VariantsField />
      <OptionsField />
      <Advanced />
    </>
  );
}

/** What to select, told in place of everything else. */
function Hint() {
  const { choice, words } = useFigma();
  const hint = choice.report.value?.hint ?? 'nothing';
  const { title, text } = words.value.hints[hint];
  const sources = choice.report.value?.sources ?? [];
  return (
    <div class="hint">
      <div class="hint-drawing" aria-hidden="true">
        <div class="hint-photo">
          <Icon name="photo" />
        </div>
      </div>
      <h2>{title}</h2>
      <p class="secondary">{text}</p>
      {hint === 'needs-frame' && sources.length > 0 && <SourceField />}
    </div>
  );
}

function Restore() {
  const app = useFigma();
  const filled = app.choice.targets.value.some(({ target }) => target.filled);
  if (!filled || app.restored.value) return <Restored />;
  return (
    <div class="restore-line">
      <Button kind="quiet" icon="undo" onClick={() => void app.restore(null)}>
        {app.words.value.frames.actions.restore}
      </Button>
    </div>
  );
}
