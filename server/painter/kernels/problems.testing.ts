/** For tests: levels, pictures and fields of every shape that the kernels may meet, by fast-check. */
import fc from 'fast-check';
import { clipToFrame } from '../../../shared/geometry.ts';
import { createPicture, type Picture } from '../../images/picture.ts';
import { centreX, centreY, createField, type Field } from '../field.ts';
import type { Level } from '../levels.ts';
import { rowBand } from '../row-band.ts';
import type { SearchProblem } from '../search.ts';
import type { Workbench } from './workbench.ts';

/** A level from its sizes, with all that the kernels do not ask for left as it is. */
export function levelOf(shape: Pick<Level, 'frame' | 'photo' | 'kept' | 'radius' | 'stride'>): Level {
  return { ...shape, exact: shape.stride === 1, passes: 1, balanceSteps: [], blends: true };
}

interface Limits {
  readonly side: number;
  readonly stride?: number;
}

/**
 * Frames and photos from the patch's own size on, down to fewer pixels than a vector holds. The photo, where it is
 * kept, may leave the frame, touch its edges, cover it, or show less than a patch in it.
 */
export function levels({ side, stride = 3 }: Limits): fc.Arbitrary<Level> {
  const shapes = fc.record({
    radius: fc.integer({ min: 0, max: 4 }),
    stride: fc.integer({ min: 1, max: stride }),
    keep: fc.boolean(),
    places: fc.tuple(...Array.from({ length: 6 }, () => fc.integer({ min: 0, max: 100 }))),
  });
  return shapes.map(({ radius, stride, keep, places }) => {
    const [width, height, photoWidth, photoHeight, x, y] = places as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const between = (least: number, most: number, share: number) =>
      least + Math.round((share * (most - least)) / 100);
    const patch = 2 * radius + 1;
    const frame = { width: between(patch, side, width), height: between(patch, side, height) };
    const size = { width: between(patch, side, photoWidth), height: between(patch, side, photoHeight) };
    const photo = {
      x: between(1 - size.width, frame.width - 1, x),
      y: between(1 - size.height, frame.height - 1, y),
      ...size,
    };
    return levelOf({ frame, photo, kept: keep ? clipToFrame(photo, frame) : null, radius, stride });
  });
}

/** Numbers that follow from the seed: from 0 to below 1 (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Noise of so many tones: with two, many patches are alike and differences as large as can be. */
export function noise(width: number, height: number, tones: number, seed: number): Picture {
  const next = numbers(seed);
  const picture = createPicture(width, height);
  for (let i = 0; i < picture.data.length; i++) {
    picture.data[i] = Math.round((255 * Math.floor(next() * tones)) / (tones - 1));
  }
  return picture;
}

/** What searches and votes on a level are drawn from. */
export interface Chance {
  readonly seed: number;
  readonly tones: number;
  readonly weighted: boolean;
  /** How little rows mean; above 1, any rows may serve any. */
  readonly freedom: number;
}

export const chances: fc.Arbitrary<Chance> = fc.record({
  seed: fc.nat(),
  tones: fc.constantFrom(2, 4, 256),
  weighted: fc.boolean(),
  freedom: fc.constantFrom(0, 0.3, 1, 2),
});

/** A problem whose pixels and numbers lie in the workbench's memory. */
export function problemOn(
  bench: Workbench,
  level: Level,
  { seed, tones, weighted, freedom }: Chance,
): SearchProblem {
  const { frame, photo, kept, radius } = level;
  const next = numbers(seed + 2);
  const bound = rowBand(level, kept !== null, Math.min(1, freedom), bench.memory);
  if (freedom > 1) {
    const last = photo.height - 1 - radius;
    for (let y = 0; y < frame.height; y++) {
      bound.low[y] = radius + Math.floor(next() * (last - radius + 1));
      bound.high[y] = bound.low[y]! + Math.floor(next() * (last - bound.low[y]! + 1));
    }
  }
  return {
    query: bench.copyPicture(noise(frame.width, frame.height, tones, seed)),
    source: bench.copyPicture(noise(photo.width, photo.height, tones, seed + 1)),
    band: bound,
    weights: weighted
      ? bench.memory.copyOfFloats(
          Array.from({ length: photo.width * photo.height }, () => 0.1 + 0.9 * next()),
        )
      : null,
  };
}

/**
 * A field in the workbench's memory. `disorder` is the share of its patches that come from anywhere, the others from
 * places displaced alike.
 */
export function fieldOn(bench: Workbench, level: Level, seed: number, disorder: number): Field {
  const { photo, radius } = level;
  const next = numbers(seed + 3);
  const field = createField(level, bench.memory);
  const across = photo.width - 2 * radius;
  const down = photo.height - 2 * radius;
  const [shiftX, shiftY] = [next() * across, next() * down];
  for (let cell = 0; cell < field.sourceX.length; cell++) {
    const strays = next() < disorder;
    const x = strays ? next() * across : (centreX(field, cell % field.columns) + shiftX) % across;
    const y = strays ? next() * down : (centreY(field, Math.floor(cell / field.columns)) + shiftY) % down;
    field.sourceX[cell] = radius + Math.floor(x);
    field.sourceY[cell] = radius + Math.floor(y);
    // From alike to as unlike as can be.
    field.distance[cell] = Math.floor(next() ** 4 * (2 * radius + 1) ** 2 * 3 * 255 ** 2);
  }
  return field;
}

/** Leaves no zeros in what will be taken next. */
export function soil({ memory }: Workbench): void {
  memory.free(memory.bytes(2 ** 19).fill(0xa5));
}
