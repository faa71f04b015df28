/** What the command line knows of the main job: types only, since the job brings the networks' libraries. */
import type { makePanorama, PanoramaJob } from '../panorama/make-panorama.ts';

export type EngineName = PanoramaJob['engine'];
export const ENGINES = [
  'auto',
  'cpu',
  'webgpu',
  'cuda',
  'tensorflow',
] as const satisfies readonly EngineName[];

/** Runs a job to its end; its events carry the pictures. Rejects with a `PanoramaError`, or with a bug. */
export type RunJob = typeof makePanorama;
