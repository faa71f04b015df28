/** Which fill of a layer the panorama takes the place of, and what the layer's fills were before. */
import type { ImagePaint, Paint } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import type { PendingFill } from '../../messages.ts';
import { IDENTITY, findPaint, isPicture, keyOf, shownFills } from '../paints.ts';
import { isOurs, type Original, type PanoramaRecord } from '../record.ts';
import { parseSourceId } from '../source-id.ts';

/** A layer's fills without a panorama of ours. */
export interface Cleared {
  readonly original: Original;
  /** The fill that the panorama before stands for was not kept, and is missing among the original ones. */
  readonly incomplete: boolean;
  /** Which of the original fills the panorama before stands for; null where there was none or it was added. */
  readonly replaced: number | null;
  /** The panorama before, with what the user has set on it since. */
  readonly ours: ImagePaint | null;
  /** Where it would lie among the original fills. */
  readonly at: number | null;
}

/** Takes the panorama out again; what the user has done to the other fills since stays. */
export function withoutPanorama(current: Original, record: PanoramaRecord | null): Cleared {
  const untouched: Cleared = { original: current, incomplete: false, replaced: null, ours: null, at: null };
  if (!record) return untouched;
  const before = record.replaced === null ? undefined : record.original?.fills[record.replaced];
  const at = current.fills.findIndex((paint) =>
    record.imageHash === null ? isMadeInvisible(paint, before) : isOurs(paint, record.imageHash),
  );
  if (at < 0) return record.imageHash === null && !before ? keepingStyle(untouched, record) : untouched;
  const found = current.fills[at];
  const ours = record.imageHash !== null && found?.type === 'IMAGE' ? found : null;
  const fills = [...current.fills.slice(0, at), ...(before ? [before] : []), ...current.fills.slice(at + 1)];
  const original = { fills, styleId: current.styleId };
  const incomplete = record.original === null;
  return keepingStyle({ original, incomplete, replaced: before ? at : null, ours, at }, record);
}

/** The style came off when the panorama was laid; with the same fills it is theirs again. */
function keepingStyle(cleared: Cleared, { original }: PanoramaRecord): Cleared {
  const same = original && JSON.stringify(original.fills) === JSON.stringify(cleared.original.fills);
  return same ? { ...cleared, original } : cleared;
}

/** Tiles lie in the layer, so the fill that they stand for was made invisible. */
function isMadeInvisible(paint: Paint, before: Paint | undefined): boolean {
  return before !== undefined && keyOf(paint) === keyOf(before) && paint.visible === false;
}

/**
 * Which of the original fills a panorama takes the place of: that of the panorama before, else the fill that it is made
 * of where that is the layer's own, else the topmost visible picture. Null where it is added on top.
 */
export function replacedFill(
  { original, replaced }: Cleared,
  { source, targetId }: PendingFill,
): number | null {
  if (replaced !== null) return replaced;
  const { fills } = original;
  const ref = source.nodeId === targetId ? parseSourceId(source.id ?? '') : null;
  const own = ref && 'key' in ref && ref.kind !== 'original' ? findPaint(fills, ref.index, ref.key) : null;
  const picture = shownFills(fills).find(({ paint }) => isPicture(paint));
  return (own ?? picture)?.index ?? null;
}

/** Fills with the panorama, pixel by pixel, in the place of one of them; what was set on that one is kept. */
export function withPanorama(
  { original, ours, at }: Cleared,
  replaced: number | null,
  imageHash: string,
): Paint[] {
  const { fills } = original;
  const before = ours ?? (replaced === null ? undefined : fills[replaced]);
  const panorama = panoramaPaint(imageHash, before);
  const index = replaced ?? (ours ? at : null) ?? fills.length;
  return [...fills.slice(0, index), panorama, ...fills.slice(replaced === null ? index : index + 1)];
}

/** For tiles: the fill that they stand for does not shine through. */
export function withInvisible({ original }: Cleared, replaced: number | null): Paint[] {
  return original.fills.map((paint, i) => (i === replaced ? { ...paint, visible: false } : paint));
}

export function panoramaPaint(imageHash: string, before?: Paint): ImagePaint {
  const filters = before && 'filters' in before ? before.filters : undefined;
  return {
    type: 'IMAGE',
    scaleMode: 'CROP',
    imageHash,
    imageTransform: IDENTITY,
    visible: true,
    opacity: before?.opacity ?? 1,
    blendMode: before?.blendMode ?? 'NORMAL',
    ...(filters && { filters }),
  };
}
