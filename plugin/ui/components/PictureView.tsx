/** One picture: fitted into the stage, beside the photo alone, or at full size. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Panorama } from '../../../shared/protocol.ts';
import type { Job } from '../models/job.ts';
import { percentsOf, placementOf } from '../models/outline.ts';
import { useApp } from './context.ts';

interface PictureViewProps {
  readonly job: Job;
  readonly panorama: Panorama;
}

export function PictureView({ job, panorama }: PictureViewProps) {
  const app = useApp();
  const text = app.text.value.job;
  const shown = job.shown.value;
  if (!shown) return null;
  if (shown.type === 'scale') {
    const sample = job.scales.value.find(({ scale }) => scale === shown.scale);
    return (
      <>
        {sample && (
          <img
            key={`scale-${shown.scale}`}
            class="picture"
            src={sample.preview}
            alt={text.samplePicture(shown.scale)}
          />
        )}
        <span class="badge">{text.sample(shown.scale)}</span>
      </>
    );
  }
  const picture = job.pictures.all.value.get(shown.n);
  const size = app.formats.value.size(panorama.request);
  const alt = shown.n === 0 ? text.draftPicture(size) : text.picture(size);
  const compared = job.view.value === 'compare';
  return (
    <>
      {panorama.preview !== null && picture?.state !== 'ready' && (
        <img class="picture preview" src={panorama.preview} alt="" />
      )}
      {picture?.state === 'ready' && (
        <img key={shown.n} class="picture arriving" src={picture.url} alt={alt} draggable={false} />
      )}
      {picture?.state === 'loading' && <span class="badge">{text.loadingPicture}</span>}
      {picture?.state === 'failed' && (
        <button type="button" class="badge" onClick={() => void job.pictures.get(shown.n)}>
          {text.pictureFailed} {app.text.value.actions.retry}
        </button>
      )}
      {compared && <Comparison job={job} panorama={panorama} />}
      {!compared && shown.n === 0 && picture?.state === 'ready' && <span class="badge">{text.draft}</span>}
    </>
  );
}

/** The photo alone, at its place, over the left of the result; the border between them is dragged. */
function Comparison({ job, panorama }: PictureViewProps) {
  const { text: words, formats } = useApp();
  const text = words.value.view;
  const { mode, width, height, anchor, zoom } = panorama.request;
  const photo = job.photo.value;
  // Where the photo has no place in the result it is shown whole.
  const place =
    mode === 'extend' ? { width, height, anchor, zoom } : { width, height, anchor: MIDDLE, zoom: 1 };
  const border = job.border.value;
  return (
    <div class="comparison" style={{ '--border': `${border * 100}%` }}>
      <div class="before">
        {photo && (
          <img
            class="placed"
            style={percentsOf(placementOf(panorama.image, place).photo, { width, height })}
            src={photo.url}
            alt=""
          />
        )}
      </div>
      <span class="side left">{text.before}</span>
      <span class="side right">{text.after}</span>
      <div class="border-line" />
      <input
        type="range"
        min="0"
        max="1"
        step="0.01"
        value={border}
        aria-label={text.compareSlider}
        aria-valuetext={text.compareValue(formats.value.percent(border))}
        onInput={(event) => {
          job.border.value = Number(event.currentTarget.value);
        }}
      />
    </div>
  );
}

const MIDDLE = { x: 0.5, y: 0.5 };

/** One picture pixel on one pixel of the screen, to be scrolled, dragged or moved with the arrow keys. */
export function FullSize({ job }: { job: Job }) {
  const { text: words, formats } = useApp();
  const text = words.value;
  const box = useRef<HTMLDivElement>(null);
  const variant = job.shownVariant.value;
  const picture = variant && job.pictures.all.value.get(variant.n);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.scrollLeft = (element.scrollWidth - element.clientWidth) / 2;
    element.scrollTop = (element.scrollHeight - element.clientHeight) / 2;
  }, [job, picture?.state]);
  useEffect(() => (box.current ? dragToScroll(box.current) : undefined), []);

  return (
    <div class="full-size" ref={box} tabIndex={0} role="region" aria-label={text.view.pan}>
      {picture?.state === 'loading' && <p class="stage-hint">{text.job.loadingPicture}</p>}
      {variant && picture?.state === 'ready' && (
        <img
          src={picture.url}
          style={{
            width: `${variant.width / devicePixelRatio}px`,
            height: `${variant.height / devicePixelRatio}px`,
          }}
          alt={text.job.picture(formats.value.size(variant))}
          draggable={false}
        />
      )}
    </div>
  );
}

/** Fingers scroll by themselves; a mouse is taught to. Returns its undo. */
function dragToScroll(element: HTMLElement): () => void {
  let last: { x: number; y: number } | null = null;
  const down = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse' || event.button !== 0) return;
    last = { x: event.clientX, y: event.clientY };
    element.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (!last) return;
    element.scrollBy(last.x - event.clientX, last.y - event.clientY);
    last = { x: event.clientX, y: event.clientY };
  };
  const up = () => {
    last = null;
  };
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
  };
}
