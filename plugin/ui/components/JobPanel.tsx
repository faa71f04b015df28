/** Beside the picture: how far it is, what it was made from, and what can be done with it. */
import { useState } from 'preact/hooks';
import { hasEnded, type Panorama } from '../../../shared/protocol.ts';
import { isGone } from '../models/call-errors.ts';
import type { Job } from '../models/job.ts';
import { Button, Section } from './controls.tsx';
import { useApp } from './context.ts';
import { JobFacts } from './JobFacts.tsx';
import { headline, progressLine } from './job-words.ts';

export function JobPanel({ job }: { job: Job }) {
  const app = useApp();
  const text = app.text.value;
  const panorama = job.panorama.value;
  if (!panorama) {
    return (
      <div class="panel-scroll">
        <section class="section">
          <h2 id="job-title" tabIndex={-1} class="job-title">
            {job.error.value === null
              ? text.job.loading
              : isGone(job.error.value)
                ? text.job.gone
                : text.job.failedToLoad}
          </h2>
          <Button icon="plus" wide onClick={() => app.compose()}>
            {text.actions.new}
          </Button>
        </section>
      </div>
    );
  }
  return (
    <>
      <div class="panel-scroll">
        <JobStatus panorama={panorama} />
        <JobActions job={job} panorama={panorama} />
        <JobFacts panorama={panorama} name={app.names.get(job.id)} />
      </div>
      <JobFoot job={job} panorama={panorama} />
    </>
  );
}

function JobStatus({ panorama }: { panorama: Panorama }) {
  const { text: words, formats } = useApp();
  const text = words.value;
  const { fraction } = panorama.progress;
  const atWork = !hasEnded(panorama.status);
  return (
    <section class={`section status ${panorama.status}`} aria-labelledby="job-title">
      <h2 id="job-title" tabIndex={-1} class="job-title">
        {headline(panorama, text)}
      </h2>
      <p class="secondary figures">{progressLine(panorama, text, formats.value)}</p>
      {atWork && (
        <div
          class="bar"
          role="progressbar"
          aria-label={text.job.progress}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(fraction * 100)}
          aria-valuetext={`${formats.value.percent(fraction)}, ${headline(panorama, text)}`}
        >
          <div class="bar-done" style={{ transform: `scaleX(${fraction})` }} />
        </div>
      )}
      {atWork && <p class="secondary">{text.job.goesOn}</p>}
    </section>
  );
}

function JobActions({ job, panorama }: { job: Job; panorama: Panorama }) {
  const app = useApp();
  const text = app.text.value.actions;
  const [asking, setAsking] = useState(false);
  const atWork = !hasEnded(panorama.status);
  return (
    <Section heading={text.heading}>
      <div class="actions">
        <Button kind="quiet" icon="plus" onClick={() => app.compose()}>
          {text.new}
        </Button>
        <Button kind="quiet" icon="again" onClick={() => void app.again(job)}>
          {text.again}
        </Button>
        <Button kind="quiet" icon="reuse" onClick={() => void app.reuse(job)}>
          {text.reuse}
        </Button>
        {asking ? (
          <div class="question" role="group" aria-label={text.removeQuestion}>
            <p>{atWork ? text.removeRunning : text.removeQuestion}</p>
            <Button kind="danger" disabled={job.busy.value !== null} onClick={() => void app.remove(job)}>
              {text.removeYes}
            </Button>
            <Button onClick={() => setAsking(false)}>{text.removeNo}</Button>
          </div>
        ) : (
          <Button kind="quiet" icon="trash" onClick={() => setAsking(true)}>
            {text.remove}
          </Button>
        )}
      </div>
    </Section>
  );
}

/** The one thing that is most likely wanted now. */
function JobFoot({ job, panorama }: { job: Job; panorama: Panorama }) {
  const app = useApp();
  const text = app.text.value;
  const shown = job.shownVariant.value;
  const download = shown && (
    <Button
      icon="download"
      wide
      kind={panorama.status === 'succeeded' ? 'primary' : 'plain'}
      onClick={() => void app.save(job)}
    >
      {shown.n === 0 ? text.view.downloadDraft : text.view.download}
    </Button>
  );
  const { status } = panorama;
  switch (status) {
    case 'queued':
    case 'running':
      return (
        <div class="panel-foot">
          {download}
          <Button wide disabled={job.busy.value !== null} onClick={() => void job.cancel()}>
            {job.busy.value === 'cancel' ? text.actions.canceling : text.actions.cancel}
          </Button>
        </div>
      );
    case 'succeeded':
      return <div class="panel-foot">{download}</div>;
    case 'failed':
    case 'canceled':
      return (
        <div class="panel-foot">
          {download}
          <Button kind="primary" icon="again" wide onClick={() => void app.repeat(job)}>
            {text.actions.retry}
          </Button>
        </div>
      );
    default:
      return status satisfies never;
  }
}
