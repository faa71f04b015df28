import { PanoramaError } from '../../shared/errors.ts';

/** A training that cannot succeed as it was asked for. */
export class TrainingError extends PanoramaError<'training-diverged'> {}

/** A sample that is no picture, though the model's weights are numbers. */
export class SampleError extends PanoramaError<'sample-not-finite'> {}
