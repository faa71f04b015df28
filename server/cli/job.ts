/** What the command line knows of the main job: types only, since the job brings the networks' libraries. */
import type { makePanorama } from '../panorama/make-panorama.ts';

/** Runs a job to its end; its events carry the pictures. Rejects with a `PanoramaError`, or with a bug. */
export type RunJob = typeof makePanorama;
