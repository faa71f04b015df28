/**
 * The painter: a layout drawn at low resolution becomes a picture of any size, made of patches of the photo.
 *
 * Level by level, from about 32 pixels high to exactly the frame, every patch of the enlarged result is replaced
 * by the most similar patch of the photo at that scale (Granot et al., "Drop the GAN: in defense of patches
 * nearest neighbors as single image generative models", CVPR 2022), with a deterministic search in place of the
 * paper's. A kept photo is there at every level, so that what is painted continues it.
 */
import type { Rectangle, Size } from '../../shared/geometry.ts';
import { createPicture, type Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { voteAndBlend } from './blend.ts';
import { coherenceSearch } from './coherence-search.ts';
import { completenessWeights, enlargeWeights } from './completeness.ts';
import { exactSearch } from './exact-search.ts';
import { createField, type Field } from './field.ts';
import { continueAtBorder } from './layout-border.ts';
import { planLevels, type Level, type Quality } from './levels.ts';
import { Pacer } from './pacer.ts';
import { resizePicture } from './resize.ts';
import { rowBand, type RowBand } from './row-band.ts';
import { rowFreedom } from './row-freedom.ts';
import type { PatchSearch, SearchProblem } from './search.ts';
import { sourcePyramid, type LevelSources } from './source-pyramid.ts';
import { validate } from './validate.ts';
import { pasteKept, vote } from './vote.ts';

export interface PaintRequest {
  /** Of any size, at the frame's aspect: the drawing to be painted. */
  readonly layout: Picture;
  /** The photo at its full resolution. */
  readonly source: Picture;
  /** Exact size of the result. */
  readonly frame: Size;
  /** The whole photo, uniformly scaled, in frame pixels. Its size says at which scale patches are taken from it. */
  readonly photo: Rectangle;
  /** Whether the photo's pixels are kept at that place; if not, `photo` gives the scale only. */
  readonly keep: boolean;
  /** `draft` is faster; `full` is the default. */
  readonly quality?: Quality;
  readonly signal?: AbortSignal;
  /** Told the share of the work that is done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Short side of the frame, in pixels, up to which rare patches are favoured. */
const COMPLETE_SIDE = 150;

const SEARCH: PatchSearch = { exact: exactSearch, coherent: coherenceSearch };

/** What one level hands to the next. */
interface Painted {
  readonly picture: Picture;
  readonly field: Field | null;
  readonly weights: Float32Array | null;
  readonly source: Picture | null;
}

/**
 * Paints the layout. The result has the frame's exact size; with `keep` the photo's pixels in it are those of
 * `resample(source, photo.width, photo.height)`. The same request gives the same pixels.
 *
 * @throws PainterError when the request cannot be painted; the signal's reason when it is aborted.
 */
export async function paint(request: PaintRequest): Promise<Picture> {
  validate(request);
  const { layout, source, frame, photo, keep, quality = 'full', signal, onProgress } = request;
  signal?.throwIfAborted();
  const pacer = new Pacer(signal);
  const levels = planLevels(frame, photo, keep, quality);
  const sharp = await resample(source, photo.width, photo.height);
  if (covers(levels.at(-1)!)) {
    const result = createPicture(frame.width, frame.height);
    pasteKept(levels.at(-1)!, sharp, result);
    onProgress?.(1);
    return result;
  }
  const sources = await sourcePyramid(sharp, levels, pacer);
  const total = levels.reduce((sum, level) => sum + cost(level), 0);
  let done = 0;
  const freedom = keep ? await rowFreedom(sources[0]!.sharp, pacer) : 0;
  const start = keep ? await continueAtBorder(layout, sharp, frame, photo, freedom, pacer) : layout;
  let painted: Painted = { picture: start, field: null, weights: null, source: null };
  for (const [n, level] of levels.entries()) {
    painted = await paintLevel(painted, level, rowBand(level, keep, freedom), sources[n]!, pacer, (share) => {
      onProgress?.((done + share * cost(level)) / total);
    });
    done += cost(level);
  }
  return painted.picture;
}

function cost({ frame }: Level): number {
  return frame.width * frame.height;
}

function covers({ kept, frame }: Level): boolean {
  return kept !== null && kept.width === frame.width && kept.height === frame.height;
}

async function paintLevel(
  before: Painted,
  level: Level,
  band: RowBand,
  sources: LevelSources,
  pacer: Pacer,
  onShare: (share: number) => void,
): Promise<Painted> {
  let picture = await resizePicture(before.picture, level.frame.width, level.frame.height, pacer);
  let earlier = before.field;
  let field = createField(level);
  let weights = weightsFor(before, level, sources.sharp);
  for (let pass = 0; pass < level.passes; pass++) {
    // The enlarged picture is blurred, so it is first compared with a photo as blurred as itself.
    const source = pass === 0 ? sources.blurred : sources.sharp;
    const query = createPicture(picture.width, picture.height);
    query.data.set(picture.data);
    pasteKept(level, source, query);
    const problem: SearchProblem = { query, source, radius: level.radius, band, weights };
    if (level.exact || !earlier) {
      const smallest = await SEARCH.exact(problem, field, pacer);
      // For the next pass, and the next level.
      if (level.kept) weights = completenessWeights(smallest, level.radius);
    } else {
      const found = createField(level);
      await SEARCH.coherent(problem, earlier, found, pacer);
      field = found;
    }
    earlier = field;
    const blends = pass === level.passes - 1 && level.blends;
    picture = await (blends ? voteAndBlend : vote)(field, sources.sharp, pacer);
    onShare((pass + 1) / level.passes);
  }
  return { picture, field, weights, source: sources.sharp };
}

function weightsFor(before: Painted, level: Level, source: Picture): Float32Array | null {
  const { width, height } = level.frame;
  if (!before.weights || !before.source || Math.min(width, height) > COMPLETE_SIDE) return null;
  return enlargeWeights(before.weights, before.source, source);
}
