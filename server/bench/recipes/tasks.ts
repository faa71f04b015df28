/** Which trainings are to be made. */
import { createHash } from 'node:crypto';
import { TRAINING_PRESETS, type Hyperparameters } from '../../../shared/hyperparameters.ts';
import type { Size } from '../../../shared/geometry.ts';
import type { Picture } from '../../images/picture.ts';
import type { PhotoSource } from './photos.ts';
import type { Recipe } from './recipes.ts';

/** 3:1, which leaves much to invent beside a photo of any common shape. */
export const FRAME: Size = { width: 1440, height: 480 };

/** Raised when results are measured or written otherwise. */
const FORMAT_VERSION = 1;
/** By how much --quick shortens a training. */
const QUICK_SHARE = 1 / 20;
const LAYOUTS = { whole: 16, quick: 4 };

/** One training, and what is drawn of it. All that a worker needs; goes through JSON. */
export interface Task {
  /** The same training of the same photo has the same key. */
  readonly key: string;
  readonly recipe: string;
  readonly photo: PhotoSource;
  /** Of the training; layouts have seeds of their own, the same for every task. */
  readonly seed: number;
  readonly hyperparameters: Hyperparameters;
  readonly layouts: number;
  readonly threads: number;
}

export interface LoadedPhoto {
  readonly source: PhotoSource;
  readonly picture: Picture;
}

export interface Setting {
  readonly seeds: number;
  readonly threads: number;
  readonly quick: boolean;
}

/** Seed by seed, so that every recipe is known a little before any is known well; the baseline first. */
export function tasksOf(
  recipes: readonly Recipe[],
  photos: readonly LoadedPhoto[],
  { seeds, threads, quick }: Setting,
): Task[] {
  const digests = new Map(photos.map(({ source, picture }) => [source.name, digestOf(picture)]));
  const layouts = quick ? LAYOUTS.quick : LAYOUTS.whole;
  return Array.from({ length: seeds }, (_, index) => index + 1).flatMap((seed) =>
    recipes.flatMap((recipe) => {
      const hyperparameters = { ...hyperparametersOf(recipe, quick), seed };
      return photos.map(({ source }): Task => {
        const facts = [digests.get(source.name), unpublished(hyperparameters), seed, layouts, threads];
        const key = digest(JSON.stringify([FORMAT_VERSION, ...facts])).slice(0, 16);
        return { key, recipe: recipe.name, photo: source, seed, hyperparameters, layouts, threads };
      });
    }),
  );
}

export function hyperparametersOf(recipe: Recipe, quick: boolean): Hyperparameters {
  const whole = { ...TRAINING_PRESETS.fast, ...recipe.hyperparameters };
  return quick ? { ...whole, epochs: Math.max(1, Math.round(whole.epochs * QUICK_SHARE)) } : whole;
}

/** What differs from the paper: a new hyperparameter at its published value makes no result void. */
function unpublished(hyperparameters: Hyperparameters): [string, unknown][] {
  const published: Readonly<Record<string, unknown>> = { ...TRAINING_PRESETS.paper };
  return Object.entries(hyperparameters)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(published[name]))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function digestOf({ width, height, data }: Picture): string {
  return digest(`${width}×${height}`, data);
}

function digest(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
