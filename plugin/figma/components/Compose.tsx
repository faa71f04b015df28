/** What is sent, what is filled, and how: the window's first screen. */
import { Advanced } from '../../ui/components/Advanced.tsx';
import { problemText } from '../../ui/components/ComposeStage.tsx';
import { Button, Notice } from '../../ui/components/controls.tsx';
import { FrameOutline } from '../../ui/components/FrameOutline.tsx';
import { Icon } from '../../ui/components/Icon.tsx';
import { ModeField, PresetField, VariantsField } from '../../ui/components/RequestFields.tsx';
import { useFigma } from './context.ts';
import { FillBar } from './FillBar.tsx';
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
        <Restored />
        {report.hint === null ? <Composition /> : <Hint />}
      </div>
      {report.hint === null && <FillBar />}
    </>
  );
}

function Composition() {
  const { choice, photo, text, formats } = useFigma();
  const problem = photo.problem.value;
  const chosen = photo.photo.value;
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

function Restored() {
  const app = useFigma();
  const words = app.words.value;
  const restored = app.restored.value;
  const filled = app.choice.targets.value.some(({ target }) => target.filled);
  return (
    <>
      {filled && !restored && (
        <div class="restore-line">
          <Button kind="quiet" icon="undo" onClick={() => void app.restore(null)}>
            {words.frames.actions.restore}
          </Button>
        </div>
      )}
      {restored && (
        <Notice kind={restored.failed.length > 0 ? 'warning' : 'info'}>
          {restored.restored > 0 && <p>{words.restored.done(restored.restored)}</p>}
          {restored.failed.length > 0 && <p>{words.restored.failed(restored.failed.join(', '))}</p>}
        </Notice>
      )}
    </>
  );
}
