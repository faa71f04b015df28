/** The variants of a filled frame: each click lays another one into it, and the next one need not wait for that. */
import { Button } from '../../ui/components/controls.tsx';
import type { Fill } from '../models/fill.ts';
import { useFigma } from './context.ts';

/** Thumbnails have the frame's shape unless that is a strip. */
const SHAPES = { from: 0.6, to: 2.1 };

export function VariantPicker({ fill }: { fill: Fill }) {
  const words = useFigma().words.value.frames;
  const state = fill.state.value;
  const shown = state.state === 'placed' || state.state === 'placing' ? state.variant : 0;
  const pictures = fill.job.pictures.all.value;
  const { variants } = fill;
  const { width, height } = fill.pending.pixels;
  const shape = Math.min(SHAPES.to, Math.max(SHAPES.from, width / height));
  const at = variants.indexOf(shown);
  const step = (by: number) => {
    const next = variants[(at + by + variants.length) % variants.length];
    if (next !== undefined) void fill.place(next);
  };
  return (
    <div class="variants" role="group" aria-label={words.variants}>
      <Button kind="quiet" icon="left" label={words.previous} onClick={() => step(-1)} />
      <div class="thumbs">
        {variants.map((n) => {
          const picture = pictures.get(n);
          return (
            <button
              key={n}
              type="button"
              class="thumb"
              style={{ aspectRatio: String(shape) }}
              aria-pressed={n === shown}
              aria-label={words.variant(n)}
              onClick={() => void fill.place(n)}
            >
              {picture?.state === 'ready' ? <img src={picture.url} alt="" /> : <span>{n}</span>}
            </button>
          );
        })}
      </div>
      <Button kind="quiet" icon="right" label={words.next} onClick={() => step(1)} />
    </div>
  );
}
