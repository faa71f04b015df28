/**
 * The painter: a layout drawn at low resolution becomes a picture of any size, made of patches of the photo.
 *
 * Level by level, from about 32 pixels high to exactly the frame, every patch of the enlarged result is replaced
 * by the most similar patch of the photo at that scale (Granot et al., "Drop the GAN: in defense of patches
 * nearest neighbors as single image generative models", CVPR 2022), with a deterministic search in place of the
 * paper's. At the coarse levels the picture is first moved towards the photo's distribution of patches. A kept photo is
 * there at every level, so that what is painted continues it.
 */
import type { Rectangle, Size } from '../../shared/geometry.ts';
import { createPicture, type Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { balance } from './balance.ts';
import { voteAndBlend } from './blend.ts';
import { completenessWeights, enlargeWeights } from './completeness.ts';
import type { Field } from './field.ts';
import { Workbench } from './kernels/workbench.ts';
import { continueAtBorder } from './layout-border.ts';
import { planLevels, type Level, type Quality } from './levels.ts';
import { pasteKept } from './paste-kept.ts';
import { rowBand } from './row-band.ts';
import { rowFreedom } from './row-freedom.ts';
import { searchCoherently, searchExactly, type SearchProblem } from './search.ts';
import { blurred, sourcePyramid } from './source-pyramid.ts';
import { validate } from './validate.ts';
import { vote } from './vote.ts';

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
  /** Worker threads, by default one for each core. The result is the same for any number. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told the share of the work that is done, 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Short side of the frame, in pixels, up to which rare patches are favoured. */
const COMPLETE_SIDE = 150;

/**
 * Paints the layout. The result has the frame's exact size; with `keep` the photo's pixels in it are those of
 * `resample(source, photo.width, photo.height)`. The same request gives the same pixels.
 *
 * @throws PainterError when the request cannot be painted or memory is refused; the signal's reason when it is aborted.
 */
export async function paint(request: PaintRequest): Promise<Picture> {
  validate(request);
  const { source, frame, photo, keep, quality = 'full', threads, signal, onProgress } = request;
  signal?.throwIfAborted();
  const levels = planLevels(frame, photo, keep, quality);
  const sharp = await resample(source, photo.width, photo.height);
  if (covers(levels.at(-1)!)) {
    const result = createPicture(frame.width, frame.height);
    pasteKept(levels.at(-1)!, sharp, result);
    onProgress?.(1);
    return result;
  }
  const bench = await Workbench.open(signal, threads);
  try {
    return await paintLevels(bench, request, levels, sharp);
  } finally {
    await bench.close();
  }
}

function covers({ kept, frame }: Level): boolean {
  return kept !== null && kept.width === frame.width && kept.height === frame.height;
}

async function paintLevels(
  bench: Workbench,
  { layout, frame, photo, keep, onProgress }: PaintRequest,
  levels: readonly Level[],
  sharp: Picture,
): Promise<Picture> {
  const sources = await sourcePyramid(sharp, levels);
  bench.throwIfAborted();
  const freedom = keep ? await rowFreedom(sources[0]!) : 0;
  const start = keep ? await continueAtBorder(layout, sharp, frame, photo, freedom) : layout;
  const total = levels.reduce((sum, level) => sum + cost(level), 0);
  let done = 0;
  let painted: Painted = { picture: start, field: null, weights: null, source: null };
  for (const [n, level] of levels.entries()) {
    bench.throwIfAborted();
    const source = bench.copyPicture(sources[n]!);
    const soft = bench.copyPicture(await blurred(sources[n]!, sources[n - 1] ?? null));
    painted = await paintLevel(bench, painted, level, { sharp: source, soft, freedom, keep }, (share) => {
      onProgress?.((done + share * cost(level)) / total);
    });
    bench.memory.free(soft.data);
    done += cost(level);
  }
  const { picture } = painted;
  return { ...picture, data: Uint8Array.from(picture.data) };
}

function cost({ frame, passes }: Level): number {
  return frame.width * frame.height * passes;
}

interface LevelSources {
  /** The photo at the level's scale, and with no more detail than the level before has. */
  readonly sharp: Picture;
  readonly soft: Picture;
  readonly freedom: number;
  readonly keep: boolean;
}

/** From this freedom of the rows on nothing is balanced, from half a unit less on fully. */
const UNBALANCED_FREEDOM = 0.8;
/** About what share of a pass goes into the search; the rest is voting and blending. */
const SEARCH_SHARE = 0.4;

/** What one level hands to the next. The first picture is the layout; all others lie in the workbench's memory. */
interface Painted {
  readonly picture: Picture;
  readonly field: Field | null;
  readonly weights: Float32Array | null;
  readonly source: Picture | null;
}

/** Paints one level, and frees what the one before left. */
async function paintLevel(
  bench: Workbench,
  before: Painted,
  level: Level,
  { sharp, soft, freedom, keep }: LevelSources,
  onShare: (share: number) => void,
): Promise<Painted> {
  const { memory } = bench;
  const band = rowBand(level, keep, freedom, memory);
  // Where rows mean little, nothing says what belongs beside the photo but the photo's border.
  const balanceStrength = Math.min(1, Math.max(0, 2 * (UNBALANCED_FREEDOM - freedom)));
  let picture = bench.copyPicture(await resample(before.picture, level.frame.width, level.frame.height));
  let weights = enlargedWeights(before, level, sharp);
  if (before.source) memory.free(before.picture.data, before.source.data);
  let field = before.field;
  for (let pass = 0; pass < level.passes; pass++) {
    // The enlarged picture is blurred, so it is first compared with a photo as blurred as itself.
    const source = pass === 0 ? soft : sharp;
    const tellPass = (share: number): void => onShare((pass + share) / level.passes);
    pasteKept(level, source, picture);
    // A layout is no enlarged painting: it is to become as sharp as the photo.
    const aim = before.field ? source : sharp;
    await balance(bench, level, picture, aim, level.balanceSteps[pass] ?? 0, balanceStrength);
    const shared = weights && memory.copyOfFloats(weights);
    const problem: SearchProblem = { query: picture, source, band, weights: shared };
    const earlier = field;
    if (level.exact || !earlier) {
      const matches = await searchExactly(bench, level, problem);
      field = matches.field;
      // For the next pass, and the next level.
      if (level.kept) weights = completenessWeights(matches.smallest, level.radius);
    } else {
      field = await searchCoherently(bench, level, problem, earlier, (share) =>
        tellPass(SEARCH_SHARE * share),
      );
    }
    if (earlier) freeField(bench, earlier);
    if (shared) memory.free(shared);
    memory.free(picture.data);
    const blends = pass === level.passes - 1 && level.blends;
    picture = await (blends ? voteAndBlend : vote)(bench, field, sharp, (share) =>
      tellPass(SEARCH_SHARE + (1 - SEARCH_SHARE) * share),
    );
    tellPass(1);
  }
  memory.free(band.low, band.high);
  return { picture, field, weights, source: sharp };
}

function freeField(bench: Workbench, { sourceX, sourceY, distance }: Field): void {
  bench.memory.free(sourceX, sourceY, distance);
}

/** The rare patches' weights of the level before, where this one still favours them. */
function enlargedWeights(before: Painted, level: Level, source: Picture): Float32Array | null {
  const { width, height } = level.frame;
  if (!before.weights || !before.source || Math.min(width, height) > COMPLETE_SIDE) return null;
  return enlargeWeights(before.weights, before.source, source);
}
