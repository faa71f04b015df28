/** What the main job tells while it runs. One order: decode, draft, train, sample, paint, encode. */
import type { Phase } from '../../shared/protocol.ts';
import type { Picture } from '../images/picture.ts';
import type { Losses } from '../singan/train-scale.ts';

export type PanoramaEvent =
  /** `fraction` is of the whole job, weighted by cost; `scale` counts from 1 and is there while training. */
  | {
      readonly type: 'progress';
      readonly phase: Phase;
      readonly fraction: number;
      readonly scale?: number;
      readonly scales?: number;
      /** Seconds; absent until there is something to go by. */
      readonly remaining?: { readonly low: number; readonly high: number };
    }
  /** A scale is trained and stored. Scales that were in the store already are not told. */
  | {
      readonly type: 'scale';
      readonly scale: number;
      readonly scales: number;
      readonly epochs: number;
      readonly losses: Losses;
      readonly preview: Picture;
    }
  /** An encoded picture of the frame's exact size. 0 is the draft, the variants count from 1. */
  | {
      readonly type: 'variant';
      readonly n: number;
      readonly width: number;
      readonly height: number;
      /** How many times the photo's pixels were enlarged; 1 where they were not. */
      readonly upscaled: number;
      readonly bytes: Uint8Array;
    };
