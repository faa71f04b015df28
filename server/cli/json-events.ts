/** The run told to programs: one JSON event a line. */
import type { PanoramaEvent } from '../panorama/events.ts';
import type { Picture } from '../images/picture.ts';

/** Long side of a preview, in pixels. */
const PREVIEW_SIDE = 128;

export type JsonEvent =
  | Extract<PanoramaEvent, { type: 'progress' }>
  | (Omit<Extract<PanoramaEvent, { type: 'scale' }>, 'preview'> & { readonly preview: string })
  | (Omit<Extract<PanoramaEvent, { type: 'variant' }>, 'bytes'> & { readonly path: string })
  | { readonly type: 'done'; readonly paths: readonly string[] }
  | { readonly type: 'error'; readonly code: string; readonly message: string };

export function jsonLine(event: JsonEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** A small PNG as a data URL. */
export async function previewUrl(picture: Picture): Promise<string> {
  // Loaded when first needed: other reports start without a decoder.
  const { encodePicture } = await import('../images/encode.ts');
  const { resample } = await import('../images/resample.ts');
  const factor = Math.min(1, PREVIEW_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * factor));
  const height = Math.max(1, Math.round(picture.height * factor));
  const bytes = await encodePicture(await resample(picture, width, height), 'png');
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
}
