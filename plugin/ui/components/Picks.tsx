/** The pictures there are, side by side: the draft and the layouts while it works, the variants in the end. */
import { useEffect, useId } from 'preact/hooks';
import { hasEnded, type Panorama } from '../../../shared/protocol.ts';
import type { Job, Shown } from '../models/job.ts';
import { useApp } from './context.ts';

interface Pick {
  readonly key: string;
  readonly shown: Shown;
  readonly label: string;
  /** Null while it loads. */
  readonly url: string | null;
}

export function Picks({ job, panorama }: { job: Job; panorama: Panorama }) {
  const text = useApp().text.value.job;
  const name = useId();
  useEffect(() => chooseByKeys(job), [job]);
  const pictures = job.pictures.all.value;
  const atWork = !hasEnded(panorama.status);
  const variantPick = (n: number): Pick => {
    const picture = pictures.get(n);
    return {
      key: `variant-${n}`,
      shown: { type: 'variant', n },
      label: n === 0 ? text.draft : text.variant(n),
      url: picture?.state === 'ready' ? picture.url : null,
    };
  };
  const scalePicks = job.scales.value.map(({ scale, preview }): Pick => ({
    key: `scale-${scale}`,
    shown: { type: 'scale', scale },
    label: text.sample(scale),
    url: preview,
  }));
  const ns = panorama.variants.map(({ n }) => n);
  const variants = ns.filter((n) => n > 0).map(variantPick);
  const draft = ns.includes(0) ? [variantPick(0)] : [];
  const picks = [...variants, ...draft, ...(atWork ? scalePicks : [])];
  // Slots for what will come, so that nothing moves when it does.
  const missing =
    atWork && panorama.phase === 'train' ? (panorama.progress.scales ?? 0) - scalePicks.length : 0;
  if (picks.length < 2 && missing <= 0) return null;
  const shown = job.shown.value;
  return (
    <fieldset class="picks">
      <legend class="visually-hidden">
        {text.pictures}. {text.variantKeys}
      </legend>
      {picks.map((pick) => (
        <label key={pick.key} class="pick" title={pick.label}>
          <input
            type="radio"
            name={name}
            checked={isSame(pick.shown, shown)}
            aria-label={pick.label}
            onChange={() => job.show(pick.shown)}
          />
          <span class="pick-picture" style={{ '--ratio': String(clamp(panorama.request)) }}>
            {pick.url !== null && <img src={pick.url} alt="" />}
          </span>
          <span class="pick-label" aria-hidden="true">
            {pick.shown.type === 'variant' && pick.shown.n > 0 ? pick.shown.n : pick.label}
          </span>
        </label>
      ))}
      {Array.from({ length: Math.max(0, missing) }, (_, i) => (
        <span key={`slot-${i}`} class="pick slot" aria-hidden="true">
          <span class="pick-picture" style={{ '--ratio': String(clamp(panorama.request)) }} />
          <span class="pick-label">{text.sample(scalePicks.length + i + 1)}</span>
        </span>
      ))}
    </fieldset>
  );
}

/** Very long frames get thumbnails that can still be seen. */
function clamp({ width, height }: { width: number; height: number }): number {
  return Math.min(1.8, Math.max(0.6, width / height));
}

function isSame(a: Shown, b: Shown | null): boolean {
  if (a.type === 'variant') return b?.type === 'variant' && b.n === a.n;
  return b?.type === 'scale' && b.scale === a.scale;
}

/** 1 to 8 show a variant and 0 the draft, wherever the focus is but in a field. Returns its undo. */
function chooseByKeys(job: Job): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[0-8]$/.test(event.key)) return;
    const { target } = event;
    if (target instanceof HTMLInputElement && /^(text|url|password)$/.test(target.type)) return;
    if (target instanceof HTMLSelectElement) return;
    const n = Number(event.key);
    if (job.panorama.peek()?.variants.some((variant) => variant.n === n)) job.show({ type: 'variant', n });
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}
