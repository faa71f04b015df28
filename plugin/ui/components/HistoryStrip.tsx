/** All panoramas as a strip of thumbnails; the first place is for a new one. */
import { useEffect, useState } from 'preact/hooks';
import type { Panorama } from '../../../shared/protocol.ts';
import { isConnectionError } from '../models/call-errors.ts';
import { repeatedly } from '../undo.ts';
import { Button } from './controls.tsx';
import { useApp } from './context.ts';
import { Icon } from './Icon.tsx';

/** How often "2 minutes ago" is looked at again. */
const CLOCK_MS = 30_000;

export function HistoryStrip() {
  const app = useApp();
  const { history } = app;
  const text = app.text.value;
  const now = useClock();
  const panoramas = history.panoramas.value;
  const error = history.error.value;
  return (
    <section class="history" aria-labelledby="history-title">
      <h2 id="history-title">{text.history.heading}</h2>
      <ul class="strip">
        <li>
          <button
            type="button"
            class="history-item new"
            aria-current={app.job.value === null}
            onClick={() => app.compose()}
          >
            <span class="history-picture">
              <Icon name="plus" />
            </span>
            <span class="history-label">{text.header.new}</span>
          </button>
        </li>
        {panoramas.map((panorama) => (
          <li key={panorama.id}>
            <HistoryItem panorama={panorama} now={now} />
          </li>
        ))}
        {panoramas.length === 0 && history.loaded.value && <li class="strip-note">{text.history.empty}</li>}
        {error !== null && !isConnectionError(error) && (
          <li class="strip-note">
            <span>{text.history.failed}</span>
            <Button onClick={() => void history.refresh()}>{text.history.retry}</Button>
          </li>
        )}
        {history.hasMore.value && (
          <li class="strip-note">
            <Button disabled={history.loadingMore.value} onClick={() => void history.loadMore()}>
              {history.loadingMore.value ? text.history.loading : text.history.more}
            </Button>
          </li>
        )}
      </ul>
    </section>
  );
}

function HistoryItem({ panorama, now }: { panorama: Panorama; now: Date }) {
  const app = useApp();
  const text = app.text.value;
  const formats = app.formats.value;
  const { id, status, preview, progress, request, createdAt } = panorama;
  const when = formats.ago(new Date(createdAt), now);
  const size = formats.size(request);
  const running = status === 'running';
  const words = running
    ? text.history.running(formats.percent(progress.fraction))
    : text.job.statuses[status].toLocaleLowerCase(text.locale);
  return (
    <button
      type="button"
      class={`history-item ${status}`}
      aria-current={app.job.value?.id === id}
      aria-label={text.history.open(size, words, when)}
      onClick={() => app.open(id)}
    >
      <span class="history-picture">
        {preview === null ? <Icon name="photo" /> : <img src={preview} alt="" loading="lazy" />}
        {running && <span class="history-bar" style={{ transform: `scaleX(${progress.fraction})` }} />}
        {status !== 'succeeded' && !running && (
          <span class="history-status">
            <Icon name={status === 'queued' ? 'clock' : status === 'failed' ? 'warning' : 'close'} />
          </span>
        )}
      </span>
      <span class="history-label figures">{size}</span>
      <span class="history-when">{status === 'succeeded' ? when : words}</span>
    </button>
  );
}

function useClock(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(
    () =>
      repeatedly(CLOCK_MS, () => {
        setNow(new Date());
        return Promise.resolve();
      }),
    [],
  );
  return now;
}
