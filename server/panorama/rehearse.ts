/** A rehearsal: what a layout looks like painted is not what it looks like drawn, so the best few are painted small. */
import { frameAtLevel } from '../../shared/geometry.ts';
import type { Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { paint } from '../painter/paint.ts';
import type { Plan } from './plan.ts';
import { rankLayouts } from './rank.ts';
import { sourceRows } from './source-rows.ts';

/** Layouts that are painted small, whatever the number of variants: the first variant is the one that is made alone. */
const CANDIDATES = 6;
/** Short side of a small painting, in pixels: its composition is settled by then. */
const SIDE = 72;
/** In frames longer than this small paintings would take long and show little. */
const MAX_RATIO = 8;

/**
 * The layouts in a new order: the first few by how they look painted, with the others after them.
 *
 * `source` is the photo; `onShare` is told the share that is done, 0 to 1.
 */
export async function rehearse(
  layouts: readonly Picture[],
  source: Picture,
  plan: Plan,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<Picture[]> {
  const { frame, photo, mode } = plan;
  const [short, long] = [Math.min(frame.width, frame.height), Math.max(frame.width, frame.height)];
  const candidates = layouts.slice(0, CANDIDATES);
  if (candidates.length < 2 || long > short * MAX_RATIO || short <= SIDE) return [...layouts];
  const side = (length: number): number => Math.max(1, Math.round((length * SIDE) / short));
  const small = frameAtLevel(frame, photo, { width: side(photo.width), height: side(photo.height) });
  const smallPhoto = await resample(source, small.photo.width, small.photo.height);
  const layoutOf = new Map<Picture, Picture>();
  for (const [index, layout] of candidates.entries()) {
    const painted = await paint({
      layout,
      source: smallPhoto,
      ...small,
      keep: mode === 'extend',
      quality: 'draft',
      signal,
    });
    layoutOf.set(painted, layout);
    onShare((index + 1) / candidates.length);
  }
  const paintings = [...layoutOf.keys()];
  const rows = sourceRows(plan, paintings, smallPhoto.height);
  const ranked = await rankLayouts(paintings, smallPhoto, rows, signal);
  return [
    ...ranked.flatMap(({ layout: painted }) => layoutOf.get(painted) ?? []),
    ...layouts.slice(CANDIDATES),
  ];
}
