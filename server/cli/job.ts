/** What the command line knows of a job, wherever it runs: types only, since the local one brings the networks' libraries. */
import type { PanoramaEvent } from '../panorama/events.ts';
import type { makePanorama, PanoramaJob } from '../panorama/make-panorama.ts';

/** Runs a job to its end; its events carry the pictures. Rejects with a `PanoramaError`, or with a bug. */
export type RunJob = typeof makePanorama;

type Told<Type extends PanoramaEvent['type']> = Extract<PanoramaEvent, { type: Type }>;

/** A scale's preview is a data URL where a server made it. */
export type ScaleTold =
  | Told<'scale'>
  | (Omit<Told<'scale'>, 'losses' | 'preview'> & {
      readonly losses: Readonly<Record<string, number>>;
      readonly preview: string;
    });

/** How far a job is: at work, or on its way to a server and in its queue. */
export type Step =
  | Told<'progress'>
  | { readonly type: 'sending' }
  | {
      readonly type: 'queued';
      /** 1 is next; null where the server does not say. */
      readonly position: number | null;
      /** Seconds until it has ended. */
      readonly remaining?: { readonly low: number; readonly high: number };
    };

/** What happens in a run. `job` comes once, when a server has taken the job. */
export type RunEvent =
  Step | ScaleTold | Told<'variant'> | { readonly type: 'job'; readonly id: string; readonly server: string };

/** A run's job, wherever it is done. */
export type Work = (
  job: Pick<PanoramaJob, 'photo' | 'request' | 'signal'> & {
    /** Awaited before the job goes on. */
    readonly onEvent: (event: RunEvent) => Promise<void>;
  },
) => Promise<void>;
