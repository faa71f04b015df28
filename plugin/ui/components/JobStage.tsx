/** The stage while a panorama is looked at: its best picture so far, and what else there is to choose. */
import { useEffect } from 'preact/hooks';
import type { Panorama } from '../../../shared/protocol.ts';
import { isConnectionError, isGone } from '../models/call-errors.ts';
import type { Job } from '../models/job.ts';
import { percentsOf, placementOf } from '../models/outline.ts';
import { Notice, Segments } from './controls.tsx';
import { useApp } from './context.ts';
import { ErrorNotice } from './ErrorNotice.tsx';
import { Picks } from './Picks.tsx';
import { FullSize, PictureView } from './PictureView.tsx';

export function JobStage({ job }: { job: Job }) {
  const { text: words } = useApp();
  const text = words.value;
  const panorama = job.panorama.value;
  const error = job.error.value;
  if (!panorama && isGone(error)) {
    return (
      <Notice kind="info" title={text.job.gone}>
        <p>{text.job.goneNext}</p>
      </Notice>
    );
  }
  const notice = error !== null && !isConnectionError(error) && (
    <ErrorNotice error={{ call: error }} {...(!panorama && { title: text.job.failedToLoad })} />
  );
  if (!panorama) return <>{notice || <p class="stage-hint middle">{text.job.loading}</p>}</>;
  const actual = job.view.value === 'actual' && job.shownVariant.value !== null;
  return (
    <>
      {notice}
      {panorama.error && <ErrorNotice error={{ server: panorama.error }} />}
      {panorama.status === 'canceled' && (
        <Notice kind="info" title={text.job.statuses.canceled}>
          <p>{panorama.variants.length > 0 ? text.job.canceledNext : text.job.canceledNothing}</p>
        </Notice>
      )}
      {actual ? (
        <FullSize job={job} />
      ) : (
        <div class="fit-area" style={{ '--ratio': String(panorama.request.width / panorama.request.height) }}>
          <div class="fit frame result">
            <div class="frame-inside">
              {job.shown.value ? (
                <PictureView job={job} panorama={panorama} />
              ) : (
                <Waiting job={job} panorama={panorama} />
              )}
            </div>
          </div>
        </div>
      )}
      <div class="stage-foot">
        <Picks job={job} panorama={panorama} />
        <ViewTools job={job} />
      </div>
    </>
  );
}

/** Before there is any picture: the frame with the photo in it, as it was composed. */
function Waiting({ job, panorama }: { job: Job; panorama: Panorama }) {
  const { text: words } = useApp();
  const { mode, anchor, zoom, width, height } = panorama.request;
  const photo = job.photo.value;
  useEffect(() => {
    void job.loadPhoto().catch(() => undefined);
  }, [job]);
  const atWork = panorama.status === 'queued' || panorama.status === 'running';
  const place = percentsOf(placementOf(panorama.image, { width, height, anchor, zoom }).photo, {
    width,
    height,
  });
  return (
    <div class={`waiting${atWork ? ' at-work' : ''}`} role="img" aria-label={words.value.job.waitingPicture}>
      {photo && mode === 'extend' && <img class="placed" style={place} src={photo.url} alt="" />}
      {photo && mode !== 'extend' && <img class="outline-backdrop" src={photo.url} alt="" />}
    </div>
  );
}

function ViewTools({ job }: { job: Job }) {
  const { text: words } = useApp();
  const text = words.value.view;
  if (!job.shownVariant.value) return null;
  return (
    <div class="view-tools">
      <Segments
        legend={text.toolbar}
        hideLegend
        options={[
          { value: 'fit', label: text.fit },
          { value: 'actual', label: text.actual },
          { value: 'compare', label: text.compare },
        ]}
        value={job.view.value}
        onChange={(view) => {
          if (view === 'compare') void job.compare();
          else job.view.value = view;
        }}
      />
    </div>
  );
}
