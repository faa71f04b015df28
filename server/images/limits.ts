import { PHOTO_LIMITS } from '../../shared/protocol.ts';
import { ImageError } from './errors.ts';

export const {
  bytes: MAX_FILE_BYTES,
  pixels: MAX_PIXELS,
  minSide: MIN_SIDE,
  maxAspectRatio: MAX_ASPECT_RATIO,
} = PHOTO_LIMITS;

/** Throws `ImageError` for a file of more bytes than are ever decoded, so that it need not be read. */
export function checkFileSize(sizeBytes: number): void {
  if (sizeBytes <= MAX_FILE_BYTES) return;
  throw new ImageError(
    'too-large',
    `expected at most ${mebibytes(MAX_FILE_BYTES)}, got ${mebibytes(sizeBytes)}`,
  );
}

/** Rounded up, so that a size just over a limit does not read like the limit. */
function mebibytes(sizeBytes: number): string {
  return `${Math.ceil((sizeBytes / 1024 / 1024) * 10) / 10} MiB`;
}
