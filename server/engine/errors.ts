import { PanoramaError } from '../../shared/errors.ts';

export type EngineErrorCode =
  /** Something that the engine needs is not installed. */
  | 'engine-unavailable'
  | 'engine-no-device'
  /** There is a device, but its driver is too old. */
  | 'engine-driver'
  | 'engine-memory'
  /** The device went away in mid-work. */
  | 'engine-device-lost'
  | 'engine-failed';

const OTHER_ENGINE_MAY_DO: readonly EngineErrorCode[] = [
  'engine-unavailable',
  'engine-no-device',
  'engine-driver',
];

/** An engine that cannot start, or failed while it ran a step. */
export class EngineError extends PanoramaError<EngineErrorCode> {
  constructor(code: EngineErrorCode, message: string, cause?: unknown) {
    super(code, OTHER_ENGINE_MAY_DO.includes(code) ? 'request' : 'machine', message, cause);
  }
}
