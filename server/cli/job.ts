/** What the command line knows of the main job. */
import type { PanoramaRequest } from '../../shared/protocol.ts';
import type { PanoramaEvent } from '../panorama/events.ts';

export const ENGINES = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorflow'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface Job {
  readonly photo: Uint8Array;
  readonly request: PanoramaRequest;
  readonly engine: EngineName;
  readonly modelsFolder: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PanoramaEvent) => void | Promise<void>;
}

/** Runs a job to its end; its events carry the pictures. Rejects with a `PanoramaError`, or with a bug. */
export type RunJob = (job: Job) => Promise<void>;
