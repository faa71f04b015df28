/** What is to be made: every setting, and the request that they come to. */
import { batch, computed, signal } from '@preact/signals';
import type { Point, Size } from '../../../shared/geometry.ts';
import {
  LIMITS,
  TRAINING_PRESETS,
  type OptimizerName,
  type PresetName,
  type TrainingOptions,
} from '../../../shared/hyperparameters.ts';
import type { Panorama } from '../../../shared/protocol.ts';
import {
  FORMATS,
  FRAME_SIDE,
  MAX_VARIANTS,
  MAX_ZOOM,
  panoramaRequestSchema,
  type Format,
  type Mode,
  type PanoramaRequest,
} from '../../../shared/request.ts';
import { NumberField } from './fields.ts';

const SIDE = { ...FRAME_SIDE, whole: true };
export const SEED = { min: 0, max: 2 ** 32 - 1, whole: true };
export const DEFAULT_SEED = 1;
const FIRST_FRAME: Size = { width: 1440, height: 600 };

/** A request as the server answers it. */
export type CheckedRequest = Panorama['request'];

export class Composer {
  readonly width = new NumberField(SIDE, FIRST_FRAME.width);
  readonly height = new NumberField(SIDE, FIRST_FRAME.height);
  readonly mode = signal<Mode>('extend');
  readonly anchor = signal<Point>({ x: 0.5, y: 0.5 });
  /** 1 shows the whole photo. */
  readonly zoom = signal(1);
  readonly preset = signal<PresetName>('fast');
  readonly variants = signal(1);
  /** Undefined is the preset's. */
  readonly epochs = signal<number | undefined>(undefined);
  readonly maxSize = signal<number | undefined>(undefined);
  readonly optimizer = signal<OptimizerName | undefined>(undefined);
  readonly learningRate = new NumberField({ ...LIMITS.learningRate, whole: false });
  readonly seed = new NumberField(SEED);
  readonly format = signal<Format>('png');

  /** The formats that its host can use. */
  readonly formats: readonly Format[];

  /** Null while a side is missing or wrong. */
  readonly frame = computed<Size | null>(() => {
    const width = this.width.number.value;
    const height = this.height.number.value;
    return width === null || height === null ? null : { width, height };
  });

  /** A draft trains nothing and is one picture; what was chosen for the other presets is kept meanwhile. */
  readonly isDraft = computed(() => this.preset.value === 'draft');
  /** The preset's own values; null for a draft. */
  readonly recipe = computed(() => {
    const preset = this.preset.value;
    return preset === 'draft' ? null : TRAINING_PRESETS[preset];
  });

  readonly changed = computed(() => {
    const training = [this.epochs.value, this.maxSize.value, this.optimizer.value].filter(
      (value) => value !== undefined,
    ).length;
    const typed = [this.learningRate, this.seed].filter(({ text }) => text.value.trim() !== '').length;
    return training + typed + (this.format.value === 'png' ? 0 : 1);
  });

  /** All settings as a request; null while one is wrong. */
  readonly request = computed(() => this.requestFor(this.preset.value));

  constructor(formats: readonly Format[] = FORMATS) {
    this.formats = formats;
  }

  /** The same with another preset, to compare them, or for another frame. */
  requestFor(preset: PresetName, frame: Size | null = this.frame.value): CheckedRequest | null {
    const rate = this.learningRate.value.value;
    const seed = this.seed.value.value;
    if (!frame || seed.state === 'wrong' || (preset !== 'draft' && rate.state === 'wrong')) return null;
    const training: TrainingOptions = {
      ...(this.epochs.value !== undefined && { epochs: this.epochs.value }),
      ...(this.maxSize.value !== undefined && { maxSize: this.maxSize.value }),
      ...(this.optimizer.value !== undefined && { optimizer: this.optimizer.value }),
      ...(rate.state === 'number' && { learningRate: rate.value }),
    };
    const parsed = panoramaRequestSchema.safeParse({
      ...frame,
      mode: this.mode.value,
      anchor: this.anchor.value,
      zoom: this.zoom.value,
      preset,
      training: preset === 'draft' ? {} : training,
      seed: seed.state === 'number' ? seed.value : DEFAULT_SEED,
      variants: preset === 'draft' ? 1 : this.variants.value,
      format: this.format.value,
    });
    return parsed.success ? parsed.data : null;
  }

  setFrame({ width, height }: Size): void {
    batch(() => {
      this.width.set(width);
      this.height.set(height);
    });
  }

  /** Swaps the texts, so that a side that is still being typed is swapped too. */
  swap(): void {
    batch(() => {
      const width = this.width.text.value;
      this.width.type(this.height.text.value);
      this.height.type(width);
    });
  }

  setZoom(zoom: number): void {
    this.zoom.value = Math.min(MAX_ZOOM, Math.max(1, zoom));
  }

  setVariants(count: number): void {
    this.variants.value = Math.min(MAX_VARIANTS, Math.max(1, Math.round(count)));
  }

  /** Everything as in this request. */
  apply(request: PanoramaRequest): void {
    batch(() => {
      this.setFrame(request);
      this.mode.value = request.mode;
      this.anchor.value = request.anchor;
      this.zoom.value = request.zoom;
      this.preset.value = request.preset;
      this.variants.value = request.variants;
      this.epochs.value = request.training.epochs;
      this.maxSize.value = request.training.maxSize;
      this.optimizer.value = request.training.optimizer;
      this.learningRate.set(request.training.learningRate);
      this.seed.set(request.seed === DEFAULT_SEED ? null : request.seed);
      this.format.value = this.formats.includes(request.format) ? request.format : 'png';
    });
  }

  /** The advanced settings back to their defaults. */
  reset(): void {
    batch(() => {
      this.epochs.value = undefined;
      this.maxSize.value = undefined;
      this.optimizer.value = undefined;
      this.learningRate.set(null);
      this.seed.set(null);
      this.format.value = 'png';
    });
  }
}
