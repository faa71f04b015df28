/** Structured logs: one JSON object a line, with the ids of requests and panoramas. */
import { pino, type DestinationStream, type Logger } from 'pino';
import type { JobLog } from './jobs/log.ts';
import type { Metrics } from './metrics.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function createLog(level: LogLevel, destination: DestinationStream): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

/** Tells of jobs in the log and in the figures. */
export function createJobLog(log: Logger, metrics: Metrics): JobLog {
  return {
    accepted: (panorama, photoBytes) => log.info({ panorama, photoBytes }, 'accepted'),
    started: (panorama, pid) => log.info({ panorama, pid }, 'started'),
    line: (panorama, line) => log.warn({ panorama, line }, "said by the job's process"),
    crashed(panorama, status) {
      metrics.jobCrashed();
      log.error({ panorama, status }, "the job's process ended unasked");
    },
    done(panorama, report, peakBytes) {
      metrics.jobDone(report, peakBytes);
      log.info({ panorama, ...report, peakBytes }, 'made');
    },
    ended(panorama, status, error) {
      metrics.jobEnded(status, error?.code ?? null);
      log.info({ panorama, status, error: error ?? undefined }, 'ended');
    },
    told(panorama, attempt) {
      metrics.webhookSent(true);
      log.info({ panorama, attempt }, 'webhook sent');
    },
    notTold(panorama, attempt, error, retrySeconds) {
      metrics.webhookSent(false);
      log.warn({ panorama, attempt, code: error.code, retrySeconds }, error.message);
    },
    evicted: (kind, name) => log.info({ kind, name }, 'removed to make room'),
    warning: (message, cause) => log.warn({ err: cause }, message),
    bug: (panorama, message, stack) => log.error({ panorama: panorama ?? undefined, stack }, message),
  };
}
