/** Layouts of any size from a trained model (SinGAN, section 2.1: noise of any shape may be fed). */
import type { Engine } from '../program.ts';
import type { Picture } from '../images/picture.ts';
import { clipToFrame, frameAtLevel } from '../../shared/geometry.ts';
import type { Rectangle, Size } from '../../shared/geometry.ts';
import type { SinGan } from './model.ts';
import { toFloats, toPicture } from './pictures.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { compileSamplingChain } from './sampling-chain.ts';

/** The frame to fill and where the whole photo lies in it, as `placePhoto` gives it, in the frame's pixels. */
interface Layout {
  readonly frame: Size;
  /** Sets the size of things in every mode; may reach beyond the frame. In `extend` the photo stays there. */
  readonly photo: Rectangle;
}

export type SampleRequest =
  /** z* at the photo's place gives the photo back there; fresh noise continues it on all sides. */
  | (Layout & { readonly mode: 'extend' })
  /** Noise everywhere. */
  | (Layout & { readonly mode: 'reimagine' })
  /** The stretched photo, injected at scale `startScale` and refined by that and the finer generators. */
  | (Layout & { readonly mode: 'retarget'; readonly startScale?: number });

export interface Sampler {
  /** Of the pictures it gives, in pixels. */
  readonly size: Size;
  /** Of the stretched photo that `retarget` wants; null in the other modes. */
  readonly startSize: Size | null;
  /** The sample that belongs to a seed. The signal ends one that is drawn in tiles, between two of them. */
  sample(seed: number, stretched?: Picture, signal?: AbortSignal): Promise<Picture>;
  dispose(): Promise<void>;
}

/** The frame's size and the photo's place at every scale. */
export function layoutLevels(model: SinGan, { frame, photo }: Layout): { frame: Size; photo: Rectangle }[] {
  return model.levels.map((level) => frameAtLevel(frame, photo, level));
}

/** Where `retarget` starts by default: the middle scale. */
export function defaultStartScale(model: SinGan): number {
  return Math.min(model.levels.length - 1, Math.floor(model.levels.length / 2));
}

/**
 * Compiles the chain of generators for a request; draw as many samples from it as are wanted, then dispose it. Where the
 * engine's memory is too short for whole layers, samples are drawn in tiles.
 */
export async function compileSampler(
  engine: Engine,
  model: SinGan,
  request: SampleRequest,
): Promise<Sampler> {
  const firstScale = request.mode === 'retarget' ? (request.startScale ?? defaultStartScale(model)) : 0;
  const layouts = layoutLevels(model, request);
  const levels = layouts.slice(firstScale).map(({ frame, photo }, i) => {
    const generator = model.generators[firstScale + i];
    const amplitude = model.noiseAmplitudes[firstScale + i];
    if (!generator || amplitude === undefined) throw new Error('internal: sample: the model is not complete');
    // Only where the photo stays do the rows stay the photo's own.
    const rows =
      request.mode === 'extend' ? { top: photo.y, height: photo.height } : { top: 0, height: frame.height };
    return { generator, amplitude, size: frame, photo, rows };
  });
  const [start, end] = [levels[0], levels[levels.length - 1]];
  if (!start || !end) throw new Error(`internal: sample: no scale ${firstScale} in the model`);
  const injected = request.mode === 'retarget';
  const chain = await compileSamplingChain(engine, levels, { injected });

  return {
    size: end.size,
    startSize: injected ? start.size : null,
    async sample(seed, stretched, signal) {
      const noises = freshNoises(chain.noiseLengths, createRandom(seed, 'sample'));
      if (request.mode === 'extend') {
        levels.forEach(({ size, photo }, i) =>
          layStill(noises[i], size, photo, i === 0 ? model.zStar : null),
        );
      }
      if (injected && (stretched?.width !== start.size.width || stretched.height !== start.size.height)) {
        const { width, height } = start.size;
        throw new Error(`internal: sample: retarget: a picture of ${width}×${height} expected`);
      }
      const first = injected && stretched ? toFloats(stretched) : undefined;
      const { picture } = await chain.run(noises, first, signal);
      return toPicture(picture, end.size);
    },
    dispose: () => chain.dispose(),
  };
}

/** Replaces the noise at the photo's place: by z* (one channel) where it is given, else by none (three channels). */
function layStill(
  noise: Float32Array | undefined,
  size: Size,
  photo: Rectangle,
  zStar: Float32Array | null,
): void {
  const place = clipToFrame(photo, size);
  if (!noise || !place) return;
  const channels = zStar ? 1 : 3;
  for (let y = place.y; y < place.y + place.height; y++) {
    const target = (y * size.width + place.x) * channels;
    if (zStar) {
      const source = (y - photo.y) * photo.width + (place.x - photo.x);
      noise.set(zStar.subarray(source, source + place.width), target);
    } else noise.fill(0, target, target + place.width * channels);
  }
}

/** Noises of a chain's levels, all drawn anew. */
export function freshNoises(lengths: readonly number[], random: Random): Float32Array[] {
  return lengths.map((length) => random.normal(length));
}

/** Noises of a chain's levels that give the photo back, at the photo's own sizes. */
export function reconstructionNoises(lengths: readonly number[], zStar: Float32Array): Float32Array[] {
  return lengths.map((length, level) => (level === 0 ? zStar : new Float32Array(length)));
}
