/** The whole job on a real photo, made small, with the real engine. What is trained once serves most tests. */
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODES, requireRequest } from '../../shared/request.ts';
import type { PanoramaRequestInput } from '../../shared/request.ts';
import { decodePicture } from '../images/decode.ts';
import { encodePicture } from '../images/encode.ts';
import { CHANNELS } from '../images/picture.ts';
import type { Picture } from '../images/picture.ts';
import { resample } from '../images/resample.ts';
import { ModelError } from '../models/model-error.ts';
import type { PanoramaEvent } from './events.ts';
import { PHASES } from '../../shared/protocol.ts';
import { ModelStore } from '../models/model-store.ts';
import { makePanorama } from './make-panorama.ts';
import type { JobReport, PanoramaJob } from './make-panorama.ts';

type Variant = Extract<PanoramaEvent, { type: 'variant' }>;
const EPOCHS = 100;

let original: Picture;
let photo: Picture;
let tinyPhoto: Picture;
const folders: string[] = [];
async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'panorama-job-'));
  folders.push(folder);
  return folder;
}
beforeAll(async () => {
  const file = await readFile(new URL('../../examples/mountain-pass.jpg', import.meta.url));
  original = await decodePicture(file);
  photo = await resample(original, 200, 133);
  tinyPhoto = await resample(original, 40, 30);
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

interface Ran {
  readonly events: PanoramaEvent[];
  readonly variants: Variant[];
  readonly scales: number[];
}

async function run(
  source: Picture,
  modelsFolder: string,
  request: PanoramaRequestInput,
  options: Partial<PanoramaJob> = {},
): Promise<Ran> {
  const events: PanoramaEvent[] = [];
  const training = request.preset === 'draft' ? {} : { training: { epochs: EPOCHS } };
  await makePanorama({
    photo: await encodePicture(source, 'png'),
    request: requireRequest({ ...training, ...request }),
    engine: 'cpu',
    models: ModelStore.inFolder(modelsFolder),
    signal: new AbortController().signal,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return {
    events,
    variants: events.filter((event) => event.type === 'variant'),
    scales: events.flatMap((event) => (event.type === 'scale' ? [event.scale] : [])),
  };
}

/** Largest difference of the pixels that `part` has from those of `whole` at a place. */
function difference(whole: Picture, part: Picture, left: number, top: number): number {
  let worst = 0;
  for (let y = 0; y < part.height; y++) {
    for (let i = 0; i < part.width * CHANNELS; i++) {
      const a = whole.data[((y + top) * whole.width + left) * CHANNELS + i] ?? NaN;
      worst = Math.max(worst, Math.abs(a - (part.data[y * part.width * CHANNELS + i] ?? NaN)));
    }
  }
  return worst;
}

describe('makePanorama', () => {
  let models: string;
  let first: Ran;
  let tinyModels: string;
  const tinyFrame = { width: 60, height: 30 };
  const request = { width: 300, height: 133, anchor: { x: 0.25, y: 0.5 } };
  beforeAll(async () => {
    models = await createFolder();
    first = await run(photo, models, request);
  }, 120_000);

  it('[JOB6] tells the phases in order, the draft first, then each scale, then the variants', () => {
    const { events, scales } = first;
    const phases = events.flatMap((event) => (event.type === 'progress' ? [event.phase] : []));
    const order = [...new Set(phases)];
    expect(order).toEqual(PHASES.filter((phase) => phase !== 'decode'));
    const news = events.filter((event) => event.type !== 'progress');
    expect(
      news.map((event) => (event.type === 'scale' ? `scale ${event.scale}` : `variant ${event.n}`)),
    ).toEqual(['variant 0', ...scales.map((scale) => `scale ${scale}`), 'variant 1']);
    const fractions = events.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []));
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  it('[JOB7] a scale is told with its number, its epochs, its losses and what it makes of the photo', () => {
    const scales = first.events.filter((event) => event.type === 'scale');
    expect(scales.map(({ scale, scales: count, epochs }) => ({ scale, count, epochs }))).toEqual([
      { scale: 1, count: 4, epochs: 100 },
      { scale: 2, count: 4, epochs: 50 },
      { scale: 3, count: 4, epochs: 27 },
      { scale: 4, count: 4, epochs: 13 },
    ]);
    for (const { losses } of scales) expect(Object.values(losses ?? {}).every(Number.isFinite)).toBe(true);
    expect(scales.at(-1)?.preview).toMatchObject({ width: 100, height: 67 });
  });

  it('[JOB8] pictures have the frame’s exact size and, in extend, the photo’s own pixels at its place', async () => {
    expect(first.variants.map(({ n }) => n)).toEqual([0, 1]);
    for (const { bytes, width, height, upscaled } of first.variants) {
      expect({ width, height, upscaled }).toEqual({ width: 300, height: 133, upscaled: 1 });
      const picture = await decodePicture(bytes);
      expect([picture.width, picture.height]).toEqual([300, 133]);
      expect(difference(picture, photo, 25, 0)).toBe(0);
    }
  });

  it('[JOB9] another frame of the same photo trains nothing', async () => {
    for (const other of [
      { width: 120, height: 160, mode: 'reimagine' },
      { width: 200, height: 100, mode: 'retarget' },
      { width: 240, height: 133, zoom: 1.1, anchor: { x: 1, y: 0 } },
      { width: 16, height: 16 },
    ] as const) {
      const { variants, scales, events } = await run(photo, models, other);
      expect(scales).toEqual([]);
      expect(variants.map(({ n, width, height }) => [n, width, height])).toEqual(
        [0, 1].map((n) => [n, other.width, other.height]),
      );
      expect(events.some((event) => event.type === 'progress' && event.scale !== undefined)).toBe(false);
    }
  });

  it('[JOB10] the same request gives the same bytes, whether the model is new or from the store', async () => {
    const again = await run(photo, models, request);
    expect(again.variants).toEqual(first.variants);
  });

  it('[JOB11] several variants differ, the first is the one that is made alone', async () => {
    const { variants } = await run(photo, models, { ...request, variants: 3 });
    expect(variants.map(({ n }) => n)).toEqual([0, 1, 2, 3]);
    expect(variants[1]).toEqual(first.variants[1]);
    expect(new Set(variants.map(({ bytes }) => Buffer.from(bytes).toString('base64'))).size).toBe(4);
  });

  it('[JOB19] variants of retarget differ visibly', async () => {
    const { variants } = await run(photo, models, { width: 300, height: 100, mode: 'retarget', variants: 2 });
    const [a, b] = await Promise.all(variants.slice(1).map(({ bytes }) => decodePicture(bytes)));
    let sum = 0;
    a?.data.forEach((value, i) => (sum += Math.abs(value - (b?.data[i] ?? NaN))));
    expect(sum / (300 * 100 * CHANNELS)).toBeGreaterThan(5);
  });

  it('[JOB13] aborted in training, it ends by the signal’s reason, and the next run goes on after the last whole scale', async () => {
    const interrupted = await createFolder();
    tinyModels = await createFolder();
    const controller = new AbortController();
    const reason = new Error('enough');
    let reports = 0;
    const onEvent = (event: PanoramaEvent) => {
      if (event.type === 'progress' && event.scale === 2) setImmediate(() => controller.abort(reason));
      if (controller.signal.aborted) reports++;
    };
    await expect(run(tinyPhoto, interrupted, tinyFrame, { signal: controller.signal, onEvent })).rejects.toBe(
      reason,
    );
    // The iteration that was under way may still be told.
    expect(reports).toBeLessThanOrEqual(1);
    const files = await readdir(interrupted);
    expect(files).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.safetensors$/)]);

    const resumed = await run(tinyPhoto, interrupted, tinyFrame);
    expect(resumed.scales).toEqual([2]);
    const uninterrupted = await run(tinyPhoto, tinyModels, tinyFrame);
    expect(uninterrupted.scales).toEqual([1, 2]);
    expect(resumed.variants).toEqual(uninterrupted.variants);
    expect(await readdir(interrupted)).toEqual(files);
    const [model, expected] = await Promise.all(
      [interrupted, tinyModels].map((folder) => readFile(join(folder, files[0] ?? ''))),
    );
    expect(model).toEqual(expected);

    const other = await run(tinyPhoto, tinyModels, { ...tinyFrame, seed: 2 });
    expect(other.scales).toEqual([]);
    expect(other.variants[1]?.bytes).not.toEqual(uninterrupted.variants[1]?.bytes);
  });

  it('[JOB12] a damaged model ends the job in one line, after the draft', async () => {
    const [name = ''] = await readdir(tinyModels);
    await truncate(join(tinyModels, name), 1000);
    const variants: number[] = [];
    const onEvent = (event: PanoramaEvent) => void (event.type === 'variant' && variants.push(event.n));
    const error: unknown = await run(tinyPhoto, tinyModels, tinyFrame, { onEvent }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ModelError);
    expect((error as Error).message).toMatch(/^[^\n]+delete it to have the model trained anew$/);
    expect(variants).toEqual([0]);
  });

  it('[JOB14] an aborted signal is heard before anything is made', async () => {
    const empty = await createFolder();
    const reason = new Error('never');
    const onEvent = () => expect.unreachable();
    await expect(run(photo, empty, request, { signal: AbortSignal.abort(reason), onEvent })).rejects.toBe(
      reason,
    );
    expect(await readdir(empty)).toEqual([]);
  });

  it('[JOB15] a draft is variant 0 alone and trains nothing', async () => {
    const empty = await createFolder();
    const { variants, scales, events } = await run(photo, empty, { ...request, preset: 'draft' });
    expect(variants).toEqual([first.variants[0]]);
    expect(scales).toEqual([]);
    expect(await readdir(empty)).toEqual([]);
    const last = events.findLast((event) => event.type === 'progress');
    expect(last).toMatchObject({ phase: 'encode', fraction: 1 });
  });

  it.each(MODES)('[PLAN7] every picture tells how many times the photo is enlarged: %s', async (mode) => {
    const { variants } = await run(tinyPhoto, models, { width: 90, height: 54, mode, preset: 'draft' });
    expect(variants.map(({ upscaled }) => upscaled)).toEqual([1.8]);
  });

  it('[JOB16] where the photo covers the frame nothing is trained: the variants are the photo', async () => {
    const empty = await createFolder();
    for (const frame of [
      { width: 200, height: 133 },
      { width: 100, height: 133, zoom: 100, anchor: { x: 1, y: 0 } },
    ]) {
      const { variants, scales } = await run(photo, empty, { ...frame, variants: 2 });
      expect([variants.map(({ n }) => n), scales]).toEqual([[0, 1, 2], []]);
      for (const { bytes } of variants)
        expect(difference(photo, await decodePicture(bytes), 200 - frame.width, 0)).toBe(0);
    }
    expect(await readdir(empty)).toEqual([]);
  });

  it('[JOB20] what was delivered before is not made again, and the rest is the same', async () => {
    const empty = await createFolder();
    const request = { width: 200, height: 133, variants: 3 } as const;
    const all = await run(photo, empty, request);
    const reports: JobReport[] = [];
    const rest = await run(photo, empty, request, {
      delivered: new Set([0, 2]),
      onReport: (report) => reports.push(report),
    });
    expect(rest.variants.map(({ n }) => n)).toEqual([1, 3]);
    for (const { n, bytes } of rest.variants) expect(bytes).toEqual(all.variants[n]?.bytes);
    expect(reports).toHaveLength(1);
    const { phases, modelFound } = reports[0] ?? { phases: {}, modelFound: true };
    expect(modelFound).toBe(null);
    // A third of the painting was left out, of the plan and of the time.
    expect(phases.paint?.planned).toBeCloseTo((2 / 3) * 3 * (0.8 + 0.75 * 0.0266), 5);
    expect(phases.draft).toBe(undefined);
  });

  it.each([
    [40, 16, { width: 40, height: 40 }],
    [16, 16, { width: 48, height: 16, mode: 'retarget' }],
  ] as const)('[JOB17] photos of %i×%i become panoramas too', async (width, height, frame) => {
    const { variants } = await run(await resample(original, width, height), await createFolder(), frame);
    expect(variants.map((variant) => [variant.n, variant.width, variant.height])).toEqual(
      [0, 1].map((n) => [n, frame.width, frame.height]),
    );
  });

  it('[JOB18] a listener that fails ends the job by its reason, whatever it was told', async () => {
    const reason = new Error('disk full');
    for (const type of ['progress', 'variant'] as const) {
      const onEvent = (event: PanoramaEvent) =>
        event.type === type ? Promise.reject(reason) : Promise.resolve();
      await expect(run(photo, models, request, { onEvent })).rejects.toBe(reason);
    }
  });
});
