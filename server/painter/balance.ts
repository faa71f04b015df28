/**
 * Balance: a picture is moved until its patches have the photo's distribution, each with the row it lies in. What is
 * continued from a photo's border alone has too much of what happens to be there; a sampled layout has too much of
 * what a GAN finds easy.
 *
 * Distribution transfer along random directions (Pitié, Kokaram, Dahyot, "N-dimensional probability density function
 * transfer", ICCV 2005) on overlapping patches, as in Elnekave and Weiss, "Generating natural images with direct patch
 * distributions matching" (ECCV 2022): the sliced Wasserstein distance falls with every step.
 */
import { CHANNELS, type Picture } from '../images/picture.ts';
import type { Workbench } from './kernels/workbench.ts';
import type { Level } from './levels.ts';
import { Gaussians } from './gaussians.ts';

/** Pixels a side of the patches. */
export const SIDE = 7;
export const LENGTH = SIDE * SIDE * CHANNELS;
/** Random directions of a step, and the groups of them that are summed together, whatever the number of threads. */
export const DIRECTIONS = 16;
export const GROUPS = 8;
/** Of what the directions of a step ask for: they are few among 147. */
export const GAIN = 4.5;
/** Grey levels that the photo's height counts as, in one number against a patch's 147. */
const ROW_WEIGHT = 255;
export const BINS = 2048;
/** A normal number is larger with a chance of a sixth. */
const SPARSITY = 1;

/**
 * Whether a level's frame can be balanced: rows answer to rows where a kept photo is as high as the frame, and nothing
 * is kept or all rows answer to the photo's otherwise.
 */
export function isBalanceable({ frame, kept, photo }: Level): boolean {
  const smallest = Math.min(frame.width, frame.height, photo.width, photo.height);
  return smallest >= SIDE && (!kept || kept.height === frame.height);
}

/**
 * Moves `picture` `steps` steps towards the distribution of `source`, the photo at the level's scale, each step the
 * share `strength` of a whole one. Patches within the kept photo are left out, and its pixels stay.
 */
export async function balance(
  bench: Workbench,
  level: Level,
  picture: Picture,
  source: Picture,
  steps: number,
  strength: number,
): Promise<void> {
  if (steps === 0 || strength === 0 || !isBalanceable(level)) return;
  const { memory } = bench;
  const { frame, photo, kept } = level;
  const { width, height } = frame;
  const columns = width - SIDE + 1;
  const hole = kept && kept.width >= SIDE ? { left: kept.x, right: kept.x + kept.width - SIDE + 1 } : null;
  const [holeLeft, holeRight] = [hole?.left ?? columns, hole?.right ?? columns];
  const planes = planesOf(bench, picture);
  const sourcePlanes = planesOf(bench, source);
  const gains = memory.copyOfFloats(pixelGains(level, holeLeft, holeRight, strength));
  const directions = memory.floats(DIRECTIONS * (LENGTH + 1));
  const projections =
    (columns + 16) * (height - SIDE + 1) + (source.width - SIDE + 17) * (source.height - SIDE + 1);
  const scratchBytes = 4 * (projections + 4 * (BINS + 1)) + 64;
  const scratch = memory.bytes(GROUPS * scratchBytes);
  const deltas = memory.floats(GROUPS * width * height * CHANNELS);
  const rows = kept
    ? { first: (SIDE / 2 - photo.y) / photo.height, step: 1 / photo.height }
    : { first: SIDE / 2 / height, step: 1 / height };
  const integers = [
    ...[planes.byteOffset, width, height, holeLeft, holeRight],
    ...[sourcePlanes.byteOffset, source.width, source.height, directions.byteOffset, DIRECTIONS, GROUPS],
  ];
  const floats = [rows.first, rows.step, SIDE / 2 / source.height, 1 / source.height];
  const transfer = memory.integers(integers.length + floats.length + 3);
  transfer.set(integers);
  new Float32Array(transfer.buffer, transfer.byteOffset, transfer.length).set(floats, integers.length);
  transfer.set([scratch.byteOffset, scratchBytes, deltas.byteOffset], integers.length + floats.length);

  const gaussians = new Gaussians(width * 65536 + height);
  for (let step = 0; step < steps; step++) {
    fillDirections(directions, gaussians);
    await bench.run('transferGroups', GROUPS, 1, [transfer.byteOffset]);
    const block = bench.blockRows(height, width * GROUPS);
    await bench.run('moveRows', height, block, [transfer.byteOffset, gains.byteOffset]);
  }
  const cells = width * height;
  for (let i = 0; i < cells; i++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      picture.data[i * CHANNELS + channel] = Math.round(planes[channel * cells + i]!);
    }
  }
  memory.free(planes, sourcePlanes, gains, directions, scratch, deltas, transfer);
}

/** [3, height, width] */
function planesOf(bench: Workbench, { width, height, data }: Picture): Float32Array {
  const cells = width * height;
  const planes = bench.memory.floats(cells * CHANNELS);
  for (let i = 0; i < data.length; i++) planes[(i % CHANNELS) * cells + Math.floor(i / CHANNELS)] = data[i]!;
  return planes;
}

/** [height, width] what a pixel takes of the sum of its patches' changes: their mean; 0 in the kept photo. */
function pixelGains(
  { frame: { width, height }, kept }: Level,
  holeLeft: number,
  holeRight: number,
  strength: number,
): Float32Array {
  const gain = strength * GAIN;
  const over = (x: number): number => {
    let patches = 0;
    for (let left = Math.max(0, x - SIDE + 1); left <= Math.min(x, width - SIDE); left++) {
      if (left < holeLeft || left >= holeRight) patches++;
    }
    return patches;
  };
  const gains = new Float32Array(width * height);
  for (let x = 0; x < width; x++) {
    const across = over(x);
    if (across === 0 || (kept && x >= kept.x && x < kept.x + kept.width)) continue;
    for (let y = 0; y < height; y++) {
      const down = Math.min(y, height - SIDE) - Math.max(0, y - SIDE + 1) + 1;
      gains[y * width + x] = gain / (across * down);
    }
  }
  return gains;
}

/**
 * Unit vectors of a patch's numbers, each with a weight of the row. About a sixth of a patch's pixels take part in each
 * (very sparse random projections, Li, Hastie, Church, KDD 2006): as good as all of them, at a fraction of the cost.
 */
export function fillDirections(directions: Float32Array, gaussians: Gaussians): void {
  for (let start = 0; start < directions.length; start += LENGTH + 1) {
    const direction = directions.subarray(start, start + LENGTH);
    let partakes: boolean[];
    // Now and then it would be none: a direction without length.
    do partakes = Array.from({ length: SIDE * SIDE }, () => gaussians.next() > SPARSITY);
    while (!partakes.includes(true));
    for (let i = 0; i < LENGTH; i++) direction[i] = partakes[i % (SIDE * SIDE)] ? gaussians.next() : 0;
    const length = Math.hypot(...direction);
    for (let i = 0; i < LENGTH; i++) direction[i]! /= length;
    directions[start + LENGTH] = ROW_WEIGHT * gaussians.next();
  }
}
