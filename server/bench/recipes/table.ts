/** What the runs say of the recipes, each beside the baseline's of the same photo and seed. */
import { mean, median, show } from '../report/numbers.ts';
import type { Finished, LayoutLine, Outcome } from './kept.ts';

/** One recipe on one photo with one seed. */
export interface Run {
  readonly recipe: string;
  readonly photo: string;
  readonly seed: number;
  /** Multiply–adds of its training. */
  readonly work: number;
  /** Null where it is not made yet. */
  readonly outcome: Outcome | null;
}

/** What of a run is compared; lower is better in all but diversity. */
export interface RunFigures {
  /** Of the training. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** MS-SWD + horizon + completeness of the layout that ranks best, in grey levels. */
  readonly best: number;
  /** The same, median over the layouts. */
  readonly median: number;
  /** Medians over the layouts. */
  readonly swd: number;
  readonly horizon: number;
  readonly completeness: number;
  readonly repetition: number;
  readonly diversity: number | null;
}

/** A geometric mean of ratios. */
export interface Ratio {
  readonly mean: number;
  /** Its standard error, from the spread of the logarithms; null for one ratio. */
  readonly error: number | null;
}

export interface Row {
  readonly recipe: string;
  readonly finished: number;
  readonly diverged: number;
  readonly asked: number;
  /** Geometric mean over photos of the work by the baseline's. */
  readonly work: number | null;
  /** Medians of ratios. */
  readonly seconds: number | null;
  readonly cpuSeconds: number | null;
  readonly best: Ratio | null;
  readonly median: Ratio | null;
  /** Arithmetic means over the recipe's finished runs. */
  readonly means: Readonly<
    Record<'swd' | 'horizon' | 'completeness' | 'repetition' | 'diversity', number | null>
  >;
}

export function scoreOf({ swd, horizon, completeness }: LayoutLine): number {
  return swd + horizon + completeness;
}

export function figuresOf({ scales, layouts, diversity }: Finished): RunFigures {
  const middle = (of: (layout: LayoutLine) => number): number => median(layouts.map(of)) ?? NaN;
  const [first] = layouts;
  return {
    seconds: scales.reduce((sum, { seconds }) => sum + seconds, 0),
    cpuSeconds: scales.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    best: first ? scoreOf(first) : NaN,
    median: middle(scoreOf),
    swd: middle(({ swd }) => swd),
    horizon: middle(({ horizon }) => horizon),
    completeness: middle(({ completeness }) => completeness),
    repetition: middle(({ repetition }) => repetition),
    diversity,
  };
}

/** A row for each recipe, best score first, those without one last. */
export function rowsOf(runs: readonly Run[], baseline: string): Row[] {
  const base = new Map(
    runs.filter(({ recipe }) => recipe === baseline).map((run) => [placeOf(run), run] as const),
  );
  const rows = [...new Set(runs.map(({ recipe }) => recipe))].map((recipe) => {
    const own = runs.filter((run) => run.recipe === recipe);
    const figures = own.flatMap(({ outcome }) => (outcome?.kind === 'finished' ? [figuresOf(outcome)] : []));
    const pairs = own.flatMap((run) => {
      const other = base.get(placeOf(run))?.outcome;
      if (run.outcome?.kind !== 'finished' || other?.kind !== 'finished') return [];
      return [{ own: figuresOf(run.outcome), other: figuresOf(other) }];
    });
    const ratios = (of: (figures: RunFigures) => number): number[] =>
      pairs.map(({ own: mine, other }) => of(mine) / of(other));
    const work = own.map((run) => run.work / (base.get(placeOf(run))?.work ?? NaN));
    return {
      recipe,
      finished: figures.length,
      diverged: own.filter(({ outcome }) => outcome?.kind === 'diverged').length,
      asked: own.length,
      work: geometricMean(work)?.mean ?? null,
      seconds: median(ratios(({ seconds }) => seconds)),
      cpuSeconds: median(ratios(({ cpuSeconds }) => cpuSeconds)),
      best: geometricMean(ratios(({ best }) => best)),
      median: geometricMean(ratios((each) => each.median)),
      means: {
        swd: mean(figures.map(({ swd }) => swd)),
        horizon: mean(figures.map(({ horizon }) => horizon)),
        completeness: mean(figures.map(({ completeness }) => completeness)),
        repetition: mean(figures.map(({ repetition }) => repetition)),
        diversity: mean(figures.flatMap(({ diversity }) => diversity ?? [])),
      },
    };
  });
  return rows.toSorted((a, b) => (a.best?.mean ?? Infinity) - (b.best?.mean ?? Infinity) || 0);
}

function placeOf({ photo, seed }: Run): string {
  return JSON.stringify([photo, seed]);
}

/** Null for none. */
export function geometricMean(ratios: readonly number[]): Ratio | null {
  const logarithms = ratios.map(Math.log);
  const middle = mean(logarithms);
  if (middle === null) return null;
  const count = logarithms.length;
  const squares = logarithms.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const factor = Math.exp(middle);
  const error = count > 1 ? factor * Math.sqrt(squares / (count - 1) / count) : null;
  return { mean: factor, error };
}

const COLUMNS = [
  'recipe',
  'changes',
  'runs',
  'diverged',
  'work',
  'seconds',
  'CPU seconds',
  'score',
  'score, median',
  'MS-SWD',
  'horizon',
  'completeness',
  'repetition',
  'diversity',
];

/** The table in Markdown; `changesOf` says what a recipe changes. */
export function markdown(rows: readonly Row[], changesOf: (recipe: string) => string): string {
  const lines = rows.map(
    ({ recipe, finished, diverged, asked, work, seconds, cpuSeconds, best, median: middle, means }) => [
      recipe,
      changesOf(recipe),
      finished + diverged < asked ? `${finished + diverged} of ${asked}` : String(asked),
      String(diverged),
      show(work, 2),
      show(seconds, 2),
      show(cpuSeconds, 2),
      ratioText(best),
      ratioText(middle),
      show(means.swd, 2),
      show(means.horizon, 2),
      show(means.completeness, 2),
      show(means.repetition, 2),
      show(means.diversity, 2),
    ],
  );
  return [COLUMNS, COLUMNS.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function ratioText(ratio: Ratio | null): string {
  if (ratio === null) return '–';
  return ratio.error === null
    ? ratio.mean.toFixed(3)
    : `${ratio.mean.toFixed(3)} ± ${ratio.error.toFixed(3)}`;
}
