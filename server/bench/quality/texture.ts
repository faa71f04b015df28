/** MS-SWD: do the patches of two pictures have the same statistics, at every scale? */
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { directions, PATCH, project, slicedWasserstein } from '../../panorama/patches.ts';

const DIRECTIONS = directions(128);
/** Patches taken of the finest octave, spread evenly over a larger picture; half as many of each coarser one. */
const PATCHES = 32_768;
const OCTAVES = 5;
/** Short side, in pixels, below which there is no further octave. */
const SMALLEST_SIDE = 16;

/** Per octave, finest first: sorted projections, as many for every picture. */
export type Texture = readonly (readonly Float32Array[])[];

/**
 * A picture's 7×7 patches (stride 1) in 128 fixed random unit directions, per octave. Of the finest octave 32 768
 * patches are taken, spread evenly, of each coarser one half as many; where there are fewer all, and their quantiles.
 */
export async function textureOf(picture: Picture): Promise<Texture> {
  const texture: Float32Array[][] = [];
  let octave = picture;
  for (;;) {
    texture.push(projections(octave, PATCHES / 2 ** texture.length));
    const [width, height] = [Math.round(octave.width / 2), Math.round(octave.height / 2)];
    if (texture.length === OCTAVES || Math.min(width, height) < SMALLEST_SIDE) return texture;
    octave = await resample(octave, width, height);
  }
}

/**
 * Multi-scale sliced Wasserstein distance of two pictures' patches: the mean over their common octaves, in grey
 * levels; lower is better, 0 for a copy. Where patches lie does not matter, which there are does. Source: Rabin et
 * al., "Wasserstein barycenter and its application to texture mixing" (2011); per octave as in Karras et al.,
 * "Progressive growing of GANs" (ICLR 2018).
 */
export function multiScaleSwd(a: Texture, b: Texture): number {
  const distances = swdPerOctave(a, b);
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}

/** The same for each octave, finest first. */
export function swdPerOctave(a: Texture, b: Texture): number[] {
  return Array.from({ length: Math.min(a.length, b.length) }, (_, octave) =>
    slicedWasserstein(a[octave] ?? [], b[octave] ?? []),
  );
}

function projections(picture: Picture, count: number): Float32Array[] {
  const columns = picture.width - PATCH + 1;
  const rows = picture.height - PATCH + 1;
  const all = columns * rows;
  if (all > count) return project(picture, spreadPlaces(columns, rows, count), count, DIRECTIONS);
  const places = Array.from({ length: all }, (_, i) => [i % columns, Math.floor(i / columns)] as const);
  return project(picture, places, all, DIRECTIONS).map((values) => quantiles(values, count));
}

/** Martin Roberts' R2 sequence: evener than random places and, unlike a grid, in step with no texture. */
function* spreadPlaces(columns: number, rows: number, count: number): Generator<[number, number]> {
  for (let i = 0; i < count; i++) {
    const x = (0.5 + i * 0.7548776662466927) % 1;
    const y = (0.5 + i * 0.5698402909980532) % 1;
    yield [Math.floor(x * columns), Math.floor(y * rows)];
  }
}

/** `count` quantiles of sorted numbers, in order. */
export function quantiles(sorted: Float32Array, count: number): Float32Array {
  const found = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = Math.max(0, ((i + 0.5) / count) * sorted.length - 0.5);
    const low = Math.floor(at);
    const high = Math.min(sorted.length - 1, low + 1);
    found[i] = sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
  }
  return found;
}
