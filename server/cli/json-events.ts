/** The run told to programs: one JSON event a line. */
import type { RunEvent, ScaleTold, Step } from './job.ts';

export type JsonEvent =
  | Step
  | Extract<RunEvent, { type: 'job' }>
  | (Omit<ScaleTold, 'preview'> & { readonly preview: string })
  | (Omit<Extract<RunEvent, { type: 'variant' }>, 'bytes'> & { readonly path: string })
  | { readonly type: 'done'; readonly paths: readonly string[] }
  | { readonly type: 'error'; readonly code: string; readonly message: string };

export function jsonLine(event: JsonEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** A trained scale with its preview as a small data URL. */
export async function scaleLine(event: ScaleTold): Promise<JsonEvent> {
  if (typeof event.preview === 'string') return { ...event, preview: event.preview };
  // Loaded when first needed: other reports start without an encoder.
  const { thumbnailOf } = await import('../images/thumbnail.ts');
  return { ...event, preview: await thumbnailOf(event.preview) };
}
