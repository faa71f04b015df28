import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TRAINING_PRESETS } from '../../shared/hyperparameters.ts';
import { BlobError } from '../blobs/errors.ts';
import { FolderBlobs } from '../blobs/folder-blobs.ts';
import { createPicture } from '../images/picture.ts';
import type { Checkpoint } from '../singan/model.ts';
import type { ModelError } from './model-error.ts';
import { modelKey } from './model-key.ts';
import { ModelStore } from './model-store.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const weights = (salt: number): Float32Array =>
  Float32Array.from({ length: 7 }, (_, index) => Math.sin(index + salt));
const level = { width: 30, height: 20 };
const checkpoint = (scales: number): Checkpoint => ({
  model: {
    hyperparameters: TRAINING_PRESETS.fast,
    photo: { width: 300, height: 200 },
    levels: [level, level],
    noiseAmplitudes: [1, 0.0123].slice(0, scales),
    zStar: weights(0),
    generators: [1, 2]
      .slice(0, scales)
      .map((salt) => ({ inputChannels: 6, width: 32, weights: weights(salt) })),
  },
  last: {
    generator: weights(3),
    discriminator: weights(4),
    runningMean: weights(5),
    runningVariance: weights(6),
  },
});

describe('ModelStore', () => {
  let folder: string;
  let store: ModelStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'models-'));
    store = ModelStore.inFolder(join(folder, 'made', 'when', 'needed'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const file = async (): Promise<string> => {
    const [name] = await readdir(join(folder, 'made/when/needed'));
    return join(folder, 'made/when/needed', name ?? '');
  };

  it('[MODEL1] gives back a checkpoint number for number, and nothing for an unknown key', async () => {
    expect(await store.load('a')).toBeNull();
    await store.save('a', checkpoint(1));
    expect(await store.load('a')).toEqual(checkpoint(1));
    expect(await store.load('b')).toBeNull();
  });

  it('[MODEL1] keeps nothing of a photo but its size', async () => {
    const { model, last } = checkpoint(1);
    const picture = { ...model.photo, data: new Uint8Array(1 << 20) };
    await store.save('a', { model: { ...model, photo: picture }, last });
    expect((await readFile(await file())).length).toBeLessThan(5000);
  });

  it('[MODEL2] keeps of a complete model only what sampling needs', async () => {
    await store.save('a', checkpoint(1));
    await store.save('a', checkpoint(2));
    expect(await store.load('a')).toEqual({ model: checkpoint(2).model, last: null });
    expect(await readdir(join(folder, 'made/when/needed'))).toHaveLength(1);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5), /checksum/],
    ['cut off in its header', (bytes: Buffer) => bytes.subarray(0, 100), /cut off inside its header/],
    ['empty', () => Buffer.alloc(0), /not in the safetensors format/],
    ['text', () => Buffer.from('hello, this is no model at all'), /not in the safetensors format/],
    [
      'without a checksum',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('sha256', 'sha999'), 'latin1'),
      /no checksum/,
    ],
    [
      'altered in its header',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('0.0123', '0.0124'), 'latin1'),
      /checksum/,
    ],
    ['altered', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([1])]), /checksum/],
    [
      'of another program',
      (bytes: Buffer) =>
        Buffer.from(
          bytes.toString('latin1').replace('panorama-converter/singan', 'another-program/gan-model'),
          'latin1',
        ),
      /checksum/,
    ],
  ])('[MODEL3] refuses a file that is %s in one line that says what to do', async (_, damage, message) => {
    await store.save('a', checkpoint(2));
    const path = await file();
    await writeFile(path, damage(await readFile(path)));
    const error = await store.load('a').catch((reason: unknown) => reason as ModelError);
    expect(error).toMatchObject({ kind: 'machine', message: expect.stringMatching(message) as string });
    expect((error as ModelError).message).toMatch(/delete it to have the model trained anew/);
    expect((error as ModelError).message).not.toContain('\n');
  });

  it.each(['zStar', 'generators.0', 'last.discriminator'])(
    '[MODEL3] refuses a whole file in which %s is not all numbers',
    async (name) => {
      await store.save('a', checkpoint(1));
      const { tensors, metadata } = readSafetensors(await readFile(await file()));
      tensors.get(name)!.data[3] = NaN;
      await writeFile(await file(), writeSafetensors({ tensors, metadata }));
      await expect(store.load('a')).rejects.toMatchObject({
        code: 'damaged',
        message: `${await file()}: model file: tensor ${name} holds values that are not finite; delete it to have the model trained anew`,
      });
    },
  );

  it('[MODEL3] refuses a file of another program by its format', async () => {
    await store.save('a', checkpoint(2));
    await writeFile(
      await file(),
      writeSafetensors({ tensors: new Map(), metadata: { format: 'other', version: '3' } }),
    );
    await expect(store.load('a')).rejects.toThrow(
      /expected panorama-converter\/singan 1, got other 3; delete it/,
    );
  });

  it.runIf(process.platform === 'linux')('[MODEL4] gives up where no folder can be made', async () => {
    await expect(ModelStore.inFolder('/proc/no/such/folder').save('a', checkpoint(1))).rejects.toThrow(
      /cannot write/,
    );
  });

  it('[WORK9] says as the store does that it is away', async () => {
    const away = new BlobError('store-away', 'store: away');
    const blobs = new FolderBlobs(folder);
    blobs.get = () => Promise.reject(away);
    await expect(new ModelStore(blobs).load('a')).rejects.toBe(away);
  });

  it('[MODEL4] leaves nothing half-written when the folder cannot be used', async () => {
    await writeFile(join(folder, 'file'), '');
    const blocked = ModelStore.inFolder(join(folder, 'file', 'models'));
    await expect(blocked.save('a', checkpoint(1))).rejects.toThrow(
      /cannot write .* choose another with DATA_DIR/,
    );
    expect(await readdir(folder)).toEqual(['file']);
  });
});

describe('modelKey', () => {
  it('[MODEL5] depends on the pixels, their size and every hyperparameter', () => {
    const photo = createPicture(6, 4);
    const key = modelKey(photo, TRAINING_PRESETS.fast);
    const brighter = createPicture(6, 4);
    brighter.data[5] = 1;
    const others = [
      modelKey(brighter, TRAINING_PRESETS.fast),
      modelKey({ ...photo, width: 4, height: 6 }, TRAINING_PRESETS.fast),
      modelKey(photo, { ...TRAINING_PRESETS.fast, seed: 2 }),
      modelKey(photo, TRAINING_PRESETS.classic),
    ];
    expect(new Set([key, ...others]).size).toBe(5);
    expect(modelKey(createPicture(6, 4), { ...TRAINING_PRESETS.fast })).toBe(key);
  });
});
