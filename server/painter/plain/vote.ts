/**
 * Voting: every pixel becomes the weighted mean of what the source patches over it say. A patch counts the more
 * the nearer it is to what it replaces, and the nearer the pixel is to its centre.
 */
import { CHANNELS, createPicture, type Picture } from '../images/picture.ts';
import { centreX, centreY, keptCentres, type Field } from './field.ts';
import type { Rectangle } from '../../shared/geometry.ts';
import type { Pacer } from './pacer.ts';
import { toByte } from './resize.ts';

/** Rows of the frame whose votes are held at once. */
export const STRIP_ROWS = 32;
/** Mean squared difference, in grey levels, below which nearer patches gain little more weight. */
const NEAR = 0.01;
/** How many times less a patch counts that lies its own size farther from the kept photo, and up to how many sizes. */
const TRUST_DECAY = 10;
const TRUST_SIZES = 2;

/** The votes on some whole rows of the frame. */
export interface Votes {
  readonly top: number;
  readonly rows: number;
  /** [rows, width, 3] sums, after `normalise` means. */
  readonly colours: Float32Array;
  /** [rows, width] */
  readonly weights: Float32Array;
}

/** The frame voted from `field`'s patches of `source`. The kept photo's pixels are `source`'s own. */
export async function vote(field: Field, source: Picture, pacer: Pacer): Promise<Picture> {
  const { width, height } = field.level.frame;
  const result = createPicture(width, height);
  for (let top = 0; top < height; top += STRIP_ROWS) {
    await pacer.breathe();
    const votes = colourVotes(field, source, top, Math.min(height, top + STRIP_ROWS));
    writeVotes(votes, result);
  }
  pasteKept(field.level, source, result);
  return result;
}

/** The mean colours of the rows [top, end). Under the kept photo they are not complete. */
export function colourVotes(field: Field, source: Picture, top: number, end: number): Votes {
  const { width } = field.level.frame;
  const colours = new Float32Array((end - top) * width * CHANNELS);
  const weights = new Float32Array((end - top) * width);
  const side = 2 * field.level.radius + 1;
  const centreWeights = patchWeights(field.level.radius);
  eachPatch(field, top, end, (x, y, sourceX, sourceY, nearness, firstRow, lastRow) => {
    for (let row = firstRow; row < lastRow; row++) {
      let pixel = (y + row - top) * width + x;
      let from = ((sourceY + row) * source.width + sourceX) * CHANNELS;
      for (let column = 0; column < side; column++, pixel++, from += CHANNELS) {
        const weight = nearness * centreWeights[row * side + column]!;
        colours[pixel * CHANNELS]! += weight * source.data[from]!;
        colours[pixel * CHANNELS + 1]! += weight * source.data[from + 1]!;
        colours[pixel * CHANNELS + 2]! += weight * source.data[from + 2]!;
        weights[pixel]! += weight;
      }
    }
  });
  for (let pixel = 0; pixel < weights.length; pixel++) {
    const weight = weights[pixel]!;
    if (weight === 0) continue;
    colours[pixel * CHANNELS]! /= weight;
    colours[pixel * CHANNELS + 1]! /= weight;
    colours[pixel * CHANNELS + 2]! /= weight;
  }
  return { top, rows: end - top, colours, weights };
}

/** Rounds the votes into their rows of `result`. */
export function writeVotes(votes: Votes, result: Picture): void {
  const start = votes.top * result.width * CHANNELS;
  for (let i = 0; i < votes.colours.length; i++) result.data[start + i] = toByte(votes.colours[i]!);
}

/** [side, side] weights of a patch's pixels, falling by one for each pixel away from the centre. */
export function patchWeights(radius: number): Float32Array {
  const side = 2 * radius + 1;
  const weights = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      weights[y * side + x] = radius + 1 - Math.max(Math.abs(x - radius), Math.abs(y - radius));
    }
  }
  return weights;
}

/**
 * Visits the patches that touch the rows [top, end), but for those wholly within the kept photo: the top left
 * corners in frame and source, the weight of the match, and the patch's rows [firstRow, lastRow) among those rows.
 */
export function eachPatch(
  field: Field,
  top: number,
  end: number,
  visit: (
    x: number,
    y: number,
    sourceX: number,
    sourceY: number,
    nearness: number,
    firstRow: number,
    lastRow: number,
  ) => void,
): void {
  const { radius, kept, stride } = field.level;
  const side = 2 * radius + 1;
  const samples = side * side * CHANNELS;
  const hole = kept && keptCentres(kept, radius);
  const trustByDistance = trustTable(side);
  const from = Math.max(0, Math.floor((top - 2 * radius) / stride) - 1);
  for (let gridRow = from; gridRow < field.rows; gridRow++) {
    const y = centreY(field, gridRow);
    const firstRow = Math.max(0, top - (y - radius));
    const lastRow = Math.min(side, end - (y - radius));
    if (lastRow <= 0) break;
    if (firstRow >= side) continue;
    const crossesHole = hole !== null && y >= hole.y && y < hole.y + hole.height;
    for (let column = 0; column < field.columns; column++) {
      const x = centreX(field, column);
      if (crossesHole && x >= hole.x && x < hole.x + hole.width) continue;
      const cell = gridRow * field.columns + column;
      const nearness = 1 / (NEAR + field.distance[cell]! / samples);
      const trust = kept ? trustByDistance[distanceTo(kept, x, y, radius)]! : 1;
      visit(
        x - radius,
        y - radius,
        field.sourceX[cell]! - radius,
        field.sourceY[cell]! - radius,
        nearness * trust,
        firstRow,
        lastRow,
      );
    }
  }
}

/** Trust by distance in pixels: what is known spreads outwards from the photo, so that its border does not show. */
function trustTable(side: number): Float32Array {
  return Float32Array.from(
    { length: TRUST_SIZES * side + 1 },
    (_, distance) => TRUST_DECAY ** (-distance / side),
  );
}

/** How far the patch at (x, y) reaches beyond the kept photo, in pixels, up to the end of the trust table. */
function distanceTo(kept: Rectangle, x: number, y: number, radius: number): number {
  const across = Math.max(kept.x - (x - radius), x + radius - (kept.x + kept.width - 1));
  const down = Math.max(kept.y - (y - radius), y + radius - (kept.y + kept.height - 1));
  return Math.min(TRUST_SIZES * (2 * radius + 1), Math.max(0, across, down));
}

/** Copies the kept part of the photo, at the level's scale, to its place. */
export function pasteKept(level: Field['level'], photo: Picture, result: Picture): void {
  const { kept, photo: place } = level;
  if (!kept) return;
  for (let y = kept.y; y < kept.y + kept.height; y++) {
    const from = ((y - place.y) * photo.width + kept.x - place.x) * CHANNELS;
    result.data.set(
      photo.data.subarray(from, from + kept.width * CHANNELS),
      (y * result.width + kept.x) * CHANNELS,
    );
  }
}
