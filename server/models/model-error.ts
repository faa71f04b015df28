import { PanoramaError } from '../../shared/errors.ts';

/** A stored model that cannot be read (`damaged`, `foreign`) or a folder that cannot be used (`store`). */
export class ModelError extends PanoramaError<'damaged' | 'foreign' | 'store'> {
  constructor(code: 'damaged' | 'foreign' | 'store', message: string, cause?: unknown) {
    super(code, 'machine', message, cause);
  }
}
