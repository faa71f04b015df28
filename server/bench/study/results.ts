/** What a study has found so far. */
import type { OptimizerName } from '../../../shared/hyperparameters.ts';
import type { FigureName } from '../quality/measure.ts';
import { FIGURES } from '../quality/measure.ts';
import { show } from '../report/numbers.ts';
import { OPTIMIZER_LABELS, type Combination, type Grid, type Setting } from './grid.ts';
import type { Finished, Outcome, TrainedScale } from './kept.ts';

export interface Result {
  readonly combination: Combination;
  readonly outcome: Outcome;
}

export interface Run {
  /** The photo's name and, as a data URL, its picture. */
  readonly photo: string;
  readonly photoImage: string;
  readonly setting: Setting;
  readonly grid: Grid;
  readonly engine: string;
  readonly version: string;
  /** Those that are finished, in the grid's order. */
  readonly results: readonly Result[];
  /** How many combinations were asked for. */
  readonly count: number;
  /** What the reader must know. */
  readonly notes: readonly string[];
}

/** A number of each result, with what a table or chart says of it. */
export interface Measure {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher' | 'one' | null;
  readonly digits: number;
  readonly of: (result: Result) => number | null;
}

export const TIME_AND_LOSSES: readonly Measure[] = [
  {
    name: 'training',
    label: 'Training',
    unit: 'seconds',
    better: 'lower',
    digits: 1,
    of: ({ outcome }) => (outcome.kind === 'finished' ? trainingSeconds(outcome.scales) : null),
  },
  {
    name: 'making',
    label: 'Picture',
    unit: 'seconds',
    better: 'lower',
    digits: 1,
    of: finished(({ sample, panorama }) => sample.seconds + panorama.seconds),
  },
  loss('reconstruction', 'Reconstruction', 'mean squared error, 0–4', 'lower', 4),
  loss('discriminator', 'Discriminator', 'mean D(fake) − mean D(real)', null, 3),
  loss('generator', 'Generator', '−mean D(fake)', null, 3),
  loss('gradientPenalty', 'Gradient penalty', 'mean (‖∇D‖ − 1)²', null, 4),
];

/** The quality figures of the SinGAN's own sample, or of the panorama that is painted from it. */
export function figuresOf(view: 'sample' | 'panorama'): readonly Measure[] {
  return FIGURES.map(({ name, label, unit, better, digits }) => ({
    name: `${view}-${name}`,
    label,
    unit,
    better,
    digits,
    of: finished((outcome) => outcome[view].figures[name]),
  }));
}

function loss(
  name: keyof TrainedScale['losses'],
  label: string,
  unit: string,
  better: Measure['better'],
  digits: number,
): Measure {
  return {
    name,
    label,
    unit,
    better,
    digits,
    of: finished(({ scales }) => scales.at(-1)?.losses[name] ?? null),
  };
}

function finished(of: (outcome: Finished) => number | null) {
  return ({ outcome }: Result): number | null => (outcome.kind === 'finished' ? of(outcome) : null);
}

export function trainingSeconds(scales: readonly TrainedScale[]): number {
  return scales.reduce((sum, { seconds }) => sum + seconds, 0);
}

export function optimizersIn(results: readonly Result[]): OptimizerName[] {
  return [...new Set(results.map(({ combination }) => combination.optimizer))];
}

/** What a table in Markdown shows of the figures. */
const SHOWN: readonly FigureName[] = ['swd', 'completeness', 'horizon', 'detail'];

/** Markdown: a row for each result, with its times, its reconstruction loss and the first figures. */
export function markdown({ results }: Run): string {
  const columns = [
    ...TIME_AND_LOSSES.slice(0, 3).map((measure) => ({
      ...measure,
      title: `${measure.label} (${measure.unit.split(',')[0]})`,
    })),
    ...(['sample', 'panorama'] as const).flatMap((view) =>
      figuresOf(view)
        .filter(({ name }) => SHOWN.some((figure) => name === `${view}-${figure}`))
        .map((measure) => ({ ...measure, title: `${measure.label}, ${view}` })),
    ),
  ];
  const lines = [
    `| optimizer | epochs | max size | ${columns.map(({ title }) => title).join(' | ')} |`,
    `|${' --- |'.repeat(columns.length + 3)}`,
    ...results.map((result) => {
      const { optimizer, epochs, maxSize } = result.combination;
      const cells =
        result.outcome.kind === 'finished'
          ? columns.map((column) => show(column.of(result), column.digits))
          : ['diverged', ...columns.slice(1).map(() => '–')];
      return `| ${OPTIMIZER_LABELS[optimizer]} | ${epochs} | ${maxSize} | ${cells.join(' | ')} |`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}
