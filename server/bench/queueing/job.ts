/** What the simulation knows of a panorama. All times are seconds from the simulation's start. */
import type { PresetName } from '../../../shared/hyperparameters.ts';

/** The published training is left out: nobody waits for it. */
export const SIMULATED_PRESETS = ['draft', 'fast', 'classic'] as const satisfies readonly PresetName[];
export type SimulatedPreset = (typeof SIMULATED_PRESETS)[number];

export interface Job {
  readonly arrivalSeconds: number;
  /** Who sent it, counted from 0. */
  readonly token: number;
  readonly preset: SimulatedPreset;
  /** Higher overtakes. */
  readonly priority: number;
  /** The picture's model, shared by all jobs that need it; null where none is needed, or it is there from the start. */
  readonly model: number | null;
  /** Decoding and the draft: what comes before the training. */
  readonly beforeSeconds: number;
  /** Of the model, for the one job that trains it. */
  readonly trainingSeconds: number;
  /** Sampling, painting and encoding. */
  readonly afterSeconds: number;
}

/** A job with what became of it. */
export interface Served {
  readonly job: Job;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Whether it trained its model, or needed none or found it. */
  readonly trained: boolean;
}
