/** What the server and the process of a job tell each other. */
import type { ErrorBody, MadeVariant, ScaleEvent } from '../../shared/protocol.ts';
import type { EngineChoice, PanoramaRequest } from '../../shared/request.ts';
import type { JobReport } from '../panorama/make-panorama.ts';
import type { Pace } from '../panorama/plan.ts';
import type { Progress } from './records.ts';

/** Sent once, when the process is ready. */
export interface Assignment {
  readonly id: string;
  /** Where its photo is, its variants go, and models are kept. */
  readonly blobs: string;
  readonly request: PanoramaRequest;
  readonly engine: EngineChoice;
  readonly delivered: readonly number[];
  readonly pace: Pace;
}

export type ProcessMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'scale'; readonly scale: ScaleEvent }
  /** It is whole in the store. */
  | { readonly type: 'variant'; readonly variant: MadeVariant; readonly preview: string }
  /** The job is done; nothing follows. */
  | { readonly type: 'done'; readonly report: JobReport; readonly peakBytes: number }
  /** The job failed, by a bug where there is one; nothing follows. */
  | { readonly type: 'failed'; readonly error: ErrorBody; readonly bug?: string }
  /** It was told to stop, by whomever; nothing follows. */
  | { readonly type: 'stopped' };
