/** What it will take, and the button that starts it. */
import { useId } from 'preact/hooks';
import { Button } from './controls.tsx';
import { useApp } from './context.ts';
import { EstimateLines } from './EstimateLines.tsx';

export function MakeBar() {
  const app = useApp();
  const text = app.text.value;
  const { sending, composer, hindrance } = app;
  const id = useId();
  if (sending.state.value.state === 'sending') {
    return (
      <div class="panel-foot">
        <p class="estimate">{text.make.sending}</p>
        <div class="sending-line" role="progressbar" aria-label={text.make.sending} />
        <Button wide onClick={() => void sending.stop()}>
          {text.make.stopSending}
        </Button>
      </div>
    );
  }
  const count = composer.isDraft.value ? 1 : composer.variants.value;
  const reason = hindrance.value;
  const start = () => {
    if (reason === null) void app.make();
    else app.say(text.make[reason]);
  };
  return (
    <div class="panel-foot">
      <EstimateLines />
      <button
        type="button"
        class="button primary wide large"
        aria-disabled={reason !== null}
        aria-describedby={reason === null ? undefined : id}
        onClick={start}
      >
        <span>{count > 1 ? text.make.makeMany(app.formats.value.number(count)) : text.make.make}</span>
      </button>
      {reason !== null && (
        <p class="reason secondary" id={id}>
          {text.make[reason]}
        </p>
      )}
    </div>
  );
}
