/**
 * The training recipes that are compared: what each changes in the preset `fast`. Another one is another entry; a new
 * hyperparameter belongs into `Hyperparameters` first, with the paper's value in the preset `paper`.
 */
import { TRAINING_PRESETS, type Hyperparameters } from '../../../shared/hyperparameters.ts';

export interface Recipe {
  /** Also in names of files. */
  readonly name: string;
  /** What it changes, in a few words. */
  readonly changes: string;
  readonly hyperparameters: Partial<Hyperparameters>;
}

const FAST = TRAINING_PRESETS.fast;

/** What all others are compared with. */
export const BASELINE: Recipe = { name: 'fast', changes: 'nothing', hyperparameters: {} };

export const RECIPES: readonly Recipe[] = [
  BASELINE,
  // How long, and where.
  { name: 'epochs-half', changes: 'half the iterations', hyperparameters: { epochs: FAST.epochs / 2 } },
  { name: 'epochs-double', changes: 'twice the iterations', hyperparameters: { epochs: FAST.epochs * 2 } },
  {
    name: 'shares-coarse',
    changes: 'half the iterations at all but the coarsest scale',
    hyperparameters: { epochShares: [1, 1 / 4, 2 / 15, 1 / 15] },
  },
  {
    name: 'shares-coarse-double',
    changes: 'twice the iterations at the coarsest scale',
    hyperparameters: { epochs: FAST.epochs * 2, epochShares: [1, 1 / 4, 2 / 15, 1 / 15] },
  },
  {
    name: 'shares-even',
    changes: 'half the coarsest scale’s iterations at every scale',
    hyperparameters: { epochShares: [1 / 2] },
  },
  {
    name: 'shares-even-quarter',
    changes: 'a quarter of the coarsest scale’s iterations at every scale',
    hyperparameters: { epochShares: [1 / 4] },
  },
  // Scales.
  { name: 'factor-0.6', changes: 'three scales', hyperparameters: { scaleFactor: 0.6 } },
  { name: 'factor-0.5', changes: 'two or three scales', hyperparameters: { scaleFactor: 0.5 } },
  { name: 'size-76', changes: 'max size 76: one scale fewer', hyperparameters: { maxSize: 76 } },
  { name: 'pool-8', changes: '8 samples of the coarser scales', hyperparameters: { coarserPool: 8 } },
  // Networks.
  { name: 'width-24', changes: '24 channels', hyperparameters: { width: 24 } },
  { name: 'no-rows', changes: 'no row channels', hyperparameters: { rowChannels: false } },
  { name: 'no-ema', changes: 'no moving average of G', hyperparameters: { emaDecay: null } },
  { name: 'ema-0.95', changes: 'moving average of G up to 0.95', hyperparameters: { emaDecay: 0.95 } },
  { name: 'ema-0.995', changes: 'moving average of G up to 0.995', hyperparameters: { emaDecay: 0.995 } },
  // Losses.
  {
    name: 'reconstruction-10',
    changes: 'reconstruction weight 10',
    hyperparameters: { reconstructionWeight: 10 },
  },
  {
    name: 'reconstruction-50',
    changes: 'reconstruction weight 50',
    hyperparameters: { reconstructionWeight: 50 },
  },
  {
    name: 'penalty-every-2',
    changes: 'gradient penalty at every second step',
    hyperparameters: { gradientPenaltyEvery: 2 },
  },
  { name: 'noise-0.2', changes: 'noise amplitude 0.2', hyperparameters: { noiseAmplitude: 0.2 } },
  { name: 'noise-0.05', changes: 'noise amplitude 0.05', hyperparameters: { noiseAmplitude: 0.05 } },
  // Optimizer.
  { name: 'rate-5e-4', changes: 'learning rate 5e-4', hyperparameters: { learningRate: 5e-4 } },
  {
    name: 'decay-80',
    changes: 'learning rate × 0.1 from 80 % on',
    hyperparameters: { learningRateDecay: { at: 0.8, factor: 0.1 } },
  },
  {
    name: 'decay-60',
    changes: 'learning rate × 0.3 from 60 % on',
    hyperparameters: { learningRateDecay: { at: 0.6, factor: 0.3 } },
  },
  { name: 'beta2-0.999', changes: 'β₂ 0.999', hyperparameters: { beta2: 0.999 } },
  { name: 'beta1-0', changes: 'β₁ 0', hyperparameters: { beta1: 0 } },
  { name: 'nadam', changes: 'NAdam', hyperparameters: { optimizer: 'nadam' } },
  { name: 'radam', changes: 'RAdam', hyperparameters: { optimizer: 'radam' } },
  { name: 'adamax', changes: 'Adamax', hyperparameters: { optimizer: 'adamax' } },
];
