/** What a file is and whether it can become a panorama, told before anything is sent. */
import type { Size } from '../../shared/geometry.ts';
import type { OtherFormat } from '../../shared/picture-format.ts';
import { PHOTO_LIMITS } from '../../shared/protocol.ts';

/** Why a file is not taken. */
export type PhotoProblem =
  | { readonly type: 'empty' }
  /** The file is larger than the server takes. */
  | { readonly type: 'too-heavy'; readonly bytes: number }
  /** Null where the format has no name here. */
  | { readonly type: 'foreign'; readonly format: OtherFormat | null }
  /** A photo by its first bytes, but it does not open. */
  | { readonly type: 'damaged' }
  | { readonly type: 'too-many-pixels'; readonly size: Size }
  | { readonly type: 'too-small'; readonly size: Size }
  | { readonly type: 'too-narrow'; readonly size: Size };

/** What a chooser of files offers. */
export const ACCEPTED_TYPES = 'image/png,image/jpeg,image/webp,image/avif,image/gif,image/tiff';

/** What is wrong with a file of this many bytes, before it is read. */
export function problemOfBytes(bytes: number): PhotoProblem | null {
  if (bytes === 0) return { type: 'empty' };
  return bytes > PHOTO_LIMITS.bytes ? { type: 'too-heavy', bytes } : null;
}

/** What is wrong with a photo of this size. */
export function problemOfSize(size: Size): PhotoProblem | null {
  const short = Math.min(size.width, size.height);
  const long = Math.max(size.width, size.height);
  if (short < PHOTO_LIMITS.minSide) return { type: 'too-small', size };
  if (long > short * PHOTO_LIMITS.maxAspectRatio) return { type: 'too-narrow', size };
  return size.width * size.height > PHOTO_LIMITS.pixels ? { type: 'too-many-pixels', size } : null;
}
