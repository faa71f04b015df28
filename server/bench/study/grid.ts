/** Which trainings a study compares. */
import {
  LIMITS,
  OPTIMIZERS,
  resolveHyperparameters,
  type Hyperparameters,
  type OptimizerName,
} from '../../../shared/hyperparameters.ts';
import type { Size } from '../../../shared/geometry.ts';
import { requireRequest, type Mode, type PanoramaRequest } from '../../../shared/request.ts';
import { planPanorama, type Plan } from '../../panorama/plan.ts';

/** `paper` is `classic` with other epochs and another size, which a study sets itself. */
export const STUDY_PRESETS = ['classic', 'fast'] as const;
export type StudyPreset = (typeof STUDY_PRESETS)[number];

export interface Grid {
  readonly epochs: readonly number[];
  readonly maxSizes: readonly number[];
  readonly optimizers: readonly OptimizerName[];
}

/** The parent project's study, with the two optimizers that only its code takes. */
export const STUDY: Grid = {
  epochs: LIMITS.epochs.filter((epochs) => epochs <= 1000),
  maxSizes: [150, 200],
  optimizers: OPTIMIZERS,
};

/** Grids of about ten minutes on two cores, by measured times. */
export const QUICK: Readonly<Record<StudyPreset, Grid>> = {
  classic: { epochs: [100], maxSizes: [100], optimizers: ['adam', 'sgd'] },
  fast: { epochs: [100, 200], maxSizes: [100, 150], optimizers: ['adam', 'adamax', 'adamw', 'sgd', 'asgd'] },
};

/** One training of the study. */
export interface Combination {
  readonly epochs: number;
  readonly maxSize: number;
  readonly optimizer: OptimizerName;
}

/** What all trainings of a study have in common. */
export interface Setting {
  readonly preset: StudyPreset;
  readonly frame: Size;
  readonly mode: Mode;
  /** Null for the preset's. */
  readonly learningRate: number | null;
  /** Of the training and of what is sampled from it. */
  readonly seed: number;
}

/** Every combination, the short ones first: what is finished early tells the most for its time. */
export function combinationsOf({ epochs, maxSizes, optimizers }: Grid): Combination[] {
  const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
  return ascending(epochs).flatMap((count) =>
    ascending(maxSizes).flatMap((maxSize) =>
      optimizers.map((optimizer) => ({ epochs: count, maxSize, optimizer })),
    ),
  );
}

export function labelOf({ optimizer, epochs, maxSize }: Combination): string {
  return `${OPTIMIZER_LABELS[optimizer]}, ${epochs} epochs, ${maxSize} px`;
}

export const OPTIMIZER_LABELS: Readonly<Record<OptimizerName, string>> = {
  adam: 'Adam',
  adamax: 'Adamax',
  adamw: 'AdamW',
  sgd: 'SGD',
  asgd: 'ASGD',
  nadam: 'NAdam',
  radam: 'RAdam',
};

/** How many layouts are drawn to see how diverse they are; the first is painted. */
const LAYOUTS = 4;

export interface Task {
  readonly combination: Combination;
  readonly request: PanoramaRequest;
  /** Its hyperparameters carry the study's seed. */
  readonly plan: Plan;
  readonly hyperparameters: Hyperparameters;
}

/** What a combination comes down to for a photo; null where nothing is trained for this photo and frame. */
export function taskFor(photo: Size, setting: Setting, combination: Combination): Task | null {
  const { preset, frame, mode, learningRate, seed } = setting;
  const request = requireRequest({
    ...frame,
    mode,
    preset,
    seed,
    variants: LAYOUTS,
    training: { ...combination, ...(learningRate === null ? {} : { learningRate }) },
  });
  const plan = planPanorama(photo, request);
  const recipe = plan.hyperparameters && resolveHyperparameters(request);
  if (!recipe) return null;
  const hyperparameters = { ...recipe, seed };
  return { combination, request, plan: { ...plan, hyperparameters }, hyperparameters };
}

/** Measured: a training of 100 epochs against its plan; the figures of a sample and of a megapixel. */
const TRAINING_AGAINST_PLAN = 1.5;
const SAMPLE_FIGURES_SECONDS = 1;
const MEGAPIXEL_FIGURES_SECONDS = 10;

/** Expected seconds of a combination on two cores. */
export function expectedSeconds({ plan: { seconds, frame } }: Task): number {
  const figures = SAMPLE_FIGURES_SECONDS + (MEGAPIXEL_FIGURES_SECONDS * frame.width * frame.height) / 1e6;
  return TRAINING_AGAINST_PLAN * seconds.train + seconds.sample + seconds.paint / LAYOUTS + figures;
}

/** What of the study a grid leaves out and adds, in words; null where it is the study. */
export function difference(grid: Grid, study: Grid = STUDY): string | null {
  const parts = [
    compared('epochs', grid.epochs, study.epochs),
    compared('max size', grid.maxSizes, study.maxSizes),
    compared(
      'optimizers',
      grid.optimizers.map((name) => OPTIMIZER_LABELS[name]),
      study.optimizers.map((name) => OPTIMIZER_LABELS[name]),
    ),
  ];
  const left = parts.flatMap(({ left }) => left);
  const added = parts.flatMap(({ added }) => added);
  if (left.length + added.length === 0) return null;
  return [
    ...(left.length > 0 ? [`Left out of the study: ${left.join('; ')}.`] : []),
    ...(added.length > 0 ? [`Not in the study: ${added.join('; ')}.`] : []),
  ].join(' ');
}

function compared<T extends string | number>(name: string, own: readonly T[], study: readonly T[]) {
  const without = (all: readonly T[], others: readonly T[]): string[] => {
    const rest = all.filter((value) => !others.includes(value));
    return rest.length > 0 ? [`${name} ${rest.join(', ')}`] : [];
  };
  return { left: without(study, own), added: without(own, study) };
}
