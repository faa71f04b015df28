/** Seconds of painting alone: a layout that needs no training, in full quality. */
import { readFile } from 'node:fs/promises';
import type { Size } from '../../shared/geometry.ts';
import { requireRequest } from '../../shared/request.ts';
import { decodePicture } from '../images/decode.ts';
import { draftLayout } from '../painter/draft-layout.ts';
import { paint } from '../painter/paint.ts';
import { planPanorama } from '../panorama/plan.ts';

export interface PaintResult {
  readonly seconds: number;
  /** The same on one thread by the same on all. */
  readonly speedUp: number;
  /** Highest resident memory of this process so far, in MiB. */
  readonly peakMebibytes: number;
}

/** Paints `extend` of the photo twice: on all threads, then on one. */
export async function benchmarkPaint(path: string, frame: Size): Promise<PaintResult> {
  const source = await decodePicture(await readFile(path));
  const plan = planPanorama(source, requireRequest({ ...frame }));
  const layout = await draftLayout(source, plan.frame, plan.photo, plan.mode);
  const timed = async (threads?: number): Promise<number> => {
    const started = performance.now();
    await paint({ layout, source, frame: plan.frame, photo: plan.photo, keep: true, threads });
    return (performance.now() - started) / 1000;
  };
  const seconds = await timed();
  const alone = await timed(1);
  return {
    seconds,
    speedUp: alone / seconds,
    peakMebibytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}
