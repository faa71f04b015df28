import { PanoramaError } from '../../shared/errors.ts';

/** Why a picture was refused. */
export type ImageErrorCode =
  'empty' | 'not-a-picture' | 'unsupported-format' | 'damaged' | 'too-large' | 'too-small' | 'too-narrow';

export class ImageError extends PanoramaError<ImageErrorCode> {
  constructor(code: ImageErrorCode, message: string, cause?: unknown) {
    super(code, 'request', `photo: ${message}`, cause);
  }
}
