import { createHash } from 'node:crypto';
import type { Hyperparameters } from '../../shared/hyperparameters.ts';
import type { Picture } from '../images/picture.ts';

/** Raised when stored models can no longer be read or would be trained otherwise. */
export const FORMAT_VERSION = 1;

/**
 * The name of the model of a photo: the same pixels, hyperparameters and format give the same one, whatever the
 * file was called or how it was compressed.
 */
export function modelKey(photo: Picture, hyperparameters: Hyperparameters): string {
  const recipe = Object.entries(hyperparameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const header = { version: FORMAT_VERSION, width: photo.width, height: photo.height, recipe };
  return createHash('sha256').update(JSON.stringify(header)).update(photo.data).digest('hex');
}
