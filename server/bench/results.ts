/** What `npm run bench -- --json` writes; each figure has its unit in its name. */
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Machine } from './machine.ts';
import type { Options } from './options.ts';
import type { StepResult, StepSize } from './step-benchmark.ts';
import type { ComparedTraining, TrainingResult } from './training-benchmark.ts';

/** A part that was not asked for is missing. */
export interface Figures {
  painting?: readonly PaintingFigures[];
  step?: readonly StepFigures[];
  training?: TrainingFigures;
  job?: readonly JobFigures[];
}

export interface Results extends Figures {
  /** ISO 8601, UTC. */
  readonly date: string;
  /** This project's. */
  readonly version: string;
  readonly options: Pick<Options, 'engine' | 'only' | 'rounds'>;
  readonly machine: Machine;
}

export interface PaintingFigures {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly seconds: number;
  readonly peakMebibytes: number;
  /** Time on one thread by the time on all. */
  readonly speedUp: number;
}

export interface StepFigures extends StepResult {
  readonly heightPx: number;
  readonly widthPx: number;
  readonly channels: StepSize['channels'];
}

export interface TrainingFigures {
  readonly classic: ComparedTraining & { readonly recipe: Hyperparameters };
  readonly fast: TrainingResult & { readonly recipe: Hyperparameters };
}

export interface JobFigures {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly draftSeconds: number;
  readonly totalSeconds: number;
  readonly phaseSeconds: Readonly<Record<string, number>>;
  readonly peakMebibytes: number | null;
}
