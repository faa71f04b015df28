/** What it will take, before anything is sent. */
import { Notice } from './controls.tsx';
import { useInterface } from './context.ts';

/** Enlargement below this is not worth a word. */
const ENLARGED = 1.05;
/** Seconds in the queue below this are not worth a word. */
const SHORT_WAIT = 2;

export function EstimateLines() {
  const { estimates, connection, composer, photo, text: words, formats: figures } = useInterface();
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
