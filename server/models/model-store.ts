/** Trained models on disk, one safetensors file each, named by their key. */
import { z } from 'zod';
import { OPTIMIZERS } from '../../shared/hyperparameters.ts';
import { PanoramaError } from '../../shared/errors.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { FolderBlobs } from '../blobs/folder-blobs.ts';
import { DiskError, systemCode } from '../disk/errors.ts';
import type { HostTensor } from '../program.ts';
import type { Checkpoint, NetworkWeights, SinGan } from '../singan/model.ts';
import { ModelError } from './model-error.ts';
import { FORMAT_VERSION } from './model-key.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const FORMAT = 'panorama-converter/singan';

const sizeSchema = z.object({ width: z.int().positive(), height: z.int().positive() });
const hyperparametersSchema = z.object({
  minSize: z.int(),
  maxSize: z.int(),
  scaleFactor: z.number(),
  scaleCount: z.enum(['published', 'nearest']),
  epochs: z.int(),
  epochShares: z.array(z.number()),
  width: z.int(),
  widthDoublesEvery: z.int().nullable(),
  maxWidth: z.int(),
  normalization: z.enum(['batch', 'none']),
  initialization: z.enum(['published', 'he']),
  rowChannels: z.boolean(),
  optimizer: z.enum(OPTIMIZERS),
  learningRate: z.number(),
  beta1: z.number(),
  beta2: z.number(),
  learningRateDecay: z.object({ at: z.number(), factor: z.number() }).nullable(),
  discriminatorSteps: z.int(),
  fakePer: z.enum(['step', 'iteration']),
  generatorSteps: z.int(),
  gradientPenaltyWeight: z.number(),
  gradientPenaltyEvery: z.int(),
  reconstructionWeight: z.number(),
  noiseAmplitude: z.number(),
  emaDecay: z.number().nullable(),
  coarserPool: z.int().nullable(),
  seed: z.int(),
});
/** What the numbers alone do not say. */
const descriptionSchema = z.object({
  hyperparameters: hyperparametersSchema,
  photo: sizeSchema,
  levels: z.array(sizeSchema).min(1),
  noiseAmplitudes: z.array(z.number()),
  generators: z.array(z.object({ inputChannels: z.int(), width: z.int() })),
});

const NETWORK_PARTS = ['generator', 'discriminator', 'runningMean', 'runningVariance'] as const;

/** A model that may miss its finer scales; then `last` has the weights that its training goes on from. */
export interface StoredModel {
  readonly model: SinGan;
  readonly last: NetworkWeights | null;
}

export class ModelStore {
  /** Models are the blobs whose keys begin with `prefix`. */
  constructor(
    private readonly blobs: Blobs,
    private readonly prefix = '',
  ) {}

  /** Where they are. */
  get place(): string {
    return this.blobs.place;
  }

  /** On a folder of models. */
  static inFolder(folder: string): ModelStore {
    return new ModelStore(new FolderBlobs(folder));
  }

  /**
   * The model of that key, complete or not, or null.
   *
   * @throws ModelError when there is a file but not one that this program wrote whole
   */
  async load(key: string): Promise<StoredModel | null> {
    const blob = this.blobKey(key);
    const bytes = await this.blobs.get(blob).catch((error: unknown) => {
      throw readError(this.nameOf(blob), error);
    });
    if (bytes === null) return null;
    try {
      const model = decode(bytes);
      // For whoever removes what was not used for long; a store that can only be read is good enough to sample from.
      await this.blobs.touch(blob);
      return model;
    } catch (error) {
      if (!(error instanceof ModelError)) throw readError(this.nameOf(blob), error);
      throw new ModelError(
        error.code,
        `${this.nameOf(blob)}: ${error.message}; delete it to have the model trained anew`,
        error,
      );
    }
  }

  /** Keeps a checkpoint; after the last scale only what sampling needs. Replaces the blob in one step. */
  async save(key: string, { model, last }: Checkpoint): Promise<void> {
    const complete = model.generators.length === model.levels.length;
    const blob = this.blobKey(key);
    try {
      await this.blobs.put(blob, encode({ model, last: complete ? null : last }), 'the model');
    } catch (error) {
      if (error instanceof PanoramaError && error.code !== 'not-writable') throw error;
      throw storeError('write', this.nameOf(blob), error instanceof DiskError ? error.cause : error);
    }
  }

  private blobKey(key: string): string {
    return `${this.prefix}${key}.safetensors`;
  }

  private nameOf(blob: string): string {
    return `${this.blobs.place}/${blob}`;
  }
}

function encode({ model, last }: StoredModel): Uint8Array {
  const { hyperparameters, photo, levels, noiseAmplitudes, generators } = model;
  // Parsing leaves out what a caller's objects carry besides.
  const description = {
    hyperparameters,
    photo,
    levels,
    noiseAmplitudes,
    generators: generators.map(({ inputChannels, width }) => ({ inputChannels, width })),
  };
  const vector = (data: Float32Array): HostTensor => ({ shape: [data.length], data });
  const tensors = new Map([['zStar', vector(model.zStar)]]);
  generators.forEach(({ weights }, scale) => tensors.set(`generators.${scale}`, vector(weights)));
  if (last) for (const part of NETWORK_PARTS) tensors.set(`last.${part}`, vector(last[part]));
  const metadata = {
    format: FORMAT,
    version: String(FORMAT_VERSION),
    model: JSON.stringify(descriptionSchema.parse(description)),
  };
  return writeSafetensors({ tensors, metadata });
}

function decode(bytes: Uint8Array): StoredModel {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata['format'] !== FORMAT || metadata['version'] !== String(FORMAT_VERSION)) {
    const found = `${metadata['format'] ?? 'unnamed'} ${metadata['version'] ?? ''}`.trim();
    throw new ModelError('foreign', `model file: expected ${FORMAT} ${FORMAT_VERSION}, got ${found}`);
  }
  const take = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (!tensor) throw new ModelError('damaged', `model file: tensor ${name} is missing`);
    if (!tensor.data.every(Number.isFinite))
      throw new ModelError('damaged', `model file: tensor ${name} holds values that are not finite`);
    return tensor.data;
  };
  const { generators, ...rest } = parseDescription(metadata['model']);
  const model: SinGan = {
    ...rest,
    zStar: take('zStar'),
    generators: generators.map((shape, scale) => ({ ...shape, weights: take(`generators.${scale}`) })),
  };
  if (generators.length === rest.levels.length) return { model, last: null };
  return {
    model,
    last: {
      generator: take('last.generator'),
      discriminator: take('last.discriminator'),
      runningMean: take('last.runningMean'),
      runningVariance: take('last.runningVariance'),
    },
  };
}

function parseDescription(text: string | undefined): z.infer<typeof descriptionSchema> {
  try {
    return descriptionSchema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    throw new ModelError(
      'foreign',
      'model file: its header does not describe a model of this program',
      cause,
    );
  }
}

/** What the store says of itself is passed on: that it is away passes. */
function readError(path: string, error: unknown): unknown {
  return error instanceof PanoramaError ? error : storeError('read', path, error);
}

function storeError(verb: 'read' | 'write', path: string, cause: unknown): ModelError {
  return new ModelError(
    'store',
    `models: cannot ${verb} ${path} (${systemCode(cause)}); check the folder, or choose another with DATA_DIR`,
    cause,
  );
}
