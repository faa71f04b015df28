/** What a job will take on this machine, before it is sent. */
import { PHASES, type Estimate } from '../../shared/protocol.ts';
import type { Size } from '../../shared/geometry.ts';
import type { PanoramaRequest } from '../../shared/request.ts';
import { atPace, planPanorama, type Pace } from '../panorama/plan.ts';
import { JobError } from './errors.ts';
import { DOUBT } from './records.ts';

/** The start of the job's process. */
const START_SECONDS = 0.5;

/** `waitSeconds` is how long a job sent now would wait for its turn. */
export function estimate(image: Size, request: PanoramaRequest, pace: Pace, waitSeconds: number): Estimate {
  const { seconds, memoryBytes, upscaled, scaleSeconds } = atPace(planPanorama(image, request), pace);
  const total = PHASES.reduce((sum, phase) => sum + seconds[phase], START_SECONDS);
  const draft = START_SECONDS + seconds.decode + seconds.draft + seconds.encode / (1 + request.variants);
  return {
    seconds: range(total),
    draftSeconds: range(draft),
    waitSeconds: range(waitSeconds),
    memoryBytes,
    upscaled,
    scales: scaleSeconds.length,
  };
}

function range(seconds: number): { low: number; high: number } {
  return { low: seconds * DOUBT.low, high: seconds * DOUBT.high };
}

/** In the middle. */
export function expectedSeconds(estimated: Estimate): number {
  return estimated.seconds.low / DOUBT.low;
}

/** @throws JobError `needs-more-memory` for a job that cannot fit into `limitBytes` */
export function checkMemory({ memoryBytes }: Estimate, limitBytes: number): void {
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
