/** What it will take, and the button that starts it. */
import { useId } from 'preact/hooks';
import { Button, Notice } from './controls.tsx';
import { useApp } from './context.ts';

/** Enlargement below this is not worth a word. */
const ENLARGED = 1.05;
/** Seconds in the queue below this are not worth a word. */
const SHORT_WAIT = 2;

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

function EstimateLines() {
  const { estimates, connection, composer, photo, text: words, formats: figures } = useApp();
  const text = words.value.estimate;
  const formats = figures.value;
  const estimate = estimates.current.value;
  if (!photo.photo.value || !composer.request.value) return null;
  if (!estimate) {
    if (estimates.asking.value) return <p class="estimate secondary">{text.asking}</p>;
    return estimates.failed.value ? <p class="estimate secondary">{text.failed}</p> : null;
  }
  const has = connection.info.value?.limits.memoryBytes ?? Infinity;
  const parts = [
    ...(estimate.scales > 0 ? [text.draft(formats.seconds(estimate.draftSeconds))] : [text.untrained]),
    ...(estimate.waitSeconds.high > SHORT_WAIT ? [text.wait(formats.seconds(estimate.waitSeconds))] : []),
    text.memory(formats.bytes(estimate.memoryBytes)),
  ];
  return (
    <>
      {estimate.memoryBytes > has && (
        <Notice kind="error">
          <p>{text.memoryShort(formats.bytes(estimate.memoryBytes), formats.bytes(has))}</p>
        </Notice>
      )}
      {estimate.upscaled > ENLARGED && (
        <Notice kind="warning">
          <p>{text.enlarged(formats.number(estimate.upscaled, 1))}</p>
        </Notice>
      )}
      <p class={`estimate${estimates.asking.value ? ' asking' : ''}`}>
        <strong>{text.time(formats.seconds(estimate.seconds))}</strong>
        <span class="secondary">{parts.join(' · ')}</span>
      </p>
    </>
  );
}
