import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { EagerEngine } from '../engine/eager.ts';
import { createPicture } from '../images/picture.ts';
import type { Picture } from '../images/picture.ts';
import { placePhoto } from '../../shared/geometry.ts';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import { SampleError } from './errors.ts';
import type { SinGan } from './model.ts';
import { toPicture } from './pictures.ts';
import { compileSampler, layoutLevels } from './sample.ts';
import type { SampleRequest } from './sample.ts';
import { trainSinGan } from './train.ts';

const engine = new EagerEngine('cpu');
const PHOTO = { width: 16, height: 14 };
let model: SinGan;
let reconstruction: Picture;

beforeAll(async () => {
  const hyperparameters = {
    ...TRAINING_PRESETS.fast,
    minSize: 11,
    maxSize: 16,
    width: 4,
    epochs: 1,
    epochShares: [1],
    coarserPool: 1,
  };
  model = await trainSinGan({
    engine,
    hyperparameters,
    photo: PHOTO,
    pictureAt: ({ width, height }) => ({
      width,
      height,
      data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 256),
    }),
    onScale: ({ preview }) => void (reconstruction = preview),
  });
});

const draw = async (request: SampleRequest, seed = 1, stretched?: Picture): Promise<Picture> => {
  const sampler = await compileSampler(engine, model, request);
  const picture = await sampler.sample(seed, stretched);
  expect({ width: picture.width, height: picture.height }).toEqual(sampler.size);
  expect(picture.data.length).toBe(picture.width * picture.height * 3);
  await sampler.dispose();
  return picture;
};

const whole = { frame: PHOTO, photo: { x: 0, y: 0, ...PHOTO } };

describe('compileSampler', () => {
  it('[GAN17] gives exactly the layout’s size, whatever the frame, in every mode', async () => {
    const side = fc.integer({ min: 3, max: 40 });
    const zoom = fc.double({ min: 1, max: 2, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        zoom,
        fc.constantFrom('extend', 'reimagine', 'retarget'),
        async (...drawn) => {
          const [width, height, magnification, mode] = drawn;
          const frame = { width, height };
          const { photo } = placePhoto(PHOTO, frame, { x: 0.5, y: 0.3 }, magnification);
          const request = { mode, frame, photo } as SampleRequest;
          const size = layoutLevels(model, request)[1]?.frame;
          const stretched =
            mode === 'retarget' ? createPicture(size?.width ?? 0, size?.height ?? 0) : undefined;
          const picture = await draw(request, 1, stretched);
          expect({ width: picture.width, height: picture.height }).toEqual(size);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('[GAN18] extend: the photo alone in its own frame is the reconstruction, whatever the seed', async () => {
    expect(await draw({ mode: 'extend', ...whole }, 1)).toEqual(reconstruction);
    expect(await draw({ mode: 'extend', ...whole }, 2)).toEqual(reconstruction);
  });

  it('[GAN18] extend: z* gives the photo back at its place and noise continues it', async () => {
    const frame = { width: 32, height: 14 };
    const picture = await draw({ mode: 'extend', frame, photo: { x: 0, y: 0, ...PHOTO } });
    const column = ({ width, height, data }: Picture, x: number) =>
      Array.from({ length: height }, (_, y) => [
        ...data.subarray((y * width + x) * 3, (y * width + x + 1) * 3),
      ]);
    // Columns out of the networks' reach of the fresh noise.
    for (const x of [0, 1, 2]) expect(column(picture, x)).toEqual(column(reconstruction, x));
    const other = await draw({ mode: 'extend', frame, photo: { x: 0, y: 0, ...PHOTO } }, 2);
    expect(column(other, 0)).toEqual(column(picture, 0));
    expect(column(other, 31)).not.toEqual(column(picture, 31));
  });

  it('[GAN19] the same seed gives the same sample, another seed another', async () => {
    const request: SampleRequest = { mode: 'reimagine', ...whole };
    const sampler = await compileSampler(engine, model, request);
    const once = await sampler.sample(7);
    expect(await sampler.sample(7)).toEqual(once);
    expect((await sampler.sample(8)).data).not.toEqual(once.data);
  });

  it('[GAN25] a model that holds no numbers gives an error in one line, no black picture', async () => {
    const generators = model.generators.map((generator) => ({
      ...generator,
      weights: generator.weights.map((value, index) => (index === 50 ? NaN : value)),
    }));
    const sampler = await compileSampler(engine, { ...model, generators }, { mode: 'reimagine', ...whole });
    await expect(sampler.sample(1)).rejects.toThrow(SampleError);
    await sampler.dispose();
  });

  it.each([NaN, Infinity, -Infinity])('[GAN25] %f is no pixel', (value) => {
    const values = Float32Array.of(0, 5, -5, 0, 0, value);
    expect(() => toPicture(values, { width: 2, height: 1 })).toThrow(
      expect.objectContaining({
        code: 'sample-not-finite',
        kind: 'machine',
        message: `sample: a value of the picture of 2×1 is ${value}: the engine failed or the training diverged; try engine cpu, or a smaller learning rate`,
      }),
    );
  });

  it('[GAN20] retarget: continues the stretched photo at its first scale and wants it at that size', async () => {
    const sampler = await compileSampler(engine, model, { mode: 'retarget', startScale: 1, ...whole });
    expect(sampler.startSize).toEqual(PHOTO);
    const dark = createPicture(16, 14);
    const bright = { ...dark, data: new Uint8Array(dark.data.length).fill(255) };
    const mean = ({ data }: Picture) => data.reduce((sum, value) => sum + value, 0) / data.length;
    const [ofDark, ofBright] = [await sampler.sample(1, dark), await sampler.sample(1, bright)];
    expect(mean(ofBright) - mean(ofDark)).toBeGreaterThan(60);
    await expect(sampler.sample(1, createPicture(15, 14))).rejects.toThrow('16×14 expected');
    await expect(sampler.sample(1)).rejects.toThrow('16×14 expected');
  });
});
