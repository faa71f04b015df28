/** What a job will take on this machine, before it is sent. */
import { PHASES, type Estimate } from '../../shared/protocol.ts';
import type { Size } from '../../shared/geometry.ts';
import type { PanoramaRequest } from '../../shared/request.ts';
import { atPace, planPanorama, type Pace } from '../panorama/plan.ts';
import { JobError } from './errors.ts';
import { secondsRange } from './seconds.ts';

/** The start of the job's process. */
const START_SECONDS = 0.5;

/** What a job is expected to take, in seconds from its start. */
export interface Expectation {
  readonly seconds: number;
  readonly draftSeconds: number;
  /** At its peak. */
  readonly memoryBytes: number;
  readonly upscaled: number;
  readonly scales: number;
}

export function expectJob(image: Size, request: PanoramaRequest, pace: Pace): Expectation {
  const { seconds, memoryBytes, upscaled, scaleSeconds } = atPace(planPanorama(image, request), pace);
  return {
    seconds: PHASES.reduce((sum, phase) => sum + seconds[phase], START_SECONDS),
    draftSeconds: START_SECONDS + seconds.decode + seconds.draft + seconds.encode / (1 + request.variants),
    memoryBytes,
    upscaled,
    scales: scaleSeconds.length,
  };
}

/** `waitSeconds` is how long a job sent now would wait for its turn. */
export function estimate(image: Size, request: PanoramaRequest, pace: Pace, waitSeconds: number): Estimate {
  const { seconds, draftSeconds, ...rest } = expectJob(image, request, pace);
  return {
    seconds: secondsRange(seconds),
    draftSeconds: secondsRange(draftSeconds),
    waitSeconds: secondsRange(waitSeconds),
    ...rest,
  };
}

/** @throws JobError `needs-more-memory` for a job that needs more than `limitBytes` */
export function checkMemory(memoryBytes: number, limitBytes: number): void {
  if (memoryBytes <= limitBytes) return;
  throw new JobError(
    'needs-more-memory',
    'request',
    `memory: expected a job of at most ${gibibytes(limitBytes)}, which this server has, got one that needs about ${gibibytes(memoryBytes)}; a smaller frame, maximum size or preset needs less`,
  );
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
