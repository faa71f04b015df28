import { ImageError } from './errors.ts';

export const MAX_FILE_BYTES = 64 * 1024 * 1024;
export const MAX_PIXELS = 100_000_000;
/** In pixels: nothing can be learnt from less. */
export const MIN_SIDE = 16;
export const MAX_ASPECT_RATIO = 20;

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
