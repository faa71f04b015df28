/**
 * What a training depends on: limits, presets, defaults. Names follow the SinGAN paper (Rott Shaham, Dekel,
 * Michaeli, ICCV 2019) and the study this project grew from; "epoch" means one iteration of the training loop
 * at one scale.
 */
export const OPTIMIZERS = ['adam', 'adamax', 'adamw', 'sgd', 'asgd', 'nadam', 'radam'] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

export const PRESETS = ['draft', 'fast', 'classic', 'paper'] as const;
export type PresetName = (typeof PRESETS)[number];
/** A preset that trains; `draft` is the painter alone. */
export type TrainingPresetName = Exclude<PresetName, 'draft'>;

/** What a user may set; the rest of a recipe belongs to its preset. */
export const LIMITS = {
  /** 100, 200 … 1000, or the paper's 2000. */
  epochs: [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 2000],
  /** Long side of the finest scale, in pixels. */
  maxSize: [100, 150, 200, 250],
  learningRate: { min: 1e-5, max: 1e-1 },
} as const;

/** What a request may override in its preset. `epochs` holds for the coarsest scale; finer ones keep their share. */
export interface TrainingOptions {
  readonly epochs?: number | undefined;
  readonly maxSize?: number | undefined;
  readonly optimizer?: OptimizerName | undefined;
  readonly learningRate?: number | undefined;
}

export interface Hyperparameters {
  /** Short side of the coarsest scale, in pixels. */
  readonly minSize: number;
  /** Long side of the finest scale, in pixels. */
  readonly maxSize: number;
  /** Wished ratio between two scales. */
  readonly scaleFactor: number;
  /** How the number of scales is found: the published formula, or the nearest whole number at the capped size. */
  readonly scaleCount: 'published' | 'nearest';
  /** Iterations at the coarsest scale. */
  readonly epochs: number;
  /** Share of `epochs` at each scale, coarsest first; the last one holds for all finer scales. */
  readonly epochShares: readonly number[];

  /** Channels of the hidden layers at the coarsest scale. */
  readonly width: number;
  /** Doubles the width every so many scales, up to `maxWidth`; null keeps it. */
  readonly widthDoublesEvery: number | null;
  readonly maxWidth: number;
  readonly normalization: 'batch' | 'none';
  /** `published`: normal(0, 0.02); `he`: normal(0, √(2 / fan in)), the last layer halved. */
  readonly initialization: 'published' | 'he';
  /** Adds y, sin πy, cos πy to the input of both networks. */
  readonly rowChannels: boolean;

  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Multiplies the rate by `factor` from the fraction `at` of a scale's iterations on. */
  readonly learningRateDecay: { readonly at: number; readonly factor: number } | null;

  readonly discriminatorSteps: number;
  /** Whether each D step of an iteration sees a fake of its own, on a fresh sample of the coarser scales, or all one. */
  readonly fakePer: 'step' | 'iteration';
  readonly generatorSteps: number;
  readonly gradientPenaltyWeight: number;
  /** The penalty is taken at every so many iterations, with as many times its weight. */
  readonly gradientPenaltyEvery: number;
  readonly reconstructionWeight: number;
  /** Noise amplitude of finer scales, as a multiple of the reconstruction's RMSE. */
  readonly noiseAmplitude: number;
  /** Largest decay of the moving average of G's weights that becomes the scale's generator; null uses the weights. */
  readonly emaDecay: number | null;
  /** Samples of the coarser scales drawn once per scale and reused; null draws one for every step. */
  readonly coarserPool: number | null;
  /** Of the weights, z* and the training's noise; what is sampled from the model has seeds of its own. */
  readonly seed: number;
}

const PAPER: Hyperparameters = {
  minSize: 25,
  maxSize: 250,
  scaleFactor: 0.75,
  scaleCount: 'published',
  epochs: 2000,
  epochShares: [1],
  width: 32,
  widthDoublesEvery: 4,
  maxWidth: 128,
  normalization: 'batch',
  initialization: 'published',
  rowChannels: false,
  optimizer: 'adam',
  learningRate: 5e-4,
  beta1: 0.5,
  beta2: 0.999,
  learningRateDecay: { at: 0.8, factor: 0.1 },
  discriminatorSteps: 3,
  fakePer: 'step',
  generatorSteps: 3,
  gradientPenaltyWeight: 0.1,
  gradientPenaltyEvery: 1,
  reconstructionWeight: 10,
  noiseAmplitude: 0.1,
  emaDecay: null,
  coarserPool: null,
  seed: 1,
};

/** The recipes. `paper` is the published training, `classic` the parent study's, `fast` this project's own. */
export const TRAINING_PRESETS: Readonly<Record<TrainingPresetName, Hyperparameters>> = {
  paper: PAPER,
  classic: { ...PAPER, maxSize: 200, epochs: 300, fakePer: 'iteration' },
  fast: {
    ...PAPER,
    maxSize: 100,
    scaleCount: 'nearest',
    epochs: 200,
    epochShares: [1, 1 / 2, 4 / 15, 2 / 15],
    widthDoublesEvery: null,
    normalization: 'none',
    initialization: 'he',
    rowChannels: true,
    learningRate: 1e-3,
    beta2: 0.9,
    learningRateDecay: null,
    discriminatorSteps: 1,
    generatorSteps: 1,
    gradientPenaltyEvery: 4,
    reconstructionWeight: 25,
    emaDecay: 0.99,
    coarserPool: 24,
  },
};

/**
 * The recipe for a checked request: its preset, overridden by its training options; null where nothing is trained.
 * The request's seed chooses among the pictures of one model and is not the training's: another picture of a photo
 * that was trained once needs no training.
 */
export function resolveHyperparameters(request: {
  readonly preset: PresetName;
  readonly training: TrainingOptions;
}): Hyperparameters | null {
  const { preset, training } = request;
  if (preset === 'draft') return null;
  const recipe = TRAINING_PRESETS[preset];
  return {
    ...recipe,
    epochs: training.epochs ?? recipe.epochs,
    maxSize: training.maxSize ?? recipe.maxSize,
    optimizer: training.optimizer ?? recipe.optimizer,
    learningRate: training.learningRate ?? recipe.learningRate,
  };
}

/** Iterations at `scale`, 0 being the coarsest; at least one. */
export function epochsAt(hyperparameters: Hyperparameters, scale: number): number {
  const shares = hyperparameters.epochShares;
  const share = shares[Math.min(scale, shares.length - 1)] ?? 1;
  return Math.max(1, Math.round(hyperparameters.epochs * share));
}
