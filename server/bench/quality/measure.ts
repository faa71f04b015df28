/** All figures of one picture. */
import type { Rectangle, Size } from '../../../shared/geometry.ts';
import type { Picture } from '../../images/picture.ts';
import { resample } from '../../images/resample.ts';
import { selfCorrelation } from '../../panorama/self-correlation.ts';
import { detail, spectrumOf, type Spectrum } from './detail.ts';
import { horizon, type Rows } from './horizon.ts';
import { seam } from './seam.ts';
import { similarity } from './similarity.ts';
import { multiScaleSwd, textureOf, type Texture } from './texture.ts';

export type FigureName =
  | 'swd'
  | 'coherence'
  | 'completeness'
  | 'use'
  | 'shift'
  | 'reflection'
  | 'seam'
  | 'horizon'
  | 'detail'
  | 'diversity';

/** Null where a figure has no meaning: a seam without a kept photo, the diversity of one picture. */
export type Figures = Readonly<Record<FigureName, number | null>>;

export interface FigureInfo {
  readonly name: FigureName;
  readonly label: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher' | 'one';
  readonly digits: number;
  /** One sentence for the reader of a report. */
  readonly says: string;
}

export const FIGURES: readonly FigureInfo[] = [
  {
    name: 'swd',
    label: 'MS-SWD',
    unit: 'grey levels',
    better: 'lower',
    digits: 2,
    says: 'Are its textures, coarse and fine, those of the photo, in the same amounts?',
  },
  {
    name: 'coherence',
    label: 'Coherence',
    unit: 'grey levels',
    better: 'lower',
    digits: 2,
    says: 'Is everything in it from the photo? Mean distance of its patches to the photo’s nearest.',
  },
  {
    name: 'completeness',
    label: 'Completeness',
    unit: 'grey levels',
    better: 'lower',
    digits: 2,
    says: 'Is everything of the photo in it? Mean distance of the photo’s patches to its nearest.',
  },
  {
    name: 'use',
    label: 'Even use',
    unit: '0–1',
    better: 'higher',
    digits: 2,
    says: 'Are all parts of the photo used alike? Low where a few places are copied again and again.',
  },
  {
    name: 'shift',
    label: 'Repeats, shifted',
    unit: '0–1',
    better: 'lower',
    digits: 2,
    says: 'Does it look like itself a bit further on?',
  },
  {
    name: 'reflection',
    label: 'Repeats, mirrored',
    unit: '0–1',
    better: 'lower',
    digits: 2,
    says: 'Does it look like its own mirror image?',
  },
  {
    name: 'seam',
    label: 'Seam',
    unit: 'percentile',
    better: 'lower',
    digits: 0,
    says: 'Is the kept photo’s border to be seen? Its jump among those of the photo’s own columns and rows; about 50 is none.',
  },
  {
    name: 'horizon',
    label: 'Horizon',
    unit: 'grey levels',
    better: 'lower',
    digits: 2,
    says: 'Does every row have the colours that belong at its height?',
  },
  {
    name: 'detail',
    label: 'Detail',
    unit: '1 = the photo’s',
    better: 'one',
    digits: 2,
    says: 'Is it as sharp as the photo? Under 1 blurred, over 1 too busy.',
  },
  {
    name: 'diversity',
    label: 'Diversity',
    unit: 'of the photo’s deviation',
    better: 'higher',
    digits: 2,
    says: 'Do several layouts differ? 0 when all are the same.',
  },
];

/** The range of `detail` that is asked for. */
export const GOOD_DETAIL = [0.9, 1.1] as const;

/** The photo at the scale at which a picture shows it, with what is measured of it once. */
export interface Reference {
  readonly photo: Picture;
  readonly texture: Texture;
  readonly spectrum: Spectrum;
}

export async function describeReference(photo: Picture): Promise<Reference> {
  return { photo, texture: await textureOf(photo), spectrum: spectrumOf(photo) };
}

/** The photo at every scale that is asked for, each described once. */
export function referencesOf(photo: Picture): (size: Size) => Promise<Reference> {
  const known = new Map<string, Promise<Reference>>();
  return ({ width, height }) => {
    const key = `${width}×${height}`;
    const reference = known.get(key) ?? resample(photo, width, height).then(describeReference);
    known.set(key, reference);
    return reference;
  };
}

/** How a picture shows the photo. */
export interface Showing {
  /** Where the photo is kept in it, or null. */
  readonly kept: Rectangle | null;
  /** The rows that answer to the photo's height. */
  readonly rows: Rows;
  /** `diversity` of its samples, or null. */
  readonly diversity: number | null;
}

/** The figures of a picture against the photo at its scale. */
export async function measure(picture: Picture, reference: Reference, showing: Showing): Promise<Figures> {
  const { photo, texture, spectrum } = reference;
  const repeats = await selfCorrelation(picture);
  return {
    swd: multiScaleSwd(await textureOf(picture), texture),
    ...(await similarity(picture, photo)),
    shift: repeats.shift,
    reflection: repeats.reflection,
    seam: (showing.kept && seam(picture, showing.kept)?.worst) ?? null,
    horizon: await horizon(picture, photo, showing.rows),
    detail: detail(spectrumOf(picture), spectrum),
    diversity: showing.diversity,
  };
}

/** Whether figure `a` is better than `b`; equal ones are not. */
export function isBetter({ better }: Pick<FigureInfo, 'better'>, a: number, b: number): boolean {
  switch (better) {
    case 'lower':
      return a < b;
    case 'higher':
      return a > b;
    case 'one':
      // As ratios: half as sharp is as far off as twice as busy.
      return Math.abs(Math.log(Math.max(a, 1e-9))) < Math.abs(Math.log(Math.max(b, 1e-9)));
    default:
      return better satisfies never;
  }
}

/** Which way a figure is better, in words. */
export function betterText(better: FigureInfo['better']): string {
  return { lower: 'lower is better', higher: 'higher is better', one: '1 is best' }[better];
}
