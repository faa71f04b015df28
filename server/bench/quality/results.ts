/** What a run of `npm run quality` found, and what it says against the goals. */
import { median, show } from '../report/numbers.ts';
import { FIGURES, isBetter, type FigureInfo, type Figures } from './measure.ts';
import type { Shape } from './options.ts';
import { WAYS, type WayName } from './ways.ts';

/** One picture and its figures. */
export interface Result {
  readonly photo: string;
  readonly shape: Shape;
  readonly way: WayName;
  readonly figures: Figures;
  readonly seconds: number;
  readonly trainSeconds: number | null;
  /** A data URL. */
  readonly image: string;
}

export interface Run {
  readonly results: readonly Result[];
  readonly classic: boolean;
  readonly version: string;
  readonly machine: string;
  /** What the reader must know: what was left out, and why. */
  readonly notes: readonly string[];
}

export interface WayInfo {
  readonly label: string;
  readonly says: string;
  readonly ours: boolean;
}

export function wayInfo(way: WayName, classic: boolean): WayInfo {
  switch (way) {
    case 'gan':
      return classic
        ? {
            label: 'GAN, enlarged',
            says: 'a SinGAN sample (classic preset), enlarged to the frame',
            ours: false,
          }
        : {
            label: 'GAN, enlarged',
            says: 'a SinGAN sample (fast preset), enlarged to the frame',
            ours: false,
          };
    case 'stretch':
      return { label: 'Stretch', says: 'the photo stretched to the frame', ours: false };
    case 'mirror':
      return { label: 'Mirror', says: 'the photo and its mirror images', ours: false };
    case 'content-aware':
      return { label: 'Content-aware', says: 'ImageMagick’s liquid-rescale', ours: false };
    case 'draft':
      return { label: 'Draft', says: 'the painter alone, extend mode, no training', ours: true };
    case 'extend':
      return { label: 'Extend', says: 'the photo kept and continued', ours: true };
    case 'retarget':
      return { label: 'Retarget', says: 'all of the photo at the new shape', ours: true };
    case 'reimagine':
      return { label: 'Reimagine', says: 'a new picture of the same place', ours: true };
    default:
      return way satisfies never;
  }
}

/** The ways that are there, in order. */
export function waysIn(results: readonly Result[]): WayName[] {
  return WAYS.filter((way) => results.some((result) => result.way === way));
}

export function photosIn(results: readonly Result[]): string[] {
  return [...new Set(results.map(({ photo }) => photo))];
}

export function shapesIn(results: readonly Result[]): Shape[] {
  return [...new Map(results.map(({ shape }) => [shape.name, shape])).values()];
}

export interface Goal {
  readonly says: string;
  /** On how many of the photos it is reached, and on which it is missed. */
  readonly reached: number;
  readonly of: number;
  readonly missed: readonly string[];
}

/** How often our default reaches what is asked of it, over the photos of one shape. */
export function goals(results: readonly Result[]): Goal[] {
  const photos = photosIn(results);
  const figuresOf = (photo: string, way: WayName): Figures | null =>
    results.find((result) => result.photo === photo && result.way === way)?.figures ?? null;
  const goal = (
    says: string,
    way: WayName,
    isReached: (ours: Figures, theirs: Figures) => boolean | null,
  ): Goal => {
    const verdicts = photos.flatMap((photo) => {
      const [ours, theirs] = [figuresOf(photo, 'extend'), figuresOf(photo, way)];
      const reached = ours && theirs ? isReached(ours, theirs) : null;
      return reached === null ? [] : [{ photo, reached }];
    });
    const missed = verdicts.filter(({ reached }) => !reached).map(({ photo }) => photo);
    return { says, reached: verdicts.length - missed.length, of: verdicts.length, missed };
  };
  const compared =
    (name: FigureInfo['name'], limit: (theirs: number) => number) => (ours: Figures, theirs: Figures) => {
      const [own, other] = [ours[name], theirs[name]];
      return own === null || other === null ? null : own <= limit(other);
    };
  const within = (name: FigureInfo['name'], low: number, high: number) => (ours: Figures) => {
    const own = ours[name];
    return own === null ? null : own >= low && own <= high;
  };
  return [
    goal('better than the enlarged GAN sample in every figure but diversity', 'gan', (ours, theirs) =>
      FIGURES.filter(({ name }) => name !== 'diversity').every((info) => {
        const [own, other] = [ours[info.name], theirs[info.name]];
        return own === null || other === null || isBetter(info, own, other);
      }),
    ),
    goal(
      'repeats less than the mirror (the worse of shifted and mirrored)',
      'mirror',
      (ours, theirs) => repeats(ours) < repeats(theirs),
    ),
    goal(
      'MS-SWD at most 1.5 times the mirror’s',
      'mirror',
      compared('swd', (theirs) => 1.5 * theirs),
    ),
    goal(
      'completeness at most 1.5 times the mirror’s',
      'mirror',
      compared('completeness', (theirs) => 1.5 * theirs),
    ),
    goal('detail from 0.9 to 1.1', 'extend', within('detail', 0.9, 1.1)),
    goal('seam at most at the 60th percentile', 'extend', within('seam', 0, 60)),
  ];
}

function repeats({ shift, reflection }: Figures): number {
  return Math.max(shift ?? 0, reflection ?? 0);
}

/** The names of those ways that are best in a figure, of values for each way. */
export function bestOf(info: FigureInfo, values: ReadonlyMap<WayName, number | null>): Set<WayName> {
  const there = [...values].flatMap(([way, value]) =>
    value === null ? [] : [{ way, value: rounded(info, value) }],
  );
  const best = there.filter(({ value }) => !there.some((other) => isBetter(info, other.value, value)));
  return new Set(best.map(({ way }) => way));
}

function rounded({ digits }: FigureInfo, value: number): number {
  return Number(value.toFixed(digits));
}

/** Markdown: for every shape the medians over the photos, then every photo's figures. */
export function markdown({ results, classic }: Run): string {
  const lines: string[] = [];
  const table = (title: string, rows: readonly Result[]): void => {
    lines.push(`\n${title}\n`);
    lines.push(`| way | ${FIGURES.map(({ label }) => label).join(' | ')} | seconds |`);
    lines.push(`|${' --- |'.repeat(FIGURES.length + 2)}`);
    for (const way of waysIn(rows)) {
      const own = rows.filter((result) => result.way === way);
      const cells = FIGURES.map((info) =>
        show(median(own.map(({ figures }) => figures[info.name])), info.digits),
      );
      const seconds = show(median(own.map((result) => result.seconds)), 1);
      lines.push(`| ${wayInfo(way, classic).label} | ${cells.join(' | ')} | ${seconds} |`);
    }
  };
  for (const shape of shapesIn(results)) {
    const own = results.filter((result) => result.shape.name === shape.name);
    const { width, height } = shape.frame;
    const photos = photosIn(own);
    table(`${shape.name} (${width}×${height}), medians over ${photos.length} photos`, own);
    for (const { says, reached, of, missed } of goals(own)) {
      lines.push(
        `${lines.at(-1)?.includes('- Extend') ? '' : '\n'}- Extend: ${says}: ${reached} of ${of}${missed.length > 0 ? ` (not ${missed.join(', ')})` : ''}`,
      );
    }
    for (const photo of photos)
      table(
        `${shape.name}, ${photo}`,
        own.filter((result) => result.photo === photo),
      );
  }
  return `${lines.join('\n').trim()}\n`;
}
