import { PanoramaError } from '../../shared/errors.ts';

/** A training that cannot succeed as it was asked for. */
export class TrainingError extends PanoramaError<'training-diverged'> {}
